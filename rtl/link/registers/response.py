"""The bytes of the frames that this chip sends, one at a time."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import data

from sluice.rtl.protocol.frames import ResponseKind
from sluice.rtl.protocol.models import Model
from sluice.rtl.protocol.registers import Number

__all__ = ["LAST_ITEM", "nonce_byte", "register_byte"]

#: Bytes of an answer but the last: four of value or nonce, address or excess, register or tag, and
#: two more in the long form. Then comes the one with type and check.
LAST_ITEM = 8


def nonce_byte(
    m: Module, byte: Signal, item: Signal, lane: Signal, result: data.View, chip: Model
) -> None:
    """A byte of the answer for a nonce: `item` counts them, `lane` those of the nonce."""
    small = chip.small_core_bits
    excess = result.excess
    if chip.excess_factor == 2:
        excess = Mux(excess[7], 0xFE, excess << 1)
    with m.Switch(item):
        with m.Case(4):
            m.d.comb += byte.eq(excess)
        with m.Case(5):
            m.d.comb += byte.eq(Cat(result.bits[:small], result.job[3:]))
        with m.Case(6, 7):
            m.d.comb += byte.eq(result.bits.word_select(~item[0], 8))
        with m.Case(LAST_ITEM):
            m.d.comb += byte.eq(ResponseKind.NONCE << 5)
        with m.Default():
            m.d.comb += byte.eq(result.nonce.word_select(lane, 8))


def register_byte(
    m: Module, byte: Signal, item: Signal, number: Signal, stored: Value, address: Value
) -> None:
    """A byte of the answer to a read: `stored` is that of the register, `address` the chip's."""
    with m.Switch(item):
        with m.Case(5):
            m.d.comb += byte.eq(number)
        with m.Case(6, 7, LAST_ITEM):
            m.d.comb += byte.eq(ResponseKind.REGISTER << 5)
        with m.Default():
            m.d.comb += byte.eq(stored)
    with m.If((item == 4) | ((item == 3) & (number == Number.CHIP_ID))):
        m.d.comb += byte.eq(address)
