"""Register 0x08 of real chips: which dividers make which clock.

``f = crystal * feedback / (reference * post1 * post2)``; the oscillator inside runs at
``crystal * feedback / reference``. Ranges are those that the drivers of ESP-Miner use.
"""

from dataclasses import dataclass
from functools import cache

from sluice.rtl.protocol.models import Model

__all__ = ["Pll", "pll_for", "ramp"]

#: MHz.
CRYSTAL = 25.0
START, STEP = 50.0, 6.25

#: From this frequency of the oscillator on, bit 28 has to be set.
HIGH = 2400.0

_FEEDBACK = {
    "bm1362": range(160, 251),  # from 16 on, but the oscillator has to reach 2,000 MHz
    "bm1366": range(144, 236),
    "bm1368": range(144, 236),
    "bm1370": range(160, 240),
    "bm1372": range(160, 240),
    "bm1373": range(160, 240),
}


@dataclass(frozen=True, kw_only=True)
class Pll:
    """A setting of the dividers."""

    feedback: int
    reference: int
    post1: int
    post2: int

    @property
    def oscillator(self) -> float:
        """MHz before the post dividers."""
        return CRYSTAL * self.feedback / self.reference

    @property
    def frequency(self) -> float:
        """MHz."""
        return self.oscillator / (self.post1 * self.post2)

    @property
    def value(self) -> int:
        """Of the register."""
        flags = 0x50 if self.oscillator >= HIGH else 0x40
        post = self.post1 - 1 << 4 | self.post2 - 1
        return flags << 24 | self.feedback << 16 | self.reference << 8 | post


@cache
def _choices(name: str) -> tuple[Pll, ...]:
    return tuple(
        Pll(feedback=feedback, reference=reference, post1=post1, post2=post2)
        for reference in (2, 1)
        for feedback in _FEEDBACK[name]
        for post1 in range(1, 8)
        for post2 in range(1, post1)
    )


def pll_for(model: Model, frequency: float) -> Pll:
    """The setting closest to `frequency` MHz; of equals that with the slowest oscillator."""
    return min(
        _choices(model.name),
        key=lambda pll: (
            round(abs(pll.frequency - frequency), 6),
            pll.oscillator,
            pll.post1 * pll.post2,
            pll.post2,
        ),
    )


def ramp(model: Model, frequency: float) -> list[Pll]:
    """Settings on the way from the clock after reset to `frequency` MHz, small steps."""
    steps = []
    at = START
    while at + STEP < frequency:
        at += STEP
        steps.append(pll_for(model, at))
    return [*steps, pll_for(model, frequency)]
