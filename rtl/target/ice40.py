"""Lattice iCE40: a carry chain takes a look-up table a bit, and a bare register takes one too."""

from collections.abc import Sequence

from amaranth.hdl import Module, Mux, Value

from sluice.rtl.hls.delay_model import Delays
from sluice.rtl.hls.ops import Op

from .cells import ICE40_CELLS
from .generic import Generic


class ICE40(Generic):
    """Plain operators. Delay lines have no register behind their memory: it would take 32 cells.

    Of the four inputs of a table a sum has three: the fourth chooses between the sum and one of its
    operands at no cost, which is a sum with a gated operand.
    """

    name = "ice40"
    cells = ICE40_CELLS
    ram_register = False
    inverts = True

    #: An HX device with a wire before each cell (family data sheet, FPGA-DS-02029). A carry takes
    #: 126 ps a bit; a sum of two sums takes little longer than one. A block RAM takes 1.6 ns longer
    #: than a register.
    delays = Delays(
        adder=3600,
        function=1400,
        sigma=1400,
        register=1000,
        memory=1600,
        absorbs=False,
        free_register=True,
    )

    def emit_gated_sum(self, m: Module, op: Op, args: Sequence[Value], first: Value) -> Value:
        """The sum or its first word; Yosys' ``opt_lut`` makes one table of both."""
        if op is Op.ADD_SELECT:
            return super().emit_gated_sum(m, op, args, first)
        plain = Op.SUB if op is Op.SUB_GATE else Op.ADD
        return Mux(first, self.emit(m, plain, args, None), args[0])
