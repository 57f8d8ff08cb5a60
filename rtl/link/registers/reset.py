"""What registers are after a reset."""

from amaranth import C, Cat, Module, Value
from amaranth.lib import data, wiring

from sluice.rtl.protocol.models import Model
from sluice.rtl.protocol.registers import BY_NUMBER, REGISTERS, Number

__all__ = ["reset_byte"]


def reset_byte(
    m: Module, write: wiring.PureInterface, number: Value, status: data.View, chip: Model
) -> None:
    """Write the byte of register `number` that bits 1:0 of the address tell.

    Parameters
    ----------
    m
        Where the statements go.
    write
        A port of the memory of the registers.
    number
        The register, 8 bits; one that is unknown is zero.
    status
        A :class:`~sluice.rtl.interface.Status`, which three of them show.
    chip
        The model.
    """
    m.d.comb += write.en.eq(1)
    words: dict[Number, Value] = {
        register.number: C(register.reset_of(chip), 32) for register in REGISTERS
    }
    words[Number.BUILD] = status.build
    shape = reversed(BY_NUMBER[Number.SHAPE].fields)
    words[Number.SHAPE] = Cat(*(status[field.name] for field in shape), C(0, 16))
    words[Number.HASH_RATE] = status.rate
    with m.Switch(number):
        for register, word in words.items():
            with m.Case(register):
                m.d.comb += write.data.eq(word.word_select(write.addr[:2], 8))
