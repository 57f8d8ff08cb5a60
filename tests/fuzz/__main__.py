"""`python -m tests.fuzz`: libFuzzer on everything that reads what others wrote, target by target.

What it finds new goes into build/fuzz, and so does an input that crashes, hangs, or takes memory.
"""

import re
import subprocess
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

CORPUS = Path(__file__).with_name("corpus")
BUILD = Path("build/fuzz")

#: Of a hundred inputs, how many each target gets: more of what is read faster.
SHARES = {
    "responses": 15,
    "commands": 15,
    "stratum": 15,
    "template": 8,
    "answers": 15,
    "configuration": 2,
    "cgminer": 15,
    "block_file": 10,
    "coinbase": 5,
}

#: Bytes of an input; seconds after which one counts as a hang; megabytes of the whole process.
LONGEST, HANG, MEMORY = 4096, 20, 1024

#: Megabytes that a process may grow by after its first tenth, with what it keeps for its search.
GROWTH = 64

_STATE = re.compile(r"^#(\d+)\t.*cov: (\d+).*corp: (\d+)/.*rss: (\d+)Mb")


def _run(target: str, runs: int, seed: int, tell) -> tuple[bool, list[str], list[tuple[int, ...]]]:
    """Whether it went well; what was said last; and how things stood: inputs, branches, …"""
    found = BUILD / target
    found.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "tests.fuzz.one", target, str(found), str(CORPUS / target)),
        *(f"-runs={runs}", f"-seed={seed}", f"-max_len={LONGEST}", f"-timeout={HANG}"),
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


@click.command()
@click.option(
    "--inputs", type=click.IntRange(100), default=100_000, show_default=True, help="Of all targets."
)
@click.option("--seed", type=click.IntRange(1), default=1, show_default=True, help="Of the search.")
@click.option("--only", default="", metavar="TEXT", help="Targets with TEXT in their name.")
def main(inputs: int, seed: int, only: str) -> None:
    """Look for inputs that parsers do not survive."""
    chosen = {target: share for target, share in SHARES.items() if only in target}
    if not chosen:
        raise click.BadParameter(f"no target has {only!r} in its name", param_hint="--only")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    table = Table("target", "inputs", "branches", "kept", "growth, MB")
    for column in table.columns[1:]:
        column.justify = "right"
    bad = []
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        for target, share in chosen.items():
            runs = inputs * share // sum(chosen.values())
            task = progress.add_task(target, total=runs)
            good, last, states = _run(
                target, runs, seed, lambda done, task=task: progress.update(task, completed=done)
            )
            if not good or not states:
                bad.append(target)
                click.echo("\n".join(last))
                continue
            done, branches, kept, memory = states[-1]
            early = [state[3] for state in states if state[0] <= max(done // 10, 1)] or [memory]
            if memory - early[-1] > GROWTH:
                bad.append(target)
                click.echo(f"{target}: grew from {early[-1]} to {memory} MB")
            table.add_row(target, f"{done:,}", str(branches), str(kept), str(memory - early[-1]))
    Console().print(table)
    if bad:
        raise click.ClickException(f"{', '.join(bad)}: see build/fuzz")


if __name__ == "__main__":
    main()
