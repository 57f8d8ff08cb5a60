"""Numbers and times as people read them."""

import time

__all__ = [
    "ago",
    "amount",
    "clock",
    "counts",
    "difficulty",
    "duration",
    "plain",
    "rate",
    "scaled",
    "spark",
]

PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z")

#: Eighths of a character's height.
BARS = "▁▂▃▄▅▆▇█"


def scaled(value: float) -> str:
    """Three significant digits and a prefix: ``470 k``."""
    power = 0
    while value >= 999.5 and power < len(PREFIXES) - 1:
        value /= 1000
        power += 1
    places = 0 if value >= 100 or value == 0 else 1 if value >= 10 else 2
    return f"{value:.{places}f} {PREFIXES[power]}"


def rate(value: float | None) -> str:
    """Of hashes a second."""
    return "-" if value is None else f"{scaled(value)}H/s"


def difficulty(value: float | None) -> str:
    """Those of test networks are far below one."""
    if value is None:
        return "-"
    return f"{value:.2e}" if 0 < value < 0.01 else scaled(value).strip()


def duration(seconds: float) -> str:
    """The two greatest units."""
    whole = max(0, int(seconds))
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


def ago(at: float | None, now: float) -> str:
    """How long ago a moment was."""
    return "-" if at is None else f"{duration(now - at)} ago"


def clock(at: float) -> str:
    """The time of day where the user is."""
    return time.strftime("%H:%M:%S", time.localtime(at))


def amount(count: int, one: str, many: str = "") -> str:
    """``1 error``, ``2 errors``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plain(text: str) -> str:
    """Without what a terminal would take for a command: words may come from a pool."""
    return "".join(char if char.isprintable() else "?" for char in text)


def counts(named: dict[str, int]) -> str:
    """``2 stale, 1 duplicate``, the most frequent first."""
    most = sorted(named.items(), key=lambda item: -item[1])
    return ", ".join(f"{count:,} {name}" for name, count in most)


def spark(values: list[float], width: int) -> str:
    """The last values as a row of bars, one a character; the highest is full."""
    shown = values[-width:]
    highest = max(shown, default=0)
    if highest <= 0:
        return BARS[0] * len(shown)
    return "".join(BARS[min(7, int(8 * max(value, 0) / highest))] for value in shown)
