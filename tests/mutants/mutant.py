"""A mutant, and how it is tried."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.watch import REPORT, WATCHED

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent

#: Random inputs are the same in every run, so that a mutant is noticed always or never.
SEED = "1"


class MutantError(ValueError):
    """A list of mutants does not fit the tree. The message names the mutant."""


@dataclass(frozen=True)
class Mutant:
    """A change of one file, and the tests that should notice it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def apply(self, root: Path) -> None:
        """Change the file below `root`.

        Raises
        ------
        MutantError
            The old text is not there, or more than once.
        """
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if (found := text.count(self.old)) != 1:
            raise MutantError(f"{self.name}: {self.file} has {found} times, not once: {self.old!r}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Outcome:
    """Whether the tests noticed, the test that did or what happened instead, and how long."""

    noticed: bool
    by: str
    seconds: float


def load(folder: Path = HERE, root: Path = ROOT) -> list[Mutant]:
    """All lists of a folder, checked against the tree.

    Raises
    ------
    MutantError
        One does not fit.
    """
    mutants = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
            mutant = Mutant(**{**entry, "tests": tuple(entry["tests"])})
            with tempfile.TemporaryDirectory() as scratch:
                copy = Path(scratch) / mutant.file
                copy.parent.mkdir(parents=True)
                shutil.copyfile(root / mutant.file, copy)
                mutant.apply(Path(scratch))
            mutants.append(mutant)
    return mutants


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of the tracked files as they are, and beside them ``path/sluice``."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    with tempfile.TemporaryDirectory(prefix="mutant-") as scratch:
        tree = Path(scratch) / "tree"
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, tree / name)
        package = Path(scratch) / "path" / "sluice"
        package.mkdir(parents=True)
        for room in ("rtl", "sim", "boards", "firmware"):
            if (tree / room).is_dir():
                (package / room).symlink_to(tree / room, target_is_directory=True)
        yield tree


def _pytest(tree: Path, tests: Sequence[str], watched: str = "") -> tuple[int, str, list[dict]]:
    """Run tests in a copy: exit code, output, and what :mod:`~tests.mutants.watch` saw."""
    report = tree.parent / "report.json"
    paths = [str(tree.parent / "path"), str(tree)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SLUICE_SEED": SEED,
        REPORT: str(report),
        WATCHED: str(tree / watched) if watched else "",
    }
    options = ["-x", "-q", "-p", "tests.mutants.watch", "-p", "no:cacheprovider"]
    options += ["--hypothesis-seed", SEED, "--hypothesis-profile", "mutants"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seen = json.loads(report.read_text(encoding="utf-8")) if report.exists() else []
    return run.returncode, run.stdout, seen


def try_unmutated(mutants: Sequence[Mutant]) -> str:
    """Run all their tests on an unchanged copy; the output if one fails, else nothing."""
    tests = dict.fromkeys(test for mutant in mutants for test in mutant.tests)
    with copied_tree() as tree:
        code, output, _ = _pytest(tree, list(tests))
    return output[-4000:] if code else ""


def try_mutant(mutant: Mutant) -> Outcome:
    """Change a copy and run the tests that should notice."""
    began = time.monotonic()
    with copied_tree() as tree:
        mutant.apply(tree)
        code, output, seen = _pytest(tree, mutant.tests, mutant.file)
    seconds = time.monotonic() - began
    last = output.strip().splitlines()[-1:] or ["no output"]
    if not any(event["imported"] for event in seen if "imported" in event):
        return Outcome(False, f"the changed file was not imported: {last[0]}", seconds)
    failures = [event for event in seen if "test" in event]
    if code != 1 or not failures:
        return Outcome(False, last[0], seconds)
    if not failures[0]["assertion"]:
        return Outcome(False, f"{failures[0]['test']}: {failures[0]['error']}", seconds)
    return Outcome(True, failures[0]["test"], seconds)
