"""Runs a tool in a folder, and reads what it says while it says it."""

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from .tools import Tool

#: Lines of a failed tool's output that are shown where none is marked as an error.
LAST = 5


#: Tools that run in this process's name, and whether there may be more.
_running: set[subprocess.Popen[str]] = set()
_stopped = threading.Event()


def stop_tools() -> None:
    """End all tools that run in this process's name, and start no more: for one that is to end."""
    _stopped.set()
    for process in list(_running):
        process.kill()


class ToolError(click.ClickException):
    """A tool failed. The message is what it said; the exit code is 1."""


def run(
    tool: Tool,
    arguments: Sequence[str],
    folder: Path,
    listen: Callable[[str], None],
    good: Callable[[int], bool] = lambda code: code == 0,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a tool in a folder that holds its files.

    Parameters
    ----------
    tool
        What to run.
    arguments
        Files by their names in `folder`: YoWASP's tools see that folder only.
    folder
        Where. What the tool says is left there as ``<tool>.log``.
    listen
        Called with each line.
    good
        Whether it is no failure to end with this exit code.
    environment
        Instead of this process's own.

    Raises
    ------
    ToolError
        Another one.
    """
    if _stopped.is_set():
        raise ToolError(f"{tool.name} is not started: interrupted")
    lines: list[str] = []
    with (
        (folder / f"{tool.name}.log").open("w", encoding="utf-8", buffering=1) as log,
        subprocess.Popen(
            [*tool.command, *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
        ) as process,
    ):
        _running.add(process)
        try:
            for line in process.stdout or ():
                log.write(line)
                lines.append(line.rstrip())
                listen(line.rstrip())
            code = process.wait()
        finally:
            # Without its reader a tool would run on for hours.
            process.kill()
            _running.discard(process)
    if not good(code):
        errors = [line for line in lines if "ERROR" in line] or lines[-LAST:]
        raise ToolError(f"{tool.name} failed with code {code}: {' / '.join(errors)}")
