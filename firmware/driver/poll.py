"""Reading the chips' counters while they work."""

import asyncio
import time

from sluice.rtl.protocol.registers import Number, field_of
from sluice.rtl.protocol.responses import RegisterResponse

from ..config import ChainSettings
from .chain import Chain
from .line import ChainError, Line

__all__ = ["poll"]

#: Seconds between two looks at how much was hashed, and looks until the other counters' turn.
INTERVAL = 2.0
TURNS = 5

#: Hashes a second from which on the low half of a Sluice's counter would wrap unnoticed.
FAST = float(1 << 30)


def _hashes(chain: Chain, answers: list[RegisterResponse], register: int, unit: int) -> None:
    now = time.monotonic()
    chips = {chip.address: chip for chip in chain.chips}
    for answer in answers:
        if chip := chips.get(answer.address):
            chip.count_hashes(register, answer.value, unit, now)


def _errors(chain: Chain, answers: dict[Number, list[RegisterResponse]]) -> None:
    chips = {chip.address: chip for chip in chain.chips}
    for register, values in answers.items():
        for answer in values:
            if not (chip := chips.get(answer.address)):
                continue
            match register:
                case Number.NONCE_ERRORS:
                    chip.nonce_errors = answer.value
                case Number.RESULT_OVERFLOWS:
                    chip.overflows = answer.value
                case Number.BAD_COMMANDS:
                    chip.bad_commands = answer.value
                case Number.BAD_JOBS:
                    chip.bad_jobs = answer.value
                case Number.ERROR_FLAG:
                    chip.bad_commands = field_of(register, "commands").of(answer.value)
                    chip.bad_jobs = field_of(register, "jobs").of(answer.value)


async def poll(chain: Chain, line: Line, settings: ChainSettings) -> None:
    """Read counters for ever.

    Raises
    ------
    ChainError
        Nothing was heard for as long as the settings allow.
    """
    sluice, count = chain.found.setup.sluice, len(chain.chips)
    others = (
        (Number.NONCE_ERRORS, Number.RESULT_OVERFLOWS, Number.BAD_COMMANDS, Number.BAD_JOBS)
        if sluice
        else (Number.NONCE_ERRORS, Number.ERROR_FLAG)
    )
    turn = 0
    loop = asyncio.get_running_loop()
    while True:
        slow = sluice and chain.rate < FAST
        register, unit = (Number.HASH_COUNT_LOW, 1) if slow else (Number.TOTAL_COUNT, 1 << 32)
        silence = settings.answer_timeout
        _hashes(chain, await line.ask(register, count=count, silence=silence), register, unit)
        if turn % TURNS == 0:
            answers = {
                other: await line.ask(other, count=count, silence=silence) for other in others
            }
            _errors(chain, answers)
        turn += 1
        quiet = loop.time() - line.heard
        if quiet > settings.silence:
            raise ChainError(f"silent for {quiet:.0f} s")
        await asyncio.sleep(INTERVAL)
