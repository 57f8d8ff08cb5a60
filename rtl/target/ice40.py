"""Lattice iCE40: a carry chain takes a look-up table a bit, and a bare register takes one too."""

from sluice.rtl.hls.delay_model import DelayModel

from .generic import Generic


class ICE40(Generic):
    """Plain operators. Delay lines have no register behind their memory: it would take 32 cells."""

    name = "ice40"
    ram_register = False
    inverts = True

    def delays(self, period: float) -> DelayModel:
        """Delays of an HX device with a wire before each cell (family data sheet, FPGA-DS-02029).

        A carry takes 0.126 ns a bit; a sum of two sums takes little longer than one. A block RAM
        takes 1.6 ns longer than a register.
        """
        return DelayModel(
            adder=3.6,
            function=1.4,
            sigma=1.4,
            register=1.0,
            period=period,
            absorbs=False,
            free_register=True,
            memory=1.6,
        )
