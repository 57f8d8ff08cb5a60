"""Pins that wires go to, against what amaranth-boards says of the boards' connectors."""

import pytest
from amaranth.build import Connector
from amaranth.hdl import ClockDomain, ClockSignal, Module, Signal
from amaranth.sim import Simulator

from sluice.boards.board import Board
from sluice.boards.catalogue import BOARDS
from sluice.boards.fabric.divider import Divider
from sluice.boards.headers import Header, Wire, pmod

#: Boards whose connectors amaranth-boards leaves out, or calls otherwise.
UNTOLD = {"colorlight-i5": "connectors", "colorlight-5a75b": "J19"}


@pytest.fixture(params=BOARDS, name="board")
def every_board(request: pytest.FixtureRequest) -> Board:
    return BOARDS[request.param]


def sites(connectors: list[Connector]) -> dict[str, set[str]]:
    """Names that pins have on connectors, by pin of the FPGA."""
    found: dict[str, set[str]] = {}
    for connector in connectors:
        for pin, site in connector.mapping.items():
            found.setdefault(site, set()).add(pin)
    return found


def test_wires_go_to_pins_of_connectors(board: Board) -> None:
    known = sites(list(board.make().connectors.values()))
    if board.name in UNTOLD:
        pytest.skip(f"amaranth-boards does not have its {UNTOLD[board.name]}")
    for header in board.headers:
        for pin, site in header.wires.values():
            assert site in known, (header.name, pin)
            if pin.isdecimal():
                assert pin in known[site] or site == pin, (header.name, pin, known[site])


def test_every_board_can_be_wired(board: Board) -> None:
    wires = [wire for header in board.headers for wire in header.wires]
    assert len(set(wires)) == len(wires)
    assert Wire.NEXT_TX in wires
    assert board.usb or {Wire.RX, Wire.TX} <= set(wires)
    every = [site for header in board.headers for _, site in header.wires.values()]
    assert len(set(every)) == len(every)


def test_words() -> None:
    header = pmod("PMOD 1", next_tx=("1", "A2"), reset=("7", "7"))
    assert header.place(Wire.NEXT_TX) == "pin 1 (A2)"
    assert header.place(Wire.RESET) == "pin 7"
    assert Header(name="x", rows=("B2",), wires={Wire.RX: ("B2", "B2")}).place(Wire.RX) == "B2"
    with pytest.raises(ValueError, match="PMOD 1: pin 5 must be in it once: 1, 2, 3"):
        pmod("PMOD 1", rx=("5", "A1"))


@pytest.mark.parametrize("by", [2, 4, 6])
def test_divided_clock(by: int) -> None:
    """Half of its cycles high, half low, and none shorter."""
    fast, slow = Signal(), Signal()
    m = Module()
    m.submodules.divider = Divider(fast, slow, by=by)
    m.domains.link = ClockDomain(reset_less=True)
    m.d.comb += ClockSignal("link").eq(slow)
    count = Signal(8)
    m.d.link += count.eq(count + 1)
    levels = []

    async def bench(ctx) -> None:
        for _ in range(10 * by):
            for level in (1, 0):
                ctx.set(fast, level)
                await ctx.delay(1e-9)
            levels.append(ctx.get(slow))
        assert ctx.get(count) == 10

    simulator = Simulator(m)
    simulator.add_testbench(bench)
    simulator.run()
    runs = "".join(map(str, levels)).strip("0").replace("10", "1 0").replace("01", "0 1").split()
    assert {len(run) for run in runs[:-1]} == {by // 2}
    with pytest.raises(ValueError, match="by must be an even number, not 3"):
        Divider(fast, slow, by=3)
