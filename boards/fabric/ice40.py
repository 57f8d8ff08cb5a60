"""The top level on an iCE40."""

from typing import Any

from amaranth.hdl import Instance, Module, Signal
from amaranth.lib import io

from .top import Top


class Ice40Top(Top):
    """A chip on an iCE40: a crystal, and an SB_PLL40 makes the cores'.

    Where the crystal is on the pad of the only PLL, that pad has no other way into the fabric than
    the PLL's own first output.
    """

    def make_clocks(
        self, m: Module, platform: Any, crystal_clk: Signal, hash_clk: Signal, locked: Signal
    ) -> None:
        """See :meth:`Top.make_clocks`."""
        pin = platform.request(platform.default_clk, dir="-")
        common = {
            "p_FEEDBACK_PATH": "SIMPLE",
            **{f"p_{name}": value for name, value in self._pll.dividers.items()},
            "i_RESETB": 1,
            "i_BYPASS": 0,
            "o_LOCK": locked,
        }
        if self._board.pll_pad:
            m.submodules.pll = Instance(
                "SB_PLL40_2_PAD",
                **common,
                p_PLLOUT_SELECT_PORTB="GENCLK",
                i_PACKAGEPIN=pin.io,
                o_PLLOUTGLOBALA=crystal_clk,
                o_PLLOUTGLOBALB=hash_clk,
            )
        else:
            m.submodules.crystal = crystal = io.Buffer("i", pin)
            m.d.comb += crystal_clk.eq(crystal.i)
            m.submodules.pll = Instance(
                "SB_PLL40_CORE",
                **common,
                p_PLLOUT_SELECT="GENCLK",
                i_REFERENCECLK=crystal.i,
                o_PLLOUTGLOBAL=hash_clk,
            )
