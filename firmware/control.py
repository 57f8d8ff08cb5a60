"""What screens and APIs may do with the daemon."""

from collections.abc import Sequence
from typing import Protocol

from .stats import Sample, Snapshot

__all__ = ["Control"]


class Control(Protocol):
    """The daemon as screens and APIs see it. All of it is called in the daemon's event loop."""

    def snapshot(self) -> Snapshot:
        """Everything as it is now. Cheap: may be asked for several times a second."""
        ...

    def history(self) -> Sequence[Sample]:
        """Hash rates of the past day, oldest first, one every ten seconds."""
        ...

    def pause(self) -> None:
        """Stop hashing; connections to pools stay. Does nothing if it is paused."""
        ...

    def resume(self) -> None:
        """Hash again. Does nothing if it is not paused."""
        ...
