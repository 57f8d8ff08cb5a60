"""What a processor adds and latches, in few look-up tables of four inputs: for small devices.

The same as in :mod:`.operand`, but for words from outside, which are OR-ed with the operand.
"""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import data

from sluice.rtl.target.word import ValueWord

from .isa import Latch
from .operand import sigmas


def small_function(m: Module, operand: Signal, x: Signal, y: Signal, select: Value) -> Value:
    """:func:`~.operand.function` in nine tables a bit, with the sum. `m` is where they go."""
    low, high = select[4].replicate(32), select[5]
    word = ValueWord(operand)
    # ``Ch`` and ``Maj`` are one table, and Yosys is not to take it apart.
    chosen = Signal(32, attrs={"keep": 1})
    either = word.choose_or_majority(ValueWord(x), ValueWord(y), majority=low)
    m.d.comb += chosen.eq(either.value)
    return Mux(high, chosen, operand & low) | reduce(or_, sigmas(word, select))


def small_source(
    select: Value, operand: Value, hit: data.View, told: Value, first: Value, last: Value
) -> Value:
    """The operand, or a word from outside OR-ed with the operand; see :func:`~.operand.source`."""

    def only(value: Value, latch: Latch) -> Value:
        return value & (select[3:5] == latch >> 3).replicate(len(value))

    ends = Cat(
        (select[3:5] == Latch.LAST >> 3).replicate(9),
        only(first, Latch.FIRST) | only(last, Latch.LAST),
    )
    return operand | only(hit.nonce, Latch.NONCE) | ends | (told & select[5].replicate(len(told)))
