"""PLL settings against the data sheets' formulas and ranges."""

import random

import pytest

from sluice.boards.fabric import pll_ecp5, pll_ice40
from sluice.boards.fabric.pll import PllError


def check_ecp5(source: float, wanted: float) -> None:
    found = pll_ecp5.solve(source, wanted)
    d = found.dividers
    detector = source / d["CLKI_DIV"]
    oscillator = detector * d["CLKFB_DIV"] * d["CLKOP_DIV"]
    assert 3.125e6 <= detector <= 400e6
    assert 400e6 <= oscillator <= 800e6
    assert found.frequency == pytest.approx(oscillator / d["CLKOS_DIV"])
    assert found.frequency == pytest.approx(wanted, rel=0.005)


def check_ice40(source: float, wanted: float) -> None:
    found = pll_ice40.solve(source, wanted)
    d = found.dividers
    detector = source / (d["DIVR"] + 1)
    oscillator = detector * (d["DIVF"] + 1)
    assert 10e6 <= detector <= 133e6
    assert 533e6 <= oscillator <= 1066e6
    assert found.frequency == pytest.approx(oscillator / 2 ** d["DIVQ"])
    assert found.frequency == pytest.approx(wanted, rel=0.02)


def test_ranges(rng: random.Random) -> None:
    for _ in range(20):
        check_ecp5(rng.choice((12e6, 25e6, 48e6)), rng.uniform(20e6, 300e6))
        check_ice40(rng.choice((12e6, 16e6)), rng.uniform(17e6, 250e6))


def test_exact() -> None:
    assert pll_ecp5.solve(25e6, 100e6).frequency == 100e6
    assert pll_ice40.solve(12e6, 48e6).frequency == 48e6


def test_what_icepll_says() -> None:
    """`icepll -i 12 -o 39.75`: DIVR 0, DIVF 52, DIVQ 4, FILTER_RANGE 1."""
    dividers = {"DIVR": 0, "DIVF": 52, "DIVQ": 4, "FILTER_RANGE": 1}
    assert pll_ice40.solve(12e6, 39.75e6).dividers == dividers


@pytest.mark.parametrize(("solve", "source"), [(pll_ecp5.solve, 25e6), (pll_ice40.solve, 12e6)])
def test_out_of_reach(solve, source: float) -> None:
    with pytest.raises(PllError, match=f"from {source / 1e6:g} MHz, not 1 MHz"):
        solve(source, 1e6)
