"""`python -m tests.fuzz`: libFuzzer on everything that reads what others wrote, target by target.

What it finds new goes into build/fuzz, and so does an input that crashes, hangs, or takes memory.
"""

import json
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

CORPUS = Path(__file__).with_name("corpus")
BUILD = Path("build/fuzz")


@dataclass(frozen=True)
class Effort:
    """How much a target gets.

    Members
    -------
    share
        Of a thousand inputs: the more, the sooner one is read.
    longest
        Bytes of an input. Where it is short, the format has no more to say: a few frames, a line
        of a request, a coinbase's script and outputs. Longer ones are but slower.
    """

    share: int
    longest: int


EFFORTS = {
    "responses": Effort(130, 64),
    "commands": Effort(130, 192),
    "stratum": Effort(6, 2048),
    "template": Effort(160, 1024),
    "answers": Effort(260, 512),
    "configuration": Effort(2, 512),
    "cgminer": Effort(20, 256),
    "http": Effort(2, 512),
    "block_file": Effort(220, 512),
    "coinbase": Effort(70, 256),
}

#: Seconds after which an input counts as a hang: of a clock on the wall, and a busy machine may let
#: a process wait for a minute; megabytes of the whole process.
HANG, MEMORY = 300, 1024

#: Megabytes that a process may grow by after its first tenth, with what it keeps for its search.
GROWTH = 64

#: What is kept of a target's last run.
RECORD = "{target}.json"

_STATE = re.compile(r"^#(\d+)\t.*cov: (\d+).*corp: (\d+)/.*rss: (\d+)Mb")


def _run(target: str, runs: int, seed: int, tell) -> tuple[bool, list[str], list[tuple[int, ...]]]:
    """Whether it went well; what was said last; and how things stood: inputs, branches, …"""
    found = BUILD / target
    found.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "tests.fuzz.one", target, str(found), str(CORPUS / target)),
        *(
            f"-runs={runs}",
            f"-seed={seed}",
            f"-max_len={EFFORTS[target].longest}",
            f"-timeout={HANG}",
        ),
        *(f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={BUILD}/{target}-", "-reload=0"),
        f"-dict={CORPUS / 'words.dict'}",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    last: list[str] = []
    states: list[tuple[int, ...]] = []
    for line in process.stdout or ():
        if state := _STATE.match(line):
            states.append(tuple(map(int, state.groups())))
            tell(states[-1][0])
        else:
            last = [*last[-40:], line.rstrip()]
    return process.wait() == 0, last, states


@dataclass(frozen=True)
class Run:
    """A run that went well: what it was, and what it found."""

    target: str
    inputs: int
    seed: int
    branches: int
    kept: int
    growth: int
    seconds: float

    @classmethod
    def load(cls, target: str) -> Self | None:
        """The last one of a target."""
        try:
            return cls(**json.loads((BUILD / RECORD.format(target=target)).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def save(self) -> None:
        """Keep it for a run that goes on."""
        (BUILD / RECORD.format(target=self.target)).write_text(json.dumps(asdict(self)))


def _search(target: str, inputs: int, seed: int, tell: Callable[[int], None]) -> Run | None:
    """Run a target, and say what is wrong, if anything is."""
    began = time.monotonic()
    good, last, states = _run(target, inputs, seed, tell)
    if not good or not states:
        click.echo("\n".join(last))
        return None
    done, branches, kept, memory = states[-1]
    early = [state[3] for state in states if state[0] <= max(done // 10, 1)] or [memory]
    growth = memory - early[-1]
    if growth > GROWTH:
        click.echo(f"{target}: grew from {early[-1]} to {memory} MB")
        return None
    run = Run(target, done, seed, branches, kept, growth, round(time.monotonic() - began, 1))
    run.save()
    return run


def _table(runs: list[Run]) -> Table:
    table = Table("target", "longest", "inputs", "branches", "kept", "growth, MB", "seconds")
    for column in table.columns[1:]:
        column.justify = "right"
    for run in runs:
        found = (EFFORTS[run.target].longest, run.inputs, run.branches, run.kept, run.growth)
        table.add_row(run.target, *(f"{figure:,}" for figure in found), f"{run.seconds:.0f}")
    inputs, seconds = (sum(getattr(run, name) for run in runs) for name in ("inputs", "seconds"))
    table.add_row("all", "", f"{inputs:,}", "", "", "", f"{seconds:.0f}")
    return table


@click.command()
@click.option(
    "--inputs",
    type=click.IntRange(1000),
    default=100_000,
    show_default=True,
    help="Of all targets.",
)
@click.option("--seed", type=click.IntRange(1), default=1, show_default=True, help="Of the search.")
@click.option("--only", default="", metavar="TEXT", help="Targets with TEXT in their name.")
@click.option(
    "--resume", is_flag=True, help="Leave out targets that are done with as many inputs and a seed."
)
def main(inputs: int, seed: int, only: str, resume: bool) -> None:
    """Look for inputs that parsers do not survive."""
    chosen = [target for target in EFFORTS if only in target]
    if not chosen:
        raise click.BadParameter(f"no target has {only!r} in its name", param_hint="--only")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    runs, bad = [], []
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        for target in chosen:
            wanted = inputs * EFFORTS[target].share // 1000
            before = Run.load(target) if resume else None
            if before and (before.inputs, before.seed) == (wanted, seed):
                runs.append(before)
                continue
            task = progress.add_task(target, total=wanted)
            run = _search(
                target, wanted, seed, lambda done, task=task: progress.update(task, completed=done)
            )
            if run is None:
                bad.append(target)
            else:
                runs.append(run)
    Console().print(_table(runs))
    click.echo(f"seed {seed}, atheris {version('atheris')}, Python {platform.python_version()}")
    if bad:
        raise click.ClickException(f"{', '.join(bad)}: see build/fuzz")


if __name__ == "__main__":
    main()
