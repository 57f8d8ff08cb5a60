"""How long a pool takes to answer, counted in classes."""

from bisect import bisect_left
from dataclasses import dataclass, field

__all__ = ["BOUNDS", "Responses"]

#: Upper bounds of the classes, seconds, each included; what takes longer is in one more class.
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(kw_only=True)
class Responses:
    """Answers to shares and blocks since the start.

    Attributes
    ----------
    last
        Seconds that the last one took; ``None`` before the first.
    total
        Seconds that all of them took.
    classes
        How many took so long, by :data:`BOUNDS`; the last class has no bound.
    """

    last: float | None = None
    total: float = 0.0
    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, seconds: float) -> None:
        """Count an answer."""
        self.last = seconds
        self.total += seconds
        self.classes[bisect_left(BOUNDS, seconds)] += 1
