"""The register map: the chip's own names, numbers, fields and reset values, and ours.

Numbers and reset values of the BM13xx registers are those that open firmware and probing of the
real chips have made known: the drivers of ESP-Miner, the BM13xx reference of mujina, and
``bm13xx-rs``. Registers 0xE0 to 0xF3 are Sluice's.
"""

from sluice.rtl.protocol.baud import baud_divider, baud_rate
from sluice.rtl.protocol.register import Access, Field, Number, Register

__all__ = [
    "BY_NUMBER",
    "DOMAIN_BITS",
    "IDENTITY",
    "READ_ONLY",
    "REGISTERS",
    "Access",
    "Field",
    "Number",
    "Register",
    "baud_divider",
    "baud_rate",
    "field_of",
    "value_of",
    "version_rolling",
]

#: What register 0xE0 reads on every Sluice: ``SLU`` and the version of this map.
IDENTITY = 0x534C5501

#: Two lowest bits of the numbers that all tell a quarter of the hashes.
DOMAIN_BITS = 2


#: Bit 28 of the value that turns rolling on: hosts set it, and it means nothing to Sluice.
_HOST_BIT = 1 << 28


def _word(name: str, reset: int = 0) -> tuple[Field, ...]:
    return (Field(name=name, high=31, low=0, reset=reset),)


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
        fields=(Field(name="locked", high=31, low=31, reset=1),),
        rest=0x40540165,
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
        fields=(Field(name="reporting", high=31, low=28),),
        rest=0x0000C100,
    ),
    Register(
        number=Number.UART_BAUD,
        access=_CONTROL,
        fields=(Field(name="divider", high=15, low=8, reset=0x1A),),
        rest=0x01300000,
    ),
    Register(number=Number.UART_RELAY, access=_STORED, rest=0x000F0000),
    Register(number=Number.CORE_MAILBOX, access=_STORED),
    Register(
        number=Number.ERROR_FLAG,
        access=Access.COUNTER,
        fields=(Field(name="commands", high=31, low=24), Field(name="jobs", high=23, low=16)),
    ),
    Register(number=Number.NONCE_ERRORS, access=_READ, fields=_word("count")),
    Register(number=Number.ANALOG_MUX, access=_STORED),
    Register(number=Number.IO_DRIVER_STRENGTH, access=_STORED, rest=0x00012111),
    Register(number=Number.DOMAIN_0, access=_READ, fields=_word("count")),
    Register(number=Number.DOMAIN_1, access=_READ, fields=_word("count")),
    Register(number=Number.DOMAIN_2, access=_READ, fields=_word("count")),
    Register(number=Number.DOMAIN_3, access=_READ, fields=_word("count")),
    Register(number=Number.TOTAL_COUNT, access=_READ, fields=_word("count")),
    Register(
        number=Number.VERSION_ROLLING,
        access=_CONTROL,
        fields=(
            Field(name="rolling", high=31, low=31),
            Field(name="mask", high=15, low=0, reset=0xFFFF),
        ),
    ),
    Register(number=Number.SOFT_RESET, access=_STORED, rest=0x00070000),
    # There is no sensor. Whoever waits for a value, bit 31, has one: nothing.
    Register(
        number=Number.SENSOR_RESULT,
        access=_READ,
        fields=(Field(name="there", high=31, low=31, reset=1),),
    ),
    Register(number=Number.ADC_CONTROL, access=_STORED),
    Register(
        number=Number.ADC_RESULT,
        access=_READ,
        fields=(Field(name="there", high=31, low=31, reset=1),),
    ),
    Register(number=Number.IDENTITY, access=_READ, fields=_word("identity", IDENTITY)),
    Register(number=Number.BUILD, access=_READ, fields=_word("build")),
    Register(
        number=Number.SHAPE,
        access=_READ,
        fields=(Field(name="lanes", high=15, low=8), Field(name="cores", high=7, low=0)),
    ),
    Register(number=Number.HIT_MASK, access=_CONTROL, fields=_word("mask", 0xFFFFFFFF)),
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
    Register(number=Number.BATCH_GAPS, access=_READ, fields=_word("cycles")),
    Register(number=Number.HASH_CLOCK, access=_READ, fields=_word("kilohertz")),
    Register(number=Number.HASH_RATE, access=_READ, fields=_word("hashes")),
)

READ_ONLY = tuple(r.number for r in REGISTERS if r.access is Access.READ_ONLY)

#: The same, to look one up.
BY_NUMBER = {int(register.number): register for register in REGISTERS}


def field_of(number: int, name: str) -> Field:
    """The field of a register, by the names of both."""
    return BY_NUMBER[number].field(name)


def value_of(number: int, **fields: int) -> int:
    """See :meth:`.Register.value`."""
    return BY_NUMBER[number].value(**fields)


def version_rolling(mask: int) -> int:
    """The value of register 0xA4 that turns rolling on, as hosts write it.

    `mask` selects among header version bits 28:13, bit 0 for 13.
    """
    return value_of(Number.VERSION_ROLLING, rolling=1, mask=mask) | _HOST_BIT
