"""Any device: operators, and the synthesiser does the rest."""

from collections.abc import Sequence

from amaranth.hdl import Module, Value

from sluice.rtl.hls.delay_model import DelayModel
from sluice.rtl.hls.ops import ADDERS, Op, apply
from sluice.rtl.sha256.word import Sigma

from .base import Area, Technology
from .word import ValueWord


class Generic(Technology):
    """Plain operators. A carry chain takes a look-up table a bit; `Ch` and `Maj` take another."""

    name = "generic"

    def emit(self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None) -> Value:
        """Operators on values; nothing is added to `m`."""
        del m
        return apply(op, [ValueWord(Value.cast(arg)) for arg in args], which).value

    def delays(self, period: float) -> DelayModel:
        """Round figures of a 40 nm device with four-input look-up tables."""
        return DelayModel(
            adder=3.5, function=1.2, sigma=1.2, register=1.0, period=period, gates=True
        )

    def area(self, op: Op) -> Area:
        """One look-up table a bit and function."""
        absorbed = 32 if op in {Op.ADD_CHOOSE, Op.ADD_MAJORITY} else 0
        return Area(32 + absorbed, 32 if op in ADDERS else 0)
