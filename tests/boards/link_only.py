"""A stand-in for a chip that is quickly built: the link, and a counter in the hash clock."""

import dataclasses
from functools import cache
from pathlib import Path

from amaranth.hdl import ClockDomain, ClockSignal, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.boards.board import Board
from sluice.boards.fabric.pll import Setting
from sluice.boards.flow import stages
from sluice.boards.flow.options import ToolOptions
from sluice.boards.flow.plan import Plan, elaborate, placing, top
from sluice.boards.flow.progress import Silent
from sluice.rtl.config import ChipConfig
from sluice.rtl.link.link import Link

CORES, LANES, BUILD = 3, 2, 0xDECAF


class LinkOnly(wiring.Component):
    def __init__(self, config: ChipConfig) -> None:
        self._config = config
        super().__init__(
            {
                "hash_clk": In(1),
                "rx": In(1, init=1),
                "tx": Out(1, init=1),
                "next_tx": Out(1, init=1),
                "next_rx": In(1, init=1),
                "hit": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.link = link = Link(self._config.link())
        m.domains.hash = ClockDomain(reset_less=True)
        m.d.comb += [
            ClockSignal("hash").eq(self.hash_clk),
            link.rx.eq(self.rx),
            self.tx.eq(link.tx),
            self.next_tx.eq(link.next_tx),
            link.next_rx.eq(self.next_rx),
            link.jobs.ready.eq(1),
            link.status.cores.eq(CORES),
            link.status.lanes.eq(LANES),
            link.status.build.eq(BUILD),
            self.hit.eq(self.hash(m)[-1]),
        ]
        return m

    def hash(self, m: Module) -> Signal:
        """What stands for the cores."""
        count = Signal(32)
        m.d.hash += count.eq(count + 1)
        return count


@cache
def plan_of(board: Board) -> Plan:
    config = dataclasses.replace(board.config, hash_clock=placing(board).frequency)
    return Plan(board, config, *elaborate(board, top(board, config, LinkOnly(config))))


def routed_of(board: Board) -> stages.Made:
    plan, options, watcher = plan_of(board), ToolOptions(), Silent()
    return stages.route(plan, stages.synthesise(plan, options, watcher), options, watcher)


def configured_of(board: Board, setting: Setting) -> stages.Made:
    return stages.configure(plan_of(board), routed_of(board), setting, Silent())


def bitstream_of(board: Board, setting: Setting) -> Path:
    made = stages.pack(plan_of(board), configured_of(board, setting), Silent())
    return made.folder / board.family.bitstream
