"""Lattice iCE40: a carry chain takes a look-up table a bit, and a bare register takes one too."""

from sluice.rtl.hls.delay_model import Delays

from .cells import ICE40_CELLS
from .generic import Generic


class ICE40(Generic):
    """Plain operators. Delay lines have no register behind their memory: it would take 32 cells."""

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
