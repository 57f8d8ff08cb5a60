"""The past: hash rates, events as a log, and the best results."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from ...news import INTERVAL
from ...stats import Event, Sample, Snapshot
from .shapes import Score, Statistics

__all__ = ["LIMIT", "line", "mean", "scoreboard", "statistics"]

GIGA = 1e9

#: Points at most, as AxeOS has them: two hours.
LIMIT = 720

#: Columns, and the seconds that each is a mean over.
COLUMNS = {"hashrate": INTERVAL, "hashrate_1m": 60.0, "hashrate_10m": 600.0, "hashrate_1h": 3600.0}


def mean(history: Sequence[Sample], otherwise: float) -> Callable[[float], float]:
    """The hash rate by the chips' counters over so many seconds, as far as samples go back."""

    def over(seconds: float) -> float:
        part = history[-int(seconds / INTERVAL) :]
        return sum(sample.chips for sample in part) / len(part) if part else otherwise

    return over


def statistics(now: Snapshot, history: Sequence[Sample], columns: str | None) -> Statistics:
    """The newest points.

    Parameters
    ----------
    columns
        Names of those that are wanted, with commas between them. Without one that is known all of
        them come.
    """
    wanted = [name for name in COLUMNS if name in (columns or "").split(",")] or list(COLUMNS)
    sums = [0.0, *accumulate(sample.chips for sample in history)]
    points = []
    for at in range(max(0, len(history) - LIMIT), len(history)):
        values = []
        for name in wanted:
            first = max(0, at + 1 - int(COLUMNS[name] / INTERVAL))
            values.append((sums[at + 1] - sums[first]) / (at + 1 - first) / GIGA)
        points.append([*values, round(1000 * (history[at].at - now.started_at))])
    return Statistics(
        current_timestamp=round(1000 * now.uptime),
        labels=[*wanted, "timestamp"],
        statistics=points,
    )


def line(event: Event) -> str:
    """An event as a line of a log."""
    at = datetime.fromtimestamp(event.at, UTC).isoformat(timespec="milliseconds")
    text = "".join(char if char.isprintable() else "?" for char in event.text)
    return f"{at} [{event.level}] {text}\n"


def scoreboard(now: Snapshot) -> list[Score]:
    """The best results since the start, best first."""
    return [
        Score(
            rank=rank,
            since=int(now.at - score.at),
            difficulty=score.difficulty,
            job_id=score.job_id,
            extranonce2=score.extranonce2,
            ntime=score.time,
            nonce=f"{score.nonce:08X}",
            version_bits=f"{score.bits:08X}",
        )
        for rank, score in enumerate(now.scores, 1)
    ]
