"""What `sluice sim` shows: a progress bar while it runs, then a table or one JSON object."""

import json
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from .reference import block_hash
from .search import Result

#: Where output is no terminal, wide enough for a row of the table.
WIDTH = 120


class Screen:
    """Progress on standard error. It is a context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._what = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def compiling(self, what: str, done: int, total: int) -> None:
        """Show a step of the compilation."""
        self._bar.update(self._task, description=what, completed=done, total=total or None)
        if what != self._what and self._bar.disable:
            self._console.print(what, highlight=False)
        self._what = what

    def searching(self, total: int) -> Callable[[str, int], None]:
        """Start to show a search of `total` cycles; call the result with what was done of it."""
        self._bar.reset(self._task, total=total, description="searching")

        def show(what: str, done: int) -> None:
            self._bar.update(self._task, description=what, completed=min(done, total))

        return show


def _output() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)


def rate(result: Result) -> float:
    """Hashes a second."""
    return result.hashes / result.seconds if result.seconds else 0.0


def print_table(results: list[tuple[str, Result]]) -> None:
    """Print a row for each header found, or for a search that found none, and what was wrong."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (
        ("block", "right"),
        ("version", "left"),
        ("nonce", "left"),
        ("hash", "left"),
        ("cycles", "right"),
        ("hashes/s", "right"),
    ):
        table.add_column(title, justify="right" if justify == "right" else "left", overflow="fold")
    for name, result in results:
        figures = (f"{result.cycles:,}", f"{rate(result):,.0f}")
        for header in result.found:
            version, nonce = f"{header.version:08x}", f"{header.nonce:08x}"
            table.add_row(name, version, nonce, block_hash(header), *figures)
            name, figures = "", ("", "")
        if not result.found:
            table.add_row(name, "", "", "none", *figures)
    _output().print(table, highlight=False)


def print_summary(results: list[tuple[str, Result]]) -> None:
    """Print the sums."""
    total = sum_of(results)
    _output().print(
        f"{len(total.found)} found and confirmed by the reference; {total.hashes:,} hashes in "
        f"{total.cycles:,} cycles and {total.seconds:.1f} s: {rate(total):,.0f} hashes/s",
        highlight=False,
    )


def print_wrong(results: list[tuple[str, Result]]) -> None:
    """Print on standard error what should not have happened."""
    console = Console(stderr=True)
    for name, result in results:
        for line in result.wrong:
            console.print(f"block {name}: {line}", highlight=False, style="red")


def sum_of(results: list[tuple[str, Result]]) -> Result:
    """All results as one."""
    parts = [result for _, result in results]
    return Result(
        [header for part in parts for header in part.found],
        [line for part in parts for line in part.wrong],
        sum(part.hashes for part in parts),
        sum(part.cycles for part in parts),
        sum(part.seconds for part in parts),
    )


def print_json(results: list[tuple[str, Result]]) -> None:
    """Print one object: ``found``, ``hashes``, ``cycles``, ``seconds``."""
    total = sum_of(results)
    found = [
        {"nonce": header.nonce, "version": header.version, "hash": block_hash(header)}
        for header in total.found
    ]
    figures = {"hashes": total.hashes, "cycles": total.cycles, "seconds": round(total.seconds, 6)}
    print(json.dumps({"found": found, **figures}))
