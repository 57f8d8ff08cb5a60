"""The function of its operand that an engine adds, for large devices and for small ones."""

from functools import reduce
from operator import or_

from amaranth.hdl import Array, Const, Module, Mux, Signal, Value

from sluice.rtl.dataflow.technology.word import ValueWord

from .isa import SIGMAS, Select

assert (Select.WORD >> 4, Select.CHOOSE >> 4, Select.MAJORITY >> 4) == (1, 2, 3)


def _sigmas(word: ValueWord, select: Value) -> list[Value]:
    return [
        word.sigma(sigma).value & select[which.bit_length() - 1].replicate(32)
        for which, sigma in SIGMAS.items()
    ]


def function(operand: Signal, x: Signal, y: Signal, select: Value) -> Value:
    """The function, 32 bits.

    Parameters
    ----------
    operand, x, y
        Words.
    select
        A :class:`~.isa.Select`, 7 bits.
    """
    word = ValueWord(operand)
    terms = _sigmas(word, select)
    choose = word.choose(ValueWord(x), ValueWord(y)).value
    majority = word.majority(ValueWord(x), ValueWord(y)).value
    functions = Array([Const(0, 32), word.value, choose, majority])
    terms.append(functions[select[4:6]])
    return reduce(or_, terms)


def small_function(m: Module, operand: Signal, x: Signal, y: Signal, select: Value) -> Value:
    """The same in look-up tables of four inputs: nine a bit, with the sum. `m` is where they go."""
    low, high = select[4].replicate(32), select[5]
    word = ValueWord(operand)
    # ``Ch`` and ``Maj`` are one table, and Yosys is not to take it apart.
    chosen = Signal(32, attrs={"keep": 1})
    either = word.choose_or_majority(ValueWord(x), ValueWord(y), majority=low)
    m.d.comb += chosen.eq(either.value)
    return Mux(high, chosen, operand & low) | reduce(or_, _sigmas(word, select))
