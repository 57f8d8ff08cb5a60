"""What chips are sent to set them up, model by model.

The order and the values are those of ESP-Miner's drivers (``components/asic/``), which real chips
are known to work with. A Sluice takes the same; it has no clock to be brought up slowly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sluice.rtl.protocol.commands import ChainInactive, Command, SetAddress, WriteRegister
from sluice.rtl.protocol.models import Model
from sluice.rtl.protocol.registers import Number, version_rolling

from .pll import ramp

__all__ = ["DEFAULT_FREQUENCY", "SMALL_CORES", "Pause", "Setup", "addresses", "run_value", "set_up"]

#: MHz that real chips are brought to unless another clock is set, and hashes a clock.
DEFAULT_FREQUENCY = {"bm1366": 485.0, "bm1368": 490.0, "bm1370": 525.0}
SMALL_CORES = {"bm1366": 894, "bm1368": 1276, "bm1370": 2040}

#: Ticks that a BM1370 sweeps longer than it is told.
_OVERRUN = {"bm1366": 0, "bm1368": 0, "bm1370": 268}

#: Any value but zero lets a Sluice run.
_RUN = 0x1EB5


@dataclass(frozen=True)
class Pause:
    """Wait so many seconds before the next command."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What is set up.

    Attributes
    ----------
    model, chips
        What is there.
    sluice
        Whether they are Sluice chips.
    frequency
        Hash clock in MHz.
    ticket
        Value of the ticket mask's register.
    mask
        Rolled version bits.
    """

    model: Model
    chips: int
    sluice: bool
    frequency: float
    ticket: int = 0xFF
    mask: int = 0xFFFF


def addresses(chips: int) -> list[int]:
    """Addresses of the chips of a chain, evenly spread."""
    return [index * (256 // chips) for index in range(chips)]


def _power_of_two(number: int) -> int:
    return 1 << (number - 1).bit_length()


def run_value(setup: Setup) -> int:
    """The value of HASH_COUNTING_NUMBER that covers the chip's share of nonces once."""
    if setup.sluice:
        return _RUN
    shares = _power_of_two(setup.model.cores) * _power_of_two(setup.chips)
    ticks = (1 << 32) / shares * 25 / setup.frequency * 0.5
    return int(ticks - _OVERRUN[setup.model.name])


def _core(value: int) -> WriteRegister:
    return WriteRegister(Number.CORE_MAILBOX, value)


#: The two words that go to the core mailbox, to all chips and then to each.
_MAILBOX = {
    "bm1366": (0x80008540, 0x80008020),
    "bm1368": (0x80008B00, 0x80008018),
    "bm1370": (0x80008B00, 0x8000800C),
}


def _address(setup: Setup) -> Iterator[Command]:
    for address in addresses(setup.chips):
        yield SetAddress(address)


def _common(setup: Setup) -> Iterator[Command]:
    reporting = 0xF000C100 if setup.model.name == "bm1370" else 0xFF0FC100
    yield WriteRegister(Number.SOFT_RESET, 0x00070000)
    yield WriteRegister(Number.MISC_CONTROL, reporting)


def _mailbox_and_ticket(setup: Setup) -> Iterator[Command]:
    for value in _MAILBOX[setup.model.name]:
        yield _core(value)
    yield WriteRegister(Number.TICKET_MASK, setup.ticket)


def _each(setup: Setup) -> Iterator[Command | Pause]:
    for address in addresses(setup.chips):
        yield WriteRegister(Number.SOFT_RESET, 0x000701F0, address)
        yield WriteRegister(Number.MISC_CONTROL, 0xF000C100, address)
        for value in (*_MAILBOX[setup.model.name], 0x800082AA):
            yield WriteRegister(Number.CORE_MAILBOX, value, address)
        if setup.model.name == "bm1368" and not setup.sluice:
            yield Pause(0.5)


def _bm1366(setup: Setup) -> Iterator[Command | Pause]:
    yield from _common(setup)
    yield ChainInactive()
    yield from _address(setup)
    yield from _mailbox_and_ticket(setup)
    yield WriteRegister(Number.ANALOG_MUX, 3)
    yield WriteRegister(Number.IO_DRIVER_STRENGTH, 0x02111111)
    yield WriteRegister(Number.UART_RELAY, 0x007C0003, 0)
    yield from _each(setup)


def _bm1368(setup: Setup) -> Iterator[Command | Pause]:
    yield ChainInactive()
    yield from _common(setup)
    yield from _mailbox_and_ticket(setup)
    yield WriteRegister(Number.ANALOG_MUX, 3)
    yield WriteRegister(Number.IO_DRIVER_STRENGTH, 0x02111111)
    yield from _address(setup)
    yield from _each(setup)
    yield WriteRegister(Number.TICKET_MASK, setup.ticket)


def _bm1370(setup: Setup) -> Iterator[Command | Pause]:
    yield WriteRegister(Number.VERSION_ROLLING, version_rolling(setup.mask))
    yield from _common(setup)
    yield ChainInactive()
    yield from _address(setup)
    yield from _mailbox_and_ticket(setup)
    yield WriteRegister(Number.IO_DRIVER_STRENGTH, 0x00011111)
    yield from _each(setup)
    yield WriteRegister(Number.ADC_CONTROL, 0x00004480)
    yield WriteRegister(Number.ANALOG_MUX, 2)
    yield WriteRegister(Number.ADC_CONTROL, 0x00004480)
    yield _core(0x80008DEE)


_MODELS = {"bm1366": _bm1366, "bm1368": _bm1368, "bm1370": _bm1370}


def set_up(setup: Setup) -> Iterator[Command | Pause]:
    """All commands after the chips have been counted, up to and with the first run value."""
    yield from _MODELS[setup.model.name](setup)
    if not setup.sluice:
        for pll in ramp(setup.model, setup.frequency):
            yield WriteRegister(Number.PLL0, pll.value)
            yield Pause(0.1)
    yield WriteRegister(Number.HASH_COUNTING_NUMBER, run_value(setup))
    yield WriteRegister(Number.VERSION_ROLLING, version_rolling(setup.mask))
