"""Settings of the iCE40's SB_PLL40 in simple feedback.

Limits are those of the data sheets, rows "Input Clock Frequency (REFERENCECLK, EXTFEEDBACK)",
"Output Clock Frequency (PLLOUT)", "PLL VCO Frequency", "Phase Detector Input Frequency" and "Output
Clock Period Jitter": of UltraPlus FPGA-DS-02008, table 4.22; of LP and HX FPGA-DS-02029 (DS1040 of
October 2017, page 3-16, where the table has no number). They differ in the jitter alone. The filter
is that of IceStorm's `icepll`.
"""

from functools import cache

from .pll import Jitter, Limits, Setting, ordered


def _limits(table: str, jitter: Jitter) -> Limits:
    return Limits(
        table=table,
        source=(10e6, 133e6),
        feedback=(10e6, 133e6),
        detector=(10e6, 133e6),
        oscillator=(533e6, 1066e6),
        output=(16e6, 275e6),
        jitter=jitter,
    )


ULTRAPLUS = _limits(
    "FPGA-DS-02008, table 4.22",
    Jitter(border=100e6, below=0.05, below_in="UI", above=450e-12, above_in="s"),
)
LP_HX = _limits(
    "FPGA-DS-02029, sysCLOCK PLL Timing",
    # Up to and with 100 MHz.
    Jitter(border=100e6 + 1, below=450e-12, below_in="s", above=0.05, above_in="UI"),
)

_REFERENCE_DIVIDERS = range(16)
_FEEDBACK_DIVIDERS = range(128)
_OUTPUT_SHIFTS = range(1, 7)

#: The filter for a phase detector below so many hertz.
FILTERS = ((17e6, 1), (26e6, 2), (44e6, 3), (66e6, 4), (101e6, 5), (133e6 + 1, 6))


def limits(device: str) -> Limits:
    """Those of a device by Amaranth's name."""
    return ULTRAPLUS if "UP" in device else LP_HX


@cache
def settings(source: float) -> tuple[Setting, ...]:
    """All within the limits, slowest first, from a crystal of so many hertz."""
    found = []
    for reference in _REFERENCE_DIVIDERS:
        detector = source / (reference + 1)
        code = next((code for top, code in FILTERS if detector < top), 0)
        found += [
            Setting(
                frequency=detector * (feedback + 1) / (1 << shift),
                source=source,
                feedback=detector,
                detector=detector,
                oscillator=detector * (feedback + 1),
                dividers={
                    "DIVR": reference,
                    "DIVF": feedback,
                    "DIVQ": shift,
                    "FILTER_RANGE": code,
                },
            )
            for feedback in _FEEDBACK_DIVIDERS
            for shift in _OUTPUT_SHIFTS
        ]
    return ordered(found, LP_HX)
