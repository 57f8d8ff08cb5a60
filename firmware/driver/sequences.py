"""What chips are sent to set them up, model by model.

The order and the values are those of ESP-Miner's drivers (``components/asic/``), which real chips
are known to work with; those of the BM1362 are from mujina's BM13xx reference. A Sluice takes the
same; it has no clock to be brought up slowly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sluice.rtl.protocol.commands import ChainInactive, Command, SetAddress, WriteRegister
from sluice.rtl.protocol.models import Model
from sluice.rtl.protocol.registers import Number, value_of, version_rolling

from .pll import ramp

__all__ = ["DEFAULT_FREQUENCY", "SMALL_CORES", "Pause", "Setup", "addresses", "run_value", "set_up"]

#: MHz that real chips are brought to unless another clock is set, and hashes a cycle.
DEFAULT_FREQUENCY = {
    "bm1362": 525.0,
    "bm1366": 485.0,
    "bm1368": 490.0,
    "bm1370": 525.0,
    "bm1372": 327.0,
    "bm1373": 327.0,
}
SMALL_CORES = {
    "bm1362": 520,
    "bm1366": 894,
    "bm1368": 1276,
    "bm1370": 2040,
    "bm1372": 6725,
    "bm1373": 6725,
}

#: Ticks that a BM1370 sweeps longer than it is told.
_OVERRUN = {"bm1370": 268}

#: Any value but zero lets a Sluice run. A BM1372 and a BM1373 have the same, whatever their clock.
_RUN = 0x1EB5

#: Registers of a BM1372 and BM1373 that mean nothing to a Sluice.
_MISC_CONTROL_2, _RING_OSCILLATOR, _AUTO_WORK = 0x19, 0x68, 0xC4

#: Of MISC_CONTROL: what is reported by a BM1362, and by others; and bits that mean nothing to a
#: Sluice, which some drivers set when they begin.
_SOME, _ALL, _BEGIN, _BEGIN_1372 = 0xB, 0xF, 0x0F0F0000, 0x0F000000

#: From one address to the next of a BM1372 or BM1373.
_STRIDE = 0x10


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


def addresses(setup: Setup) -> list[int]:
    """Addresses of the chips of a chain: evenly spread, or where their firmware puts them."""
    stride = 256 // setup.chips
    if setup.model.command_shift and not setup.sluice:
        stride = _STRIDE
    return [index * stride for index in range(setup.chips)]


def _power_of_two(number: int) -> int:
    return 1 << (number - 1).bit_length()


def run_value(setup: Setup) -> int:
    """The value of HASH_COUNTING_NUMBER that covers the chip's share of nonces once."""
    if setup.sluice or setup.model.command_shift:
        return _RUN
    shares = _power_of_two(setup.model.cores) * _power_of_two(setup.chips)
    ticks = (1 << 32) / shares * 25 / setup.frequency * 0.5
    return int(ticks - _OVERRUN.get(setup.model.name, 0))


def _core(value: int) -> WriteRegister:
    return WriteRegister(Number.CORE_MAILBOX, value)


#: The two words that go to the core mailbox, to all chips and then to each.
_MAILBOX = {
    "bm1362": (0x80008540, 0x80008008),
    "bm1366": (0x80008540, 0x80008020),
    "bm1368": (0x80008B00, 0x80008018),
    "bm1370": (0x80008B00, 0x8000800C),
}


def _address(setup: Setup) -> Iterator[Command]:
    for address in addresses(setup):
        yield SetAddress(address)


def _reporting(setup: Setup) -> int:
    reporting = _SOME if setup.model.name == "bm1362" else _ALL
    return value_of(Number.MISC_CONTROL, reporting=reporting)


def _common(setup: Setup) -> Iterator[Command]:
    more = 0 if setup.model.name in ("bm1362", "bm1370") else _BEGIN
    yield WriteRegister(Number.SOFT_RESET, setup.model.soft_reset)
    yield WriteRegister(Number.MISC_CONTROL, _reporting(setup) | more)


def _mailbox_and_ticket(setup: Setup) -> Iterator[Command]:
    for value in _MAILBOX[setup.model.name]:
        yield _core(value)
    yield WriteRegister(Number.TICKET_MASK, setup.ticket)


def _each(setup: Setup) -> Iterator[Command | Pause]:
    for address in addresses(setup):
        old = setup.model.name == "bm1362"
        yield WriteRegister(Number.SOFT_RESET, 0x00000002 if old else 0x000701F0, address)
        yield WriteRegister(Number.MISC_CONTROL, _reporting(setup), address)
        for value in (*_MAILBOX[setup.model.name], 0x800082AA):
            yield WriteRegister(Number.CORE_MAILBOX, value, address)
        if setup.model.name == "bm1368" and not setup.sluice:
            yield Pause(0.5)


def _bm1362(setup: Setup) -> Iterator[Command | Pause]:
    yield from _common(setup)
    yield ChainInactive()
    yield from _address(setup)
    yield from _mailbox_and_ticket(setup)
    yield WriteRegister(Number.ANALOG_MUX, 3)
    yield WriteRegister(Number.IO_DRIVER_STRENGTH, 0x00011111)
    yield from _each(setup)


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


def _bm1372(setup: Setup) -> Iterator[Command | Pause]:
    yield ChainInactive()
    yield from _address(setup)
    yield _core(0x80008D04)
    yield WriteRegister(Number.TICKET_MASK, setup.ticket)
    yield WriteRegister(Number.IO_DRIVER_STRENGTH, 0x00011111)
    # The last chip of the only voltage domain.
    last = addresses(setup)[-1] >> setup.model.command_shift
    yield WriteRegister(Number.IO_DRIVER_STRENGTH, 0x0001F111, last)
    yield WriteRegister(_RING_OSCILLATOR, 0x5AA55AA5)
    yield WriteRegister(_AUTO_WORK, 0)
    yield WriteRegister(Number.SOFT_RESET, 0xF00701F0)
    yield Pause(0.02)
    yield WriteRegister(Number.MISC_CONTROL, _reporting(setup) | _BEGIN_1372)
    yield WriteRegister(_MISC_CONTROL_2, 0)
    for value in (0x80008B00, 0x8000805A, 0x800082AA):
        yield _core(value)
    yield WriteRegister(Number.ANALOG_MUX, 2)


_MODELS = {
    "bm1362": _bm1362,
    "bm1366": _bm1366,
    "bm1368": _bm1368,
    "bm1370": _bm1370,
    "bm1372": _bm1372,
    "bm1373": _bm1372,
}


def set_up(setup: Setup) -> Iterator[Command | Pause]:
    """All commands after the chips have been counted, up to and with the first run value."""
    yield from _MODELS[setup.model.name](setup)
    if not setup.sluice:
        for pll in ramp(setup.model, setup.frequency):
            yield WriteRegister(Number.PLL0, pll.value)
            yield Pause(0.1)
    yield WriteRegister(Number.HASH_COUNTING_NUMBER, run_value(setup))
    yield WriteRegister(Number.VERSION_ROLLING, version_rolling(setup.mask))
