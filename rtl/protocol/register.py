"""What a register of the chip is: its number, its fields, and what a write to it does."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from sluice.rtl.protocol.checks import check_range
from sluice.rtl.protocol.models import Model


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
    """Bits ``high`` down to ``low`` of a register; what they are after reset."""

    name: str
    high: int
    low: int
    reset: int = 0

    @property
    def bits(self) -> slice:
        """Where it is in the value of a register: hardware takes it as ``value[field.bits]``."""
        return slice(self.low, self.high + 1)

    @property
    def width(self) -> int:
        """How many bits it has."""
        return self.high - self.low + 1

    @property
    def ones(self) -> int:
        """The value of a register that has ones in this field, and zeros around it."""
        return (1 << self.width) - 1 << self.low

    def of(self, value: int) -> int:
        """The field's value in a register's."""
        return (value & self.ones) >> self.low

    def put(self, value: int) -> int:
        """The value of a register that has `value` in this field, and zeros around it."""
        return check_range(self.name, value, self.width) << self.low


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register.

    Parameters
    ----------
    number
        Its number.
    access
        What a write does.
    fields
        Those that mean something to Sluice.
    rest
        Its value after reset without its fields: bits that mean nothing to Sluice.
    """

    number: Number
    access: Access
    fields: tuple[Field, ...] = ()
    rest: int = 0

    @property
    def name(self) -> str:
        """Its name."""
        return self.number.name

    @property
    def reset(self) -> int:
        """Its value after reset. Of the chip id that depends on the model."""
        return self.value()

    def value(self, **fields: int) -> int:
        """Its value with some fields set, by name, and everything else as it is after reset.

        Raises
        ------
        ValueError
            There is no such field, or its bits are too few.
        """
        values = {field: field.reset for field in self.fields}
        values |= {self.field(name): value for name, value in fields.items()}
        return self.rest | sum(field.put(value) for field, value in values.items())

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
