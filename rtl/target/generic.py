"""Any device: operators, and the synthesiser does the rest."""

from collections.abc import Sequence

from amaranth.hdl import Module, Value

from sluice.rtl.hls.delay_model import Delays
from sluice.rtl.hls.ops import ADDERS, Op, apply
from sluice.rtl.sha256.word import Sigma

from .base import Area, Technology
from .word import ValueWord


class Generic(Technology):
    """Plain operators. A carry chain takes a look-up table a bit; `Ch` and `Maj` take another."""

    name = "generic"

    #: Round figures of a 40 nm device with four-input look-up tables.
    delays = Delays(adder=3500, function=1200, sigma=1200, register=1000, gated_operands=True)

    def emit(self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None) -> Value:
        """Operators on values; nothing is added to `m`."""
        del m
        return apply(op, [ValueWord(Value.cast(arg)) for arg in args], which).value

    def area(self, op: Op) -> Area:
        """One look-up table a bit and function."""
        absorbed = 32 if op in {Op.ADD_CHOOSE, Op.ADD_MAJORITY} else 0
        return Area(32 + absorbed, 32 if op in ADDERS else 0)
