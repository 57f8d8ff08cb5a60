"""The register map: the chip's own names, numbers, fields and reset values, and ours.

Numbers and reset values of the BM13xx registers are those that open firmware and probing of the
real chips have made known: the drivers of ESP-Miner, the BM13xx reference of mujina, and
``bm13xx-rs``. Registers 0xE0 to 0xF3 are Sluice's.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from sluice.rtl.protocol.baud import baud_divider, baud_rate
from sluice.rtl.protocol.checks import check_range
from sluice.rtl.protocol.models import Model

__all__ = [
    "BY_NUMBER",
    "IDENTITY",
    "REGISTERS",
    "Access",
    "Field",
    "Number",
    "Register",
    "baud_divider",
    "baud_rate",
    "field_of",
    "version_rolling",
]

#: What register 0xE0 reads on every Sluice: ``SLU`` and the version of this map.
IDENTITY = 0x534C5501


class Number(IntEnum):
    """Register numbers."""

    CHIP_ID = 0x00
    PLL0 = 0x08
    NONCE_OFFSET = 0x0C
    HASH_COUNTING_NUMBER = 0x10
    TICKET_MASK = 0x14
    MISC_CONTROL = 0x18
    UART_BAUD = 0x28
    UART_RELAY = 0x2C
    CORE_MAILBOX = 0x3C
    ERROR_FLAG = 0x48
    NONCE_ERRORS = 0x4C
    ANALOG_MUX = 0x54
    IO_DRIVER_STRENGTH = 0x58
    DOMAIN_0 = 0x88
    DOMAIN_1 = 0x89
    DOMAIN_2 = 0x8A
    DOMAIN_3 = 0x8B
    TOTAL_COUNT = 0x8C
    VERSION_ROLLING = 0xA4
    SOFT_RESET = 0xA8
    SENSOR_RESULT = 0xB4
    ADC_CONTROL = 0xB9
    ADC_RESULT = 0xBD
    IDENTITY = 0xE0
    BUILD = 0xE1
    SHAPE = 0xE2
    HIT_MASK = 0xE3
    FIRST_VERSION = 0xE4
    HASH_COUNT_LOW = 0xE5
    RESULT_OVERFLOWS = 0xE6
    NONCE_SPAN = 0xE7
    BAD_COMMANDS = 0xE8
    BAD_JOBS = 0xE9
    GOOD_COMMANDS = 0xEA
    GOOD_JOBS = 0xEB
    REPLACED_JOBS = 0xEC
    DROPPED_ANSWERS = 0xED
    DROPPED_RELAYS = 0xEE
    DROPPED_FORWARDS = 0xEF
    BATCHES = 0xF0
    BATCH_GAPS = 0xF1
    HASH_CLOCK = 0xF2
    HASH_RATE = 0xF3


class Access(Enum):
    """What a write does."""

    READ_ONLY = "r"
    """Nothing."""

    STORED = "s"
    """The value is read back, and has no other effect."""

    CONTROL = "c"
    """The value is read back, and steers the chip."""

    COUNTER = "n"
    """The chip counts up from the value written."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """Bits ``high`` down to ``low`` of a register."""

    name: str
    high: int
    low: int

    @property
    def bits(self) -> slice:
        """Where it is in the value of a register: hardware takes it as ``value[field.bits]``."""
        return slice(self.low, self.high + 1)

    def of(self, value: int) -> int:
        """The field's value in a register's."""
        return value >> self.low & ((1 << (self.high - self.low + 1)) - 1)

    def put(self, value: int) -> int:
        """The value of a register that has `value` in this field, and zeros around it."""
        return check_range(self.name, value, self.high - self.low + 1) << self.low


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register.

    Parameters
    ----------
    number
        Its number.
    access
        What a write does.
    reset
        Its value after reset. For the chip id, address and model excepted.
    fields
        Those that mean something to Sluice.
    """

    number: Number
    access: Access
    reset: int = 0
    fields: tuple[Field, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self.number.name

    def reset_of(self, model: Model) -> int:
        """Its value after reset on a chip of this model."""
        if self.number is Number.CHIP_ID:
            return model.chip_id << 16 | model.revision << 8
        return model.soft_reset if self.number is Number.SOFT_RESET else self.reset

    def field(self, name: str) -> Field:
        """The field called `name`."""
        for field in self.fields:
            if field.name == name:
                return field
        raise ValueError(f"{self.name} has no field {name!r}")


def _word(name: str) -> tuple[Field, ...]:
    return (Field(name=name, high=31, low=0),)


_READ, _STORED, _CONTROL = Access.READ_ONLY, Access.STORED, Access.CONTROL

#: Every register that Sluice knows, by number. Reading another one gives what was last written to
#: it, 0 after reset; or always 0, if a compact chip has no place for it.
REGISTERS = (
    Register(
        number=Number.CHIP_ID,
        access=_READ,
        fields=(Field(name="id", high=31, low=16), Field(name="address", high=7, low=0)),
    ),
    Register(
        number=Number.PLL0,
        access=_STORED,
        reset=0xC0540165,
        fields=(Field(name="locked", high=31, low=31),),
    ),
    Register(
        number=Number.NONCE_OFFSET,
        access=_CONTROL,
        fields=(Field(name="enabled", high=31, low=31), Field(name="offset", high=15, low=0)),
    ),
    Register(number=Number.HASH_COUNTING_NUMBER, access=_CONTROL, fields=_word("running")),
    Register(number=Number.TICKET_MASK, access=_CONTROL, fields=_word("mask")),
    Register(
        number=Number.MISC_CONTROL,
        access=_CONTROL,
        reset=0x0000C100,
        fields=(Field(name="reporting", high=31, low=28),),
    ),
    Register(
        number=Number.UART_BAUD,
        access=_CONTROL,
        reset=0x01301A00,
        fields=(Field(name="divider", high=15, low=8),),
    ),
    Register(number=Number.UART_RELAY, access=_STORED, reset=0x000F0000),
    Register(number=Number.CORE_MAILBOX, access=_STORED),
    Register(
        number=Number.ERROR_FLAG,
        access=Access.COUNTER,
        fields=(Field(name="commands", high=31, low=24), Field(name="jobs", high=23, low=16)),
    ),
    Register(number=Number.NONCE_ERRORS, access=_READ, fields=_word("count")),
    Register(number=Number.ANALOG_MUX, access=_STORED),
    Register(number=Number.IO_DRIVER_STRENGTH, access=_STORED, reset=0x00012111),
    Register(number=Number.DOMAIN_0, access=_READ, fields=_word("count")),
    Register(number=Number.DOMAIN_1, access=_READ, fields=_word("count")),
    Register(number=Number.DOMAIN_2, access=_READ, fields=_word("count")),
    Register(number=Number.DOMAIN_3, access=_READ, fields=_word("count")),
    Register(number=Number.TOTAL_COUNT, access=_READ, fields=_word("count")),
    Register(
        number=Number.VERSION_ROLLING,
        access=_CONTROL,
        reset=0x0000FFFF,
        fields=(Field(name="rolling", high=31, low=31), Field(name="mask", high=15, low=0)),
    ),
    Register(number=Number.SOFT_RESET, access=_STORED, reset=0x00070000),
    # There is no sensor. Whoever waits for a value, bit 31, has one: nothing.
    Register(
        number=Number.SENSOR_RESULT,
        access=_READ,
        reset=1 << 31,
        fields=(Field(name="there", high=31, low=31),),
    ),
    Register(number=Number.ADC_CONTROL, access=_STORED),
    Register(
        number=Number.ADC_RESULT,
        access=_READ,
        reset=1 << 31,
        fields=(Field(name="there", high=31, low=31),),
    ),
    Register(number=Number.IDENTITY, access=_READ, reset=IDENTITY, fields=_word("identity")),
    Register(number=Number.BUILD, access=_READ, fields=_word("build")),
    Register(
        number=Number.SHAPE,
        access=_READ,
        fields=(Field(name="lanes", high=15, low=8), Field(name="cores", high=7, low=0)),
    ),
    Register(number=Number.HIT_MASK, access=_CONTROL, reset=0xFFFFFFFF, fields=_word("mask")),
    Register(
        number=Number.FIRST_VERSION,
        access=_CONTROL,
        fields=(Field(name="counter", high=15, low=0),),
    ),
    Register(number=Number.HASH_COUNT_LOW, access=_READ, fields=_word("count")),
    Register(number=Number.RESULT_OVERFLOWS, access=_READ, fields=_word("count")),
    Register(number=Number.NONCE_SPAN, access=_CONTROL, fields=_word("nonces")),
    *(
        Register(number=Number(number), access=Access.COUNTER, fields=_word("count"))
        for number in range(Number.BAD_COMMANDS, Number.DROPPED_FORWARDS + 1)
    ),
    Register(number=Number.BATCHES, access=_READ, fields=_word("count")),
    Register(number=Number.BATCH_GAPS, access=_READ, fields=_word("clocks")),
    Register(number=Number.HASH_CLOCK, access=_READ, fields=_word("kilohertz")),
    Register(number=Number.HASH_RATE, access=_READ, fields=_word("hashes")),
)

#: The same, to look one up.
BY_NUMBER = {int(register.number): register for register in REGISTERS}


def field_of(number: int, name: str) -> Field:
    """The field of a register, by the names of both."""
    return BY_NUMBER[number].field(name)


def version_rolling(mask: int) -> int:
    """The value of register 0xA4 that turns rolling on, as hosts write it.

    `mask` selects among header version bits 28:13, bit 0 for 13.
    """
    return 0x90000000 | check_range("mask", mask, 16)
