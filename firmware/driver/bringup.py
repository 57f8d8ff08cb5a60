"""From an open port to chips that are ready for jobs."""

import asyncio
from dataclasses import dataclass, field

from sluice.rtl.protocol.commands import WriteRegister
from sluice.rtl.protocol.models import MODELS, Model
from sluice.rtl.protocol.registers import (
    IDENTITY,
    Number,
    baud_divider,
    baud_rate,
    field_of,
    value_of,
    version_rolling,
)
from sluice.rtl.protocol.responses import RegisterResponse

from ..config import ChainSettings
from .line import ChainError, Line
from .sequences import DEFAULT_FREQUENCY, Pause, Setup, addresses, set_up

__all__ = ["CYCLES", "Found", "Identity", "bring_up", "identify"]

#: How often chips are asked before they count as silent.
TRIES = 2

#: The clock select of register 0x28, which goes with a fast divider. It means nothing to a Sluice.
_CLOCK_SELECT = 1 << 28

#: Cycles of the hash clock in which a Sluice does as many hashes as register HASH_RATE says.
CYCLES = 1 << 16

#: What a Sluice tells of itself.
_OF_ITSELF = (Number.BUILD, Number.SHAPE, Number.HASH_CLOCK, Number.HASH_RATE)

#: How far the line's rate may be from what the chips make of it.
_TOLERANCE = 0.045


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a chain is made of.

    Attributes
    ----------
    setup
        Model, number, clock.
    told
        What Sluice chips tell of themselves: values by register and address.
    baud
        What the line goes on with.
    """

    setup: Setup
    told: dict[Number, dict[int, int]] = field(default_factory=dict)
    baud: int

    def of(self, register: Number, address: int) -> int:
        """What a chip tells; zero if it does not."""
        return self.told.get(register, {}).get(address, 0)


async def _count(line: Line, settings: ChainSettings) -> list[RegisterResponse]:
    for _ in range(TRIES):
        # Answers have the long form only once rolling is on. Three times: the first ones may be
        # lost while the line settles.
        for _ in range(3):
            line.send(WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF)))
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.01)
        ids = await line.ask(Number.CHIP_ID, silence=settings.answer_timeout)
        if ids:
            return ids
    return []


async def _discover(line: Line, settings: ChainSettings) -> tuple[Model, int, int]:
    """Model, number of chips, and the rate at which they answered."""
    rates = [settings.baud]
    # Without a reset, chips are still at the rate that the last session left them at.
    if settings.fast_baud:
        rates.append(settings.fast_baud)
    for baud in rates:
        if baud != settings.baud:
            await line.set_baud(baud)
        ids = await _count(line, settings)
        if ids:
            break
    else:
        garbage = f" ({line.garbage} bytes of garbage)" if line.garbage else ""
        raise ChainError(f"no chip answers{garbage}")
    kinds = {field_of(Number.CHIP_ID, "id").of(answer.value) for answer in ids}
    found = [model for model in MODELS.values() if model.chip_id in kinds]
    if len(kinds) != 1 or not found:
        names = ", ".join(f"{kind:#06x}" for kind in sorted(kinds))
        raise ChainError(f"chips of one known model expected, found {names}")
    model = found[0]
    if settings.model not in (None, model.name):
        raise ChainError(f"{settings.model} expected, found {model.name}")
    if settings.chips not in (None, len(ids)):
        raise ChainError(f"{settings.chips} chips expected, {len(ids)} answered")
    if len(ids) > 128:
        raise ChainError(f"128 chips at most, {len(ids)} answered")
    return model, len(ids), baud


async def _values(line: Line, register: int, count: int, silence: float) -> dict[int, int]:
    answers = await line.ask(register, count=count, silence=silence)
    return {answer.address: answer.value for answer in answers}


async def _told(line: Line, register: int, count: int, silence: float) -> dict[int, int]:
    """What all chips tell: an answer that was lost is asked for again."""
    values: dict[int, int] = {}
    for _ in range(TRIES):
        values |= await _values(line, register, count, silence)
        if len(values) >= count:
            break
    return values


async def _are_sluices(line: Line, count: int, silence: float) -> bool:
    """Whether they are Sluice chips. Real ones have no such register: they answer otherwise."""
    for _ in range(TRIES):
        if identities := await _values(line, Number.IDENTITY, count, silence):
            return set(identities.values()) == {IDENTITY}
    return False


async def _raise_baud(line: Line, settings: ChainSettings, baud: int, chips: int) -> int:
    """Go over to the fast rate; stay at `baud` if the chips do not follow."""
    wanted = settings.fast_baud
    if not wanted or wanted == baud:
        return baud
    divider = baud_divider(wanted)
    if abs(baud_rate(divider) / wanted - 1) > _TOLERANCE:
        raise ChainError(f"chips have no rate near {wanted} baud")
    asked = value_of(Number.UART_BAUD, divider=divider) | _CLOCK_SELECT
    line.send(WriteRegister(Number.UART_BAUD, asked))
    await line.set_baud(wanted)
    for rate in (wanted, baud):
        if rate != wanted:
            await line.set_baud(rate)
        for _ in range(TRIES):
            if await line.ask(Number.CHIP_ID, count=chips, silence=settings.answer_timeout):
                return rate
    raise ChainError(f"no chip answers after going over to {wanted} baud")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Which chips answer.

    Attributes
    ----------
    model, chips, sluice
        What they are, how many, and whether they are Sluice chips in such a place.
    baud
        The rate at which they answered.
    """

    model: Model
    chips: int
    sluice: bool
    baud: int

    def __str__(self) -> str:
        """For people: ``2 x Sluice as bm1370``."""
        return f"{self.chips} x {'Sluice as ' if self.sluice else ''}{self.model.name}"


async def identify(line: Line, settings: ChainSettings) -> Identity:
    """Find out what is there, and change nothing but the length of answers.

    Raises
    ------
    ChainError
        Nothing answers, or not what the settings say.
    """
    model, count, baud = await _discover(line, settings)
    sluice = await _are_sluices(line, count, settings.answer_timeout)
    return Identity(model=model, chips=count, sluice=sluice, baud=baud)


async def bring_up(line: Line, settings: ChainSettings) -> Found:
    """Find out what is there, give out addresses, set all registers.

    Raises
    ------
    ChainError
        Nothing answers, or not what the settings say.
    """
    if settings.reset != "none":
        await line.pulse(settings.reset)
    found = await identify(line, settings)
    model, count, baud, sluice = found.model, found.chips, found.baud, found.sluice
    silence = settings.answer_timeout
    setup = Setup(
        model=model,
        chips=count,
        sluice=sluice,
        frequency=settings.frequency or DEFAULT_FREQUENCY[model.name],
    )
    for step in set_up(setup):
        if isinstance(step, Pause):
            await line.drained()
            await asyncio.sleep(step.seconds)
        else:
            line.send(step)
    await line.drained()
    baud = await _raise_baud(line, settings, baud, count)
    told: dict[Number, dict[int, int]] = {}
    if sluice:
        line.send(WriteRegister(Number.NONCE_SPAN, settings.nonce_span or 0))
        told = {register: await _told(line, register, count, silence) for register in _OF_ITSELF}
        missing = set(addresses(setup)) - told[Number.SHAPE].keys()
        if missing:
            raise ChainError(f"chip {min(missing):#04x} does not answer at its address")
    return Found(setup=setup, told=told, baud=baud)
