"""Parts of the engine for small devices, written so that they take few look-up tables of four
inputs.

They do what the usual ones do. Those stay as they are, for larger devices have other look-up
tables, and room.
"""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import data

from sluice.rtl.dataflow.technology.word import ValueWord

from .isa import SIGMAS, Latch, Select


def small_function(m: Module, operand: Signal, x: Signal, y: Signal, select: Value) -> Value:
    """The function of the operand that is added, 32 bits: nine tables a bit, with the sum.

    Parameters
    ----------
    m
        Where to.
    operand, x, y
        Words.
    select
        A :class:`~.isa.Select`, 7 bits.
    """
    assert (Select.WORD >> 4, Select.CHOOSE >> 4, Select.MAJORITY >> 4) == (1, 2, 3)
    low, high = select[4].replicate(32), select[5]
    # ``Ch`` and ``Maj`` are one table, and Yosys is not to take it apart.
    chosen = Signal(32, attrs={"keep": 1})
    m.d.comb += chosen.eq((operand & x) | (y & (x | (operand ^ ~low))))
    word = ValueWord(operand)
    sigmas = [
        word.sigma(sigma).value & select[which.bit_length() - 1].replicate(32)
        for which, sigma in SIGMAS.items()
    ]
    return Mux(high, chosen, operand & low) | reduce(or_, sigmas)


def small_source(
    select: Value, operand: Value, hit: data.View, told: Value, first: Value, last: Value
) -> Value:
    """The operand, or a word from outside OR-ed with the operand, 32 bits.

    Parameters
    ----------
    select
        A :class:`~.isa.Latch`, 6 bits or more.
    operand, hit, told, first, last
        A word of memory, the hit that waits and what is told of it, and bits 24:17 of the first and
        the last nonce.
    """

    def only(value: Value, latch: Latch) -> Value:
        return value & (select[3:5] == latch >> 3).replicate(len(value))

    ends = Cat(
        (select[3:5] == Latch.LAST >> 3).replicate(17),
        only(first, Latch.FIRST) | only(last, Latch.LAST),
    )
    return operand | only(hit.nonce, Latch.NONCE) | ends | (told & select[5].replicate(len(told)))
