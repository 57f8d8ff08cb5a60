"""The top level on an ECP5."""

from typing import Any

from amaranth.hdl import Instance, Module, Signal
from amaranth.lib import io

from .top import Top


class Ecp5Top(Top):
    """A chip on an ECP5: a crystal, and an EHXPLLL makes the cores'."""

    def make_clocks(
        self, m: Module, platform: Any, crystal_clk: Signal, hash_clk: Signal, locked: Signal
    ) -> None:
        """See :meth:`Top.make_clocks`."""
        pin = platform.request(platform.default_clk, dir="-")
        m.submodules.crystal = crystal = io.Buffer("i", pin)
        m.d.comb += crystal_clk.eq(crystal.i)
        dividers = self._pll.dividers
        loop = Signal()
        m.submodules.pll = Instance(
            "EHXPLLL",
            **{f"a_{name}": str(value) for name, value in self._pll.loop_filter.items()},
            # What Project Trellis has found to be set in Diamond's bitstreams.
            a_MFG_ENABLE_FILTEROPAMP="1",
            a_MFG_GMCREF_SEL="2",
            p_PLLRST_ENA="DISABLED",
            p_INTFB_WAKE="DISABLED",
            p_STDBY_ENABLE="DISABLED",
            p_DPHASE_SOURCE="DISABLED",
            p_OUTDIVIDER_MUXA="DIVA",
            p_OUTDIVIDER_MUXB="DIVB",
            p_FEEDBK_PATH="CLKOP",
            p_CLKOP_ENABLE="ENABLED",
            p_CLKOP_CPHASE=dividers["CLKOP_DIV"] - 1,
            p_CLKOP_FPHASE=0,
            p_CLKOS_ENABLE="ENABLED",
            p_CLKOS_CPHASE=dividers["CLKOS_DIV"] - 1,
            p_CLKOS_FPHASE=0,
            **{f"p_{name}": value for name, value in dividers.items()},
            i_CLKI=crystal.i,
            i_CLKFB=loop,
            i_RST=0,
            i_STDBY=0,
            i_PHASESEL0=0,
            i_PHASESEL1=0,
            i_PHASEDIR=0,
            i_PHASESTEP=0,
            i_PHASELOADREG=0,
            i_PLLWAKESYNC=0,
            i_ENCLKOP=0,
            i_ENCLKOS=0,
            o_CLKOP=loop,
            o_CLKOS=hash_clk,
            o_LOCK=locked,
        )
