"""The best results since the start."""

import time
from bisect import insort

from .stats import Score
from .work.verify import Result

__all__ = ["MOST", "Scoreboard"]

#: Results that are kept.
MOST = 20


class Scoreboard:
    """Keeps the results of the highest difficulties."""

    def __init__(self) -> None:
        self._scores: list[Score] = []

    @property
    def scores(self) -> tuple[Score, ...]:
        """Best first."""
        return tuple(self._scores)

    def note(self, result: Result, difficulty: float) -> None:
        """Take note of a result, whose difficulty is known already."""
        if len(self._scores) == MOST and difficulty <= self._scores[-1].difficulty:
            return
        template = result.template
        score = Score(
            at=time.time(),
            difficulty=difficulty,
            pool=template.source,
            job_id=str(template.job_id),
            extranonce2=result.job.extranonce2.hex(),
            time=result.job.time,
            nonce=result.nonce,
            bits=result.version ^ template.version,
        )
        insort(self._scores, score, key=lambda one: -one.difficulty)
        del self._scores[MOST:]
