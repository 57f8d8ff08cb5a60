"""The interface of a technology."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amaranth.hdl import Module, Mux, Signal, Value

from sluice.rtl.hls.delay_model import Delays
from sluice.rtl.hls.ops import Op
from sluice.rtl.sha256.word import Sigma

from .cells import Cells


@dataclass(frozen=True)
class Area:
    """Cells that an operation takes.

    Members
    -------
    lut
        Four-input look-up tables, those of carry chains included.
    carry
        Of these, how many are in carry chains.
    """

    lut: int
    carry: int = 0

    def __add__(self, other: "Area") -> "Area":
        return Area(self.lut + other.lut, self.carry + other.carry)


class Technology(ABC):
    """How operations become hardware, and what they cost."""

    #: The name on the command line.
    name: str

    #: What operations take.
    delays: Delays

    #: Whether a delay line ends with a register behind its memory.
    ram_register = True

    #: Whether what a memory has from the start is there when it is switched on.
    preset_memories = True

    #: Whether there are flip-flops that are set without a clock.
    asynchronous = True

    #: The technology that is simulated in its place, if a simulator lacks its cells.
    simulation: str | None = None

    #: Verilog of the cells that it instantiates, for linters and simulators; if there are any.
    models: Path | None = None

    #: Its cells, where Yosys can synthesise for it.
    cells: Cells | None = None

    #: Words of the memories that look-up tables can be; 0 for none.
    lut_words = 0

    #: Whether a carry chain takes a subtrahend inverted, which costs nothing before a register.
    inverts = False

    @abstractmethod
    def emit(self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None) -> Value:
        """The result of an operation on 32-bit values, as hardware in `m`.

        The meaning is :func:`sluice.rtl.hls.ops.apply`.
        """

    def emit_add_table(self, m: Module, word: Value, numbers: Sequence[int], slot: Value) -> Value:
        """The sum of a word and of the one of `numbers` that `slot` says."""
        number = Signal(32)
        with m.Switch(slot):
            for key, value in enumerate(numbers):
                with m.Case(key):
                    m.d.comb += number.eq(value)
        return self.emit(m, Op.ADD, [word, number], None)

    def emit_gate(self, word: Value, open_: Value) -> Value:
        """A word where the bit `open_` is set, and zero elsewhere.

        A register behind this multiplexer may become one with a synchronous reset.
        """
        return Mux(open_, word, 0)

    def emit_gated_sum(self, m: Module, op: Op, args: Sequence[Value], first: Value) -> Value:
        """A sum of ``args[0]``, and of ``args[1]`` where the bit `first` is set.

        Elsewhere of ``args[2]``, or of zero.
        """
        word, second, *rest = args
        operand = Mux(first, second, rest[0] if rest else 0)
        return self.emit(m, Op.SUB if op is Op.SUB_GATE else Op.ADD, [word, operand], None)

    @abstractmethod
    def area(self, op: Op) -> Area:
        """What an operation is expected to take."""
