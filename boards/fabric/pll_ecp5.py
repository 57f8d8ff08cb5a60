"""Settings of the ECP5's EHXPLLL.

Limits are those of the family's data sheet (FPGA-DS-02012, section "sysCLOCK PLL Timing"): of its
rows "Input Clock Frequency (CLKI, CLKFB)", "Output Clock Frequency (CLKOP, CLKOS)", "PLL VCO
Frequency" and "Phase Detector Input Frequency". With 2 MHz at the phase detector LOCK never came up
(pull request 337 of antonblanchard/microwatt).

Its row "Output Clock Period Jitter" was not at hand when this was written: what stands here is
twice what it is remembered to say, 0.025 of a period below 100 MHz and 100 ps from there.
"""

from functools import cache

from .pll import Jitter, Limits, Setting, ordered

LIMITS = Limits(
    table="FPGA-DS-02012, sysCLOCK PLL Timing",
    source=(8e6, 400e6),
    feedback=(8e6, 400e6),
    detector=(10e6, 400e6),
    oscillator=(400e6, 800e6),
    output=(3.125e6, 400e6),
    jitter=Jitter(border=100e6, below=0.05, below_in="UI", above=200e-12, above_in="s"),
)

_DIVIDERS = range(1, 129)

#: Charge pump and loop filter, ICP_CURRENT and LPF_RESISTOR, by the oscillator's frequency: what
#: Lattice's Diamond has written into modules that people have published, from the slowest to the
#: fastest oscillator with which it did so. In between nobody knows what it writes, so oscillators
#: are taken from these ranges only. Seen, with the ratio of the loop in brackets: 576 (72, 24, 18),
#: 583.3 (70), 600 (30, 25, 24), 625 (25); 648 (54), 650 (26), 720 (72); 750 (30), 800 MHz (32). So
#: it is the oscillator that decides; but ratios of 12 and less have other values, and so has
#: 500 MHz (9 and 8). ecppll writes 12 and 8 whatever the ratio.
_FILTERS = (
    ((576e6, 625e6), (5, 16)),
    ((648e6, 720e6), (6, 16)),
    ((750e6, 800e6), (7, 16)),
)
_RATIOS = range(18, 73)


@cache
def settings(source: float) -> tuple[Setting, ...]:
    """All within the limits, slowest first, from a crystal of so many hertz.

    The loop is closed over output P, whose divider is all of the loop's, and output S is the clock,
    so that its divider is free.
    """
    found = []
    for reference in _DIVIDERS:
        detector = source / reference
        for ratio in _RATIOS:
            oscillator = detector * ratio
            pumps = [pump for (low, high), pump in _FILTERS if low <= oscillator <= high]
            if detector < LIMITS.detector[0] or not pumps:
                continue
            current, resistor = pumps[0]
            found += [
                Setting(
                    frequency=oscillator / out,
                    source=source,
                    feedback=detector,
                    detector=detector,
                    oscillator=oscillator,
                    dividers={
                        "CLKI_DIV": reference,
                        "CLKFB_DIV": 1,
                        "CLKOP_DIV": ratio,
                        "CLKOS_DIV": out,
                    },
                    loop_filter={"ICP_CURRENT": current, "LPF_RESISTOR": resistor},
                )
                for out in _DIVIDERS
            ]
    return ordered(found, LIMITS)
