"""Every board elaborates without tools, its pins and clocks are constrained."""

import re

import pytest

from sluice.boards.board import Board
from sluice.boards.catalogue import BOARDS, board
from sluice.boards.flow.plan import elaborate, placing, top, with_pll
from sluice.boards.headers import NEXT, RESET

from .link_only import plan_of


@pytest.fixture(params=BOARDS, name="board")
def every_board(request: pytest.FixtureRequest) -> Board:
    return BOARDS[request.param]


def test_it_elaborates(board: Board) -> None:
    plan = plan_of(board)
    name, number = board.serial
    pins = re.findall(r"(?:set_io |LOCATE COMP \")(\w+)", plan.constraints)
    assert {f"{name}_{number}__rx__io", f"{name}_{number}__tx__io"} <= set(pins)
    assert (f"{NEXT}_0__tx__io" in pins) == plan.config.chain
    assert (f"{RESET}_0__io" in pins) == bool(board.reset_note)
    assert (f"{name}_{number}__{board.pulled}__io" in pins) == bool(board.pulled)
    assert len(set(pins)) == len(pins)
    sites = re.findall(r"(?:set_io \w+|SITE) \"?(\w+)\"?", plan.constraints)
    assert len(set(sites)) == len(sites) == len(pins)
    assert "pll_clk" in plan.constraints
    assert plan.netlist.count("EHXPLLL" if board.family.name == "ecp5" else "SB_PLL40") == 1


def test_clocks_are_asked_for(board: Board) -> None:
    plan = plan_of(board)
    asked = {
        name: float(value) * (1 if board.family.name == "ecp5" else 1e6)
        for name, value in re.findall(
            r'(?:FREQUENCY NET "|set_frequency )([\w.$]+)"? ([\d.]+)', plan.constraints
        )
    }
    (hash_clock,) = (value for name, value in asked.items() if "pll_clk" in name)
    assert hash_clock == pytest.approx(placing(board).frequency)
    (link_clock,) = (value for name, value in asked.items() if "link_clk" in name)
    assert link_clock == pytest.approx(board.link_clock) == pytest.approx(plan.config.link_clock)


def test_the_default_chip_has_a_clock(board: Board) -> None:
    config, _ = with_pll(board, board.config)
    assert config.hash_clock == pytest.approx(board.config.hash_clock, rel=0.02)
    assert config.link_clock == board.link_clock


def test_notes_and_programmer(board: Board) -> None:
    assert board.serial_note
    assert board.next_note
    assert any("{file}" in word for word in board.program)


def test_a_reset_pin_can_be_left_alone(board: Board) -> None:
    """It has a pull-up; only a board whose pins all send has none."""
    assert bool(board.reset_note) == (board.name != "colorlight-5a75b")
    if board.reset_note:
        (pin,) = board.platform().lookup(RESET, 0).ios
        assert pin.invert
        attrs = board.platform().lookup(RESET, 0).attrs
        assert attrs.get("PULLUP") == 1 or attrs.get("PULLMODE") == "UP"


def test_a_real_chip_elaborates() -> None:
    chosen = BOARDS["ulx3s-12f"]
    netlist, _ = elaborate(chosen, top(chosen, chosen.config))
    assert "controller" in netlist


def test_unknown_board() -> None:
    with pytest.raises(ValueError, match="'nil' is no board: `sluice boards` lists them"):
        board("nil")
