"""Lattice ECP5: carry chains of CCU2C that take `Ch` and `Maj` as an operand.

A bit of a CCU2C with ``INJECT1 = "NO"`` gives ``sum = L ^ cin`` and
``carry = cin if L else LUT(A, B, 0, 0)``, with ``L = LUT(A, B, C, D)`` (Yosys' model of the cell;
ECP5 and ECP5-5G Family Data Sheet FPGA-DS-02012, section 2.3). For ``A + F(B, C, D)`` the table is
``A ^ F(B, C, D)``. Where ``L`` is 0 both addends are equal, and the carry must be ``A``:
``LUT(A, B, 0, 0) = A ^ F(B, 0, 0)`` is, if ``F(B, 0, 0) = 0``. That holds for ``Ch(B, C, D)``, for
``Maj(B, C, D)``, and for ``B & C & D`` and ``~B & C & D`` with ``C`` and ``D`` tied to one, or
with one of them for a bit of the slot: then a sum has a gate or a choice for an operand. An input
that is one is so without a wire; a zero would have to be brought to each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from amaranth.hdl import Cat, Const, Instance, Module, Signal, Value

from sluice.rtl.hls.delay_model import Delays
from sluice.rtl.hls.ops import ADDERS, Op
from sluice.rtl.sha256.word import Sigma

from .base import Area, Technology
from .cells import ECP5_CELLS, Cells
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
    Op.ADD_GATE: (lambda b, c, d: b & c & d, 0),
    Op.SUB_GATE: (lambda b, c, d: (b & c ^ 1) & d, 1),
    Op.ADD_SELECT: (lambda b, c, d: c if b else d, 0),
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


@dataclass(frozen=True)
class _First:
    """The lowest bit of a sum of two words: its sum, and the slot that makes its carry.

    The carry is a function of A and B of the slot, `init`, 4 bits. C and D are one, which makes
    ``L = 0``.
    """

    sum: Value
    init: int
    a: Value
    b: Value

    @classmethod
    def pair(cls, a: Value, b: Value, carry_in: int) -> "_First":
        """Of ``a + b``, or of ``a + ~b + 1``."""
        return cls(a ^ b, 0b1011 if carry_in else 0b1000, a, b)


class ECP5(Technology):
    """Carry chains by hand, the rest left to the synthesiser."""

    name = "ecp5"
    cells: Cells | None = ECP5_CELLS
    simulation: str | None = "ecp5-operators"
    models: Path | None = Path(__file__).with_name("ccu2c.v")

    #: Cell delays of speed grade 6, with 0.8 ns of wire before each cell.
    delays = Delays(adder=2700, function=1040, sigma=1040, register=750, gated_operands=True)

    #: DPR16X4 (the family's data sheet, section 2.3).
    lut_words = 16

    def __init__(self) -> None:
        self._generic = Generic()

    def emit(self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None) -> Value:
        """A chain of sixteen CCU2C for each sum."""
        if op not in ADDERS:
            return self._generic.emit(m, op, args, which)
        function, carry_in = _ADDENDS[op]
        a, b, *rest = (Value.cast(arg) for arg in args)
        c, d = rest or (_ONES, _ONES)
        words = (a, b, c, d)
        first = 0 if rest else _First.pair(a[0], b[0], carry_in)
        return _chain(m, [table(function)] * 32, words, first)

    def emit_add_table(self, m: Module, word: Value, numbers: Sequence[int], slot: Value) -> Value:
        """Numbers of up to four slots are in the tables of the carry chain.

        The two bits of the slot are B and C, with D tied to one: ``F(B, 0, 0)`` is then free.
        """
        if len(numbers) > 4:
            return super().emit_add_table(m, word, numbers, slot)
        padded = [*numbers, 0, 0, 0][:4]
        slot = Value.cast(slot)
        low, high = slot[0], slot[1] if len(slot) > 1 else Const(1, 1)
        if len(slot) == 1:
            padded = [0, 0, *numbers]

        def number(bit: int) -> Function:
            return lambda b, c, d: d & padded[b + 2 * c] >> bit & 1

        inits = [table(number(bit)) for bit in range(32)]
        words = (word, low.replicate(32), high.replicate(32), _ONES)
        return _chain(m, inits, words, 0)

    def emit_gated_sum(self, m: Module, op: Op, args: Sequence[Value], first: Value) -> Value:
        """One carry chain: the slot is an input of its tables."""
        word, *rest = (Value.cast(arg) for arg in args)
        which = Value.cast(first).replicate(32)
        words = (word, which, *rest) if op is Op.ADD_SELECT else (word, *rest, which, _ONES)
        function, carry_in = _ADDENDS[op]
        return _chain(m, [table(function)] * 32, words, carry_in)

    def emit_gate(self, word: Value, open_: Value) -> Value:
        """A gate: registers in a tile share two resets, and those of units would not fit."""
        return word & open_.replicate(32)

    def area(self, op: Op) -> Area:
        """A look-up table a bit, whatever the adder absorbs."""
        return Area(32, 32 if op in ADDERS else 0)


class ECP5Operators(ECP5):
    """The same operations with the same delays, sums by operators: for a simulation.

    A simulator is faster without CCU2C. Cycle by cycle it is the hardware that a board gets.
    """

    name = "ecp5-operators"
    cells = None
    simulation = None
    models = None
    emit_add_table = Technology.emit_add_table
    emit_gated_sum = Technology.emit_gated_sum

    def emit(self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None) -> Value:
        """Operators."""
        return self._generic.emit(m, op, args, which)


def _chain(m: Module, inits: Sequence[int], words: tuple[Value, ...], first: _First | int) -> Value:
    """Sixteen or seventeen CCU2C: in each bit a table and the inputs A to D.

    No carry enters the chain, for which nextpnr would put a cell more in front of it and a wire to
    that. The carry of the lowest bit of two words is a function of two bits, which its slot makes;
    the sum of that bit is beside the chain. That of a function would need a table in front of the
    slot, on the way of all other bits. So there the carry into the lowest bit, the number `first`,
    is made by a cell of its own, whose inputs are tied to one, and the lowest bit is like others.
    """
    one = Const(1, 1)
    slots = [(init, [word[bit] for word in words]) for bit, init in enumerate(inits)]
    if isinstance(first, _First):
        slots[0] = (first.init, [first.a, first.b, one, one])
    else:
        slots = [(0b1111 if first else 0, [one] * 4)] * 2 + slots
    sums = Signal(len(slots))
    carry: dict[str, Value] = {}
    for low in range(0, len(slots), 2):
        pins = {
            f"i_{name}{half}": pin
            for half in (0, 1)
            for name, pin in zip("ABCD", slots[low + half][1], strict=True)
        }
        carry_out = Signal()
        m.submodules += Instance(
            "CCU2C",
            p_INIT0=Const(slots[low][0], 16),
            p_INIT1=Const(slots[low + 1][0], 16),
            p_INJECT1_0="NO",
            p_INJECT1_1="NO",
            o_S0=sums[low],
            o_S1=sums[low + 1],
            o_COUT=carry_out,
            **pins,
            **carry,
        )
        carry = {"i_CIN": carry_out}
    return Cat(first.sum, sums[1:]) if isinstance(first, _First) else sums[2:]
