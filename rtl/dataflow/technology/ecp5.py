"""Lattice ECP5: carry chains of CCU2C that take `Ch` and `Maj` as an operand.

A bit of a CCU2C with ``INJECT1 = "NO"`` gives ``sum = L ^ cin`` and
``carry = cin if L else LUT(A, B, 0, 0)``, with ``L = LUT(A, B, C, D)`` (Yosys' model of the cell;
ECP5 and ECP5-5G Family Data Sheet FPGA-DS-02012, section 2.3). For ``A + F(B, C, D)`` the table is
``A ^ F(B, C, D)``. Where ``L`` is 0 both addends are equal, and the carry must be ``A``:
``LUT(A, B, 0, 0) = A ^ F(B, 0, 0)`` is, if ``F(B, 0, 0) = 0``. That holds for ``Ch(B, C, D)``, for
``Maj(B, C, D)``, and for ``B & C & D`` and ``~B & C & D`` with ``C`` and ``D`` tied to one. An
input that is one is so without a wire; a zero would have to be brought to each of them.
"""

from collections.abc import Callable, Sequence

from amaranth.hdl import Cat, Const, Instance, Module, Signal, Value

from sluice.rtl.sha256.word import Sigma

from ..semantics import ADDERS, Op
from ..timing import DelayModel
from .base import Area, Technology
from .generic import Generic

#: An input tied to one in each bit.
_ONES = Const(0xFFFFFFFF, 32)

Function = Callable[[int, int, int], int]

#: For each adder what is added to `A`, and the carry into the lowest bit.
_ADDENDS: dict[Op, tuple[Function, int]] = {
    Op.ADD: (lambda b, c, d: b & c & d, 0),
    Op.SUB: (lambda b, c, d: (b ^ 1) & c & d, 1),
    Op.ADD_CHOOSE: (lambda b, c, d: c if b else d, 0),
    Op.ADD_MAJORITY: (lambda b, c, d: int(b + c + d >= 2), 0),
}


def table(function: Function) -> int:
    """``INIT`` of a bit that adds ``function(B, C, D)`` to ``A``; A is bit 0 of the index.

    Raises
    ------
    ValueError
        The carry would be wrong.
    """
    if any(function(b, 0, 0) for b in (0, 1)):
        raise ValueError("function(B, 0, 0) must be 0 for the carry to be right")
    init = 0
    for index in range(16):
        a, b, c, d = (index >> i & 1 for i in range(4))
        init |= (a ^ function(b, c, d)) << index
    return init


class ECP5(Technology):
    """Carry chains by hand, the rest left to the synthesiser."""

    name = "ecp5"

    def __init__(self) -> None:
        self._generic = Generic()

    def emit(self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None) -> Value:
        """A chain of sixteen CCU2C for each sum."""
        if op not in ADDERS:
            return self._generic.emit(m, op, args, which)
        function, carry_in = _ADDENDS[op]
        a, b, *rest = (Value.cast(arg) for arg in args)
        c, d = rest or (_ONES, _ONES)
        return _chain(m, [table(function)] * 32, (a, b, c, d), carry_in)

    def emit_add_table(self, m: Module, word: Value, numbers: Sequence[int], turn: Value) -> Value:
        """Numbers of up to four passes are in the tables of the carry chain.

        The two bits of the pass are B and C, with D tied to one: ``F(B, 0, 0)`` is then free.
        """
        if len(numbers) > 4:
            return super().emit_add_table(m, word, numbers, turn)
        padded = [*numbers, 0, 0, 0][:4]
        turn = Value.cast(turn)
        low, high = turn[0], turn[1] if len(turn) > 1 else Const(1, 1)
        if len(turn) == 1:
            padded = [0, 0, *numbers]

        def number(bit: int) -> Function:
            return lambda b, c, d: d & padded[b + 2 * c] >> bit & 1

        inits = [table(number(bit)) for bit in range(32)]
        pins = (word, low.replicate(32), high.replicate(32), _ONES)
        return _chain(m, inits, pins, 0)

    def emit_gate(self, word: Value, open_: Value) -> Value:
        """Gates: registers in a tile share two resets, and those of units would not find places."""
        return word & open_.replicate(32)

    def delays(self, period: float) -> DelayModel:
        """Cell delays of speed grade 6 with 0.8 ns of wire before each cell."""
        return DelayModel(adder=2.7, function=1.04, sigma=1.04, register=0.75, period=period)

    def area(self, op: Op) -> Area:
        """A look-up table a bit, whatever the adder absorbs."""
        return Area(32, 32 if op in ADDERS else 0)


def _chain(m: Module, inits: Sequence[int], words: tuple[Value, ...], carry_in: int) -> Value:
    """32 bits of a carry chain: a table and the inputs A to D of each."""
    carry: Value = Const(carry_in, 1)
    bits: list[Value] = []
    for low in range(0, 32, 2):
        pins = {
            f"i_{name}{half}": word[low + half]
            for half in (0, 1)
            for name, word in zip("ABCD", words, strict=True)
        }
        sums, carry_out = Signal(2), Signal()
        m.submodules += Instance(
            "CCU2C",
            p_INIT0=Const(inits[low], 16),
            p_INIT1=Const(inits[low + 1], 16),
            p_INJECT1_0="NO",
            p_INJECT1_1="NO",
            i_CIN=carry,
            o_S0=sums[0],
            o_S1=sums[1],
            o_COUT=carry_out,
            **pins,
        )
        bits.append(sums)
        carry = carry_out
    return Cat(bits)
