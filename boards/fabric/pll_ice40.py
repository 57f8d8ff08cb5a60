"""Settings of the iCE40's SB_PLL40 in simple feedback, by search.

Ranges are those of Lattice's data sheets (FPGA-DS-02029 for LP and HX, FPGA-DS-02008 for UltraPlus,
"sysCLOCK PLL Timing"), and the filter's those of IceStorm's `icepll`.
"""

from functools import cache

from .pll import Setting, check_reached

DETECTOR = (10e6, 133e6)
OSCILLATOR = (533e6, 1066e6)
MIDDLE = 800e6
OUTPUT = (16e6, 275e6)
REFERENCE_DIVIDERS = range(16)
FEEDBACK_DIVIDERS = range(128)
OUTPUT_SHIFTS = range(1, 7)

#: The filter for a phase detector below so many hertz.
FILTERS = ((17e6, 1), (26e6, 2), (44e6, 3), (66e6, 4), (101e6, 5), (133e6 + 1, 6))


@cache
def solve(source: float, wanted: float) -> Setting:
    """The setting nearest to `wanted`, both in hertz.

    Of equals the one with the fastest phase detector is taken, which makes least jitter, then the
    one whose oscillator is farthest from its limits.

    Raises
    ------
    PllError
        No setting is within two percent.
    """
    best: Setting | None = None
    rank = (float("inf"), 0.0, 0.0)
    for reference in REFERENCE_DIVIDERS:
        detector = source / (reference + 1)
        if not DETECTOR[0] <= detector <= DETECTOR[1]:
            continue
        for feedback in FEEDBACK_DIVIDERS:
            oscillator = detector * (feedback + 1)
            if not OSCILLATOR[0] <= oscillator <= OSCILLATOR[1]:
                continue
            for shift in OUTPUT_SHIFTS:
                out = oscillator / (1 << shift)
                candidate = (abs(out - wanted), -detector, abs(oscillator - MIDDLE))
                if OUTPUT[0] <= out <= OUTPUT[1] and candidate < rank:
                    rank = candidate
                    dividers = {
                        "DIVR": reference,
                        "DIVF": feedback,
                        "DIVQ": shift,
                        "FILTER_RANGE": next(code for top, code in FILTERS if detector < top),
                    }
                    best = Setting(out, dividers)
    return check_reached(wanted, best, source)
