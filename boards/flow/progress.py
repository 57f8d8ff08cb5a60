"""What is being done, told to whoever watches."""

from typing import Protocol


class Watcher(Protocol):
    """Told how a build goes on."""

    def stage(self, name: str, detail: str = "") -> None:
        """A stage begins, or goes on to something else."""

    def part(self, fraction: float | None) -> None:
        """How much of the stage is done, or ``None`` where nobody knows."""


class Silent:
    """Tells nobody."""

    def stage(self, name: str, detail: str = "") -> None:
        """Nothing."""

    def part(self, fraction: float | None) -> None:
        """Nothing."""
