"""PLL settings against the data sheets' tables: each limit, each formula, each board."""

import dataclasses
import random

import pytest

from sluice.boards.board import Board
from sluice.boards.catalogue import BOARDS
from sluice.boards.fabric import pll_ecp5, pll_ice40
from sluice.boards.fabric.pll import Jitter, PllError, Setting, fastest, nearest
from sluice.boards.flow.plan import placing, settings, with_pll

MHZ = 1e6

#: FPGA-DS-02012, sysCLOCK PLL Timing: rows by their names, lowest and highest in MHz.
ECP5 = {
    "source": (8, 400),  # fIN, Input Clock Frequency (CLKI, CLKFB)
    "feedback": (8, 400),  # the same row
    "output": (3.125, 400),  # fOUT, Output Clock Frequency (CLKOP, CLKOS)
    "oscillator": (400, 800),  # fVCO, PLL VCO Frequency
    "detector": (10, 400),  # fPFD, Phase Detector Input Frequency
}

#: FPGA-DS-02008, table 4.22, and FPGA-DS-02029, sysCLOCK PLL Timing: the same rows.
ICE40 = {
    "source": (10, 133),  # fIN, Input Clock Frequency (REFERENCECLK, EXTFEEDBACK)
    "feedback": (10, 133),  # the same row
    "output": (16, 275),  # fOUT, Output Clock Frequency (PLLOUT)
    "oscillator": (533, 1066),  # fVCO, PLL VCO Frequency
    "detector": (10, 133),  # fPFD, Phase Detector Input Frequency
}

FAMILIES = {"ecp5": ECP5, "ice40": ICE40}
CRYSTALS = {"ecp5": (12e6, 16e6, 25e6, 48e6, 100e6), "ice40": (12e6, 16e6, 25e6, 100e6)}
MAKERS = {"ecp5": pll_ecp5.settings, "ice40": pll_ice40.settings}


@pytest.fixture(params=BOARDS, name="board")
def every_board(request: pytest.FixtureRequest) -> Board:
    return BOARDS[request.param]


def frequencies(family: str, source: float, setting: Setting) -> dict[str, float]:
    """What is in the loop, from the dividers alone."""
    d = setting.dividers
    if family == "ecp5":
        detector = source / d["CLKI_DIV"]
        feedback = detector * d["CLKFB_DIV"]
        oscillator = feedback * d["CLKOP_DIV"]
        output = oscillator / d["CLKOS_DIV"]
    else:
        detector = feedback = source / (d["DIVR"] + 1)
        oscillator = detector * (d["DIVF"] + 1)
        output = oscillator / 2 ** d["DIVQ"]
    found = {"source": source, "detector": detector, "feedback": feedback}
    return {**found, "oscillator": oscillator, "output": output}


@pytest.mark.parametrize("limit", ECP5)
@pytest.mark.parametrize("family", FAMILIES)
def test_each_limit(family: str, limit: str) -> None:
    """No setting breaks it, from any crystal; and one that does is told by its name."""
    low, high = FAMILIES[family][limit]
    made = [(source, one) for source in CRYSTALS[family] for one in MAKERS[family](source)]
    assert len(made) > 500
    for source, one in made:
        assert low * MHZ <= frequencies(family, source, one)[limit] <= high * MHZ
    own = (
        [pll_ecp5.LIMITS] if family == "ecp5" else [pll_ice40.limits("iCE40UP5K"), pll_ice40.LP_HX]
    )
    field = "frequency" if limit == "output" else limit
    _, inside = made[0]
    for limits in own:
        assert getattr(limits, limit) == (low * MHZ, high * MHZ)
        assert inside.beyond(limits) == []
        for beyond in (low * MHZ * 0.999, high * MHZ * 1.001):
            told = dataclasses.replace(inside, **{field: beyond}).beyond(limits)
            assert told == [f"{limit} at {beyond / MHZ:g} MHz is not {low:g} to {high:g} MHz"]


def test_crystals_out_of_range_make_nothing() -> None:
    """fIN: an ECP5's PLL takes 8 MHz and more, and 10 at the phase detector; an iCE40's 10."""
    assert pll_ecp5.settings(9.9e6) == pll_ice40.settings(9.9e6) == ()
    assert pll_ice40.settings(134e6) == pll_ecp5.settings(401e6) == ()


@pytest.mark.parametrize("family", FAMILIES)
def test_what_they_say_is_what_their_dividers_make(family: str) -> None:
    for source in CRYSTALS[family]:
        for one in MAKERS[family](source):
            said = {name: getattr(one, name) for name in FAMILIES[family] if name != "output"}
            assert said | {"output": one.frequency} == pytest.approx(
                frequencies(family, source, one)
            )


