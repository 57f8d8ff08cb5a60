"""What a person sees of a build: stage, elapsed time, how much is done."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Screen:
    """A watcher that shows a line on a terminal, and otherwise writes one line a stage.

    It is a context manager.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._began = time.monotonic()
        self._stage = ""
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:10}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}"),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None, detail="")

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def stage(self, name: str, detail: str = "") -> None:
        """See :class:`~.flow.progress.Watcher`."""
        if name != self._stage:
            self._stage = name
            if not self._console.is_terminal:
                elapsed = time.monotonic() - self._began
                self._console.print(f"{elapsed:7.1f} s  {name}  {detail}", highlight=False)
        self._progress.update(self._task, description=name, detail=detail)

    def part(self, fraction: float | None) -> None:
        """See :class:`~.flow.progress.Watcher`."""
        total = None if fraction is None else 1.0
        self._progress.update(self._task, total=total, completed=fraction or 0.0)
