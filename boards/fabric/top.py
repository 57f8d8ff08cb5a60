"""The top level of an FPGA: the chip, its clocks, its pins."""

from abc import ABC, abstractmethod
from typing import Any

from amaranth.hdl import Cat, ClockDomain, ClockSignal, Elaboratable, Module, Signal
from amaranth.lib import io

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig

from ..board import Board
from ..headers import NEXT
from .divider import Divider
from .light import Stretcher
from .pll import Setting
from .reset import PowerOn

#: Yosys keeps the name, so that the constraint on it finds it.
KEPT = {"keep": 1}


class Top(ABC, Elaboratable):
    """A chip on a board. Each family of devices makes its clocks in its own way.

    Parameters
    ----------
    board
        The board.
    config
        The chip.
    pll
        The setting of the PLL with which the netlist is placed and routed.
    chip
        Another component with the ports of a :class:`~sluice.rtl.chip.Chip`, in its place.
    """

    def __init__(
        self, board: Board, config: ChipConfig, pll: Setting, chip: Any | None = None
    ) -> None:
        self._board = board
        self._config = config
        self._pll = pll
        self._chip = chip

    @property
    def board(self) -> Board:
        """The board."""
        return self._board

    @property
    def config(self) -> ChipConfig:
        """The chip."""
        return self._config

    @property
    def pll(self) -> Setting:
        """The setting of the PLL."""
        return self._pll

    @abstractmethod
    def make_clocks(
        self, m: Module, platform: Any, crystal_clk: Signal, hash_clk: Signal, locked: Signal
    ) -> None:
        """Drive the crystal's and the cores' clock, and `locked` once they are steady."""

    def elaborate(self, platform: Any) -> Module:
        """Wire everything to the pins."""
        m = Module()
        board = self._board
        link_clk = Signal(name="link_clk", attrs=KEPT)
        hash_clk = Signal(name="pll_clk", attrs=KEPT)
        locked, pressed, pulled = (Signal(name=name) for name in ("locked", "pressed", "pulled"))
        source = link_clk
        if board.divide > 1:
            source = Signal(name="crystal_clk", attrs=KEPT)
            m.submodules.divider = Divider(source, link_clk, by=board.divide)
        self.make_clocks(m, platform, source, hash_clk, locked)
        # Whatever nextpnr derives through a PLL: these are met, or the build fails.
        platform.add_clock_constraint(link_clk, board.link_clock)
        platform.add_clock_constraint(hash_clk, self._pll.frequency)
        m.domains.sync = ClockDomain()
        m.d.comb += ClockSignal("sync").eq(link_clk)
        m.submodules.power_on = PowerOn(link_clk, locked, pressed, pulled)
        m.submodules.chip = chip = self._chip or Chip(self._config)
        m.submodules.light = light = Stretcher(self._config.link_clock)
        m.d.comb += [chip.hash_clk.eq(hash_clk), light.pulse.eq(chip.hit)]

        def pin(name: str, direction: str, port: Any) -> Any:
            m.submodules[name] = buffer = io.Buffer(direction, port)
            return buffer

        uart = platform.request(*board.serial, dir="-")
        m.d.comb += [
            chip.rx.eq(pin("rx", "i", uart.rx).i),
            pin("tx", "o", uart.tx).o.eq(chip.tx),
        ]
        if self._config.chain:
            behind = platform.request(NEXT, 0, dir="-")
            m.d.comb += pin("next_tx", "o", behind.tx).o.eq(chip.next_tx)
            hears = hasattr(behind, "rx")
            m.d.comb += chip.next_rx.eq(pin("next_rx", "i", behind.rx).i if hears else 1)
        else:
            m.d.comb += chip.next_rx.eq(1)
        if board.light is not None:
            lamp = platform.request(*board.light[:2], dir="-")
            port = getattr(lamp, board.light[2]) if len(board.light) == 3 else lamp
            m.d.comb += pin("lamp", "o", port).o.eq(light.light)
        resets = [
            pin(name, "i", platform.request(name, number, dir="-")).i
            for name, number in board.resets
        ]
        m.d.comb += pressed.eq(Cat(*resets).any())
        if board.pulled is not None:
            # Low is what a host calls set.
            m.d.comb += pulled.eq(~pin("pulled", "i", getattr(uart, board.pulled)).i)
        for number, name in enumerate(board.high):
            m.d.comb += pin(f"high{number}", "o", platform.request(name, 0, dir="-")).o.eq(1)
        return m
