"""What outlasts the daemon besides blocks: the best difficulty ever."""

import json
from pathlib import Path

from .sources.journal import write_durably

__all__ = ["Records"]


class Records:
    """The best difficulty, kept in a file.

    Parameters
    ----------
    folder
        Made if it is not there.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "best.json"
        self.best_ever = self._read()
        self._written = self.best_ever

    def _read(self) -> float:
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))["difficulty"]
            return float(value)
        except (OSError, ValueError, TypeError, KeyError):
            return 0.0  # none yet, or a file that is none of ours

    def note(self, difficulty: float) -> None:
        """Take note of a result."""
        self.best_ever = max(self.best_ever, difficulty)

    def save(self) -> None:
        """Write it down if there is something new.

        Raises
        ------
        OSError
            The disk is full, or gone.
        """
        if self.best_ever > self._written:
            write_durably(self._path, json.dumps({"difficulty": self.best_ever}).encode())
            self._written = self.best_ever