#: Modules that Lattice's Diamond has made, in public repositories: source in MHz, input divider,
#: ratio of the loop; ICP_CURRENT and LPF_RESISTOR.
MODULES = (
    (24, 1, 24, 5, 16),
    (25, 1, 24, 5, 16),
    (50, 2, 24, 5, 16),
    (25, 1, 25, 5, 16),
    (20, 1, 30, 5, 16),
    (32, 1, 18, 5, 16),
    (12, 1, 54, 6, 16),
    (100, 4, 26, 6, 16),
    (50, 5, 72, 6, 16),
    (25, 1, 30, 7, 16),
    (25, 1, 32, 7, 16),
)


@pytest.mark.parametrize(("source", "divider", "ratio", "current", "resistor"), MODULES)
def test_the_loop_filter_of_lattices_modules(
    source: int, divider: int, ratio: int, current: int, resistor: int
) -> None:
    same = [
        one
        for one in pll_ecp5.settings(source * MHZ)
        if one.oscillator == pytest.approx(source * MHZ / divider * ratio)
    ]
    assert same
    for one in same:
        assert one.loop_filter == {"ICP_CURRENT": current, "LPF_RESISTOR": resistor}


def test_no_loop_filter_is_made_up() -> None:
    """Oscillators lie between such as Diamond has set the same filter for."""
    seen: dict[int, list[float]] = {}
    for source, divider, ratio, current, _ in MODULES:
        seen.setdefault(current, []).append(source * MHZ / divider * ratio)
    for source in CRYSTALS["ecp5"]:
        for one in pll_ecp5.settings(source):
            known = seen[one.loop_filter["ICP_CURRENT"]]
            assert min(known) - 1 <= one.oscillator <= max(max(known), 625e6) + 1
            assert 18 <= one.dividers["CLKOP_DIV"] <= 72


@pytest.mark.parametrize(
    ("device", "frequency", "picoseconds"),
    [
        # FPGA-DS-02008, table 4.22: 450 ps from 100 MHz on, 0.05 of a period below.
        ("iCE40UP5K", 34.5e6, 0.05e12 / 34.5e6),
        ("iCE40UP5K", 100e6, 450),
        # FPGA-DS-02029: 450 ps up to 100 MHz, 0.05 of a period above.
        ("iCE40HX8K", 81e6, 450),
        ("iCE40LP8K", 100e6, 450),
        ("iCE40HX8K", 125e6, 400),
    ],
)
def test_jitter(device: str, frequency: float, picoseconds: float) -> None:
    jitter = pll_ice40.limits(device).jitter
    assert jitter.seconds(frequency) * 1e12 == pytest.approx(picoseconds)


def test_jitter_rows() -> None:
    rows = Jitter(border=100e6, below=0.05, below_in="UI", above=200e-12, above_in="s")
    assert rows.seconds(50e6) == pytest.approx(1e-9)
    assert rows.seconds(100e6) == pytest.approx(200e-12)
    assert pll_ecp5.LIMITS.jitter == rows


def test_every_board_is_inside(board: Board) -> None:
    """The clock that it is given, and the one with which it is placed."""
    limits = board.family.limits(board.device)
    for one in (with_pll(board, board.config)[1], placing(board)):
        assert one.beyond(limits) == []
        assert one.source == board.crystal
    assert abs(placing(board).frequency / board.crystal - 1) > 0.05


def test_they_are_in_order(board: Board) -> None:
    every = [one.frequency for one in settings(board)]
    assert every == sorted(every)
    assert len(set(map(round, every))) == len(every)


def test_nearest_and_fastest(rng: random.Random) -> None:
    every = pll_ecp5.settings(25e6)
    for _ in range(50):
        wanted = rng.uniform(20e6, 150e6)
        found = nearest(every, wanted)
        assert all(abs(found.frequency - wanted) <= abs(one.frequency - wanted) for one in every)
        below = fastest(every, lambda one, wanted=wanted: one.frequency <= wanted)
        assert below is not None
        assert below.frequency <= wanted
        assert not [one for one in every if below.frequency < one.frequency <= wanted]
    assert fastest(every, lambda _: False) is None


def test_exact() -> None:
    assert nearest(pll_ecp5.settings(25e6), 100e6).frequency == 100e6
    assert nearest(pll_ice40.settings(12e6), 48e6).frequency == 48e6


def test_what_icepll_says() -> None:
    """`icepll -i 12 -o 39.75`: DIVR 0, DIVF 52, DIVQ 4, FILTER_RANGE 1."""
    dividers = {"DIVR": 0, "DIVF": 52, "DIVQ": 4, "FILTER_RANGE": 1}
    assert nearest(pll_ice40.settings(12e6), 39.75e6).dividers == dividers


@pytest.mark.parametrize(
    ("every", "reach"),
    [
        (pll_ecp5.settings(25e6), "4.58984 to 400 MHz from 25 MHz"),
        (pll_ice40.settings(12e6), "16.125 to 270 MHz from 12 MHz"),
    ],
)
def test_out_of_reach(every: tuple[Setting, ...], reach: str) -> None:
    with pytest.raises(PllError, match=f"{reach}, not 1 MHz"):
        nearest(every, 1e6)
