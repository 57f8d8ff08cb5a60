"""Settings of the ECP5's EHXPLLL, by search.

Ranges are those of Lattice's data sheet of the family (FPGA-DS-02012, "sysCLOCK PLL Timing"): a
phase detector from 3.125 to 400 MHz and an oscillator from 400 to 800 MHz.
"""

from functools import cache

from .pll import Setting, check_reached

DETECTOR = (3.125e6, 400e6)
OSCILLATOR = (400e6, 800e6)
MIDDLE = 600e6
INPUT_DIVIDERS = range(1, 129)
FEEDBACK_DIVIDERS = range(1, 81)
OUTPUT_DIVIDERS = range(1, 129)


@cache
def solve(source: float, wanted: float) -> Setting:
    """The setting nearest to `wanted`, both in hertz.

    The loop is closed over output P, and output S is the clock, so that its divider is free. Of
    equals the one with the fastest phase detector is taken, which makes least jitter, then the one
    whose oscillator is farthest from its limits.

    Raises
    ------
    PllError
        No setting is within two percent.
    """
    best: Setting | None = None
    rank = (float("inf"), 0.0, 0.0)
    for reference in INPUT_DIVIDERS:
        detector = source / reference
        if not DETECTOR[0] <= detector <= DETECTOR[1]:
            continue
        for feedback in FEEDBACK_DIVIDERS:
            loop = detector * feedback
            for primary in OUTPUT_DIVIDERS:
                oscillator = loop * primary
                if oscillator > OSCILLATOR[1]:
                    break
                if oscillator < OSCILLATOR[0]:
                    continue
                out = min(max(1, round(oscillator / wanted)), OUTPUT_DIVIDERS[-1])
                candidate = (abs(oscillator / out - wanted), -detector, abs(oscillator - MIDDLE))
                if candidate < rank:
                    rank = candidate
                    dividers = {
                        "CLKI_DIV": reference,
                        "CLKFB_DIV": feedback,
                        "CLKOP_DIV": primary,
                        "CLKOS_DIV": out,
                    }
                    best = Setting(oscillator / out, dividers)
    return check_reached(wanted, best, source)
