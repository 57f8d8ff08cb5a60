"""How a mutant is tried, and what of it is kept."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from Crypto.Hash import SHA256

from tests.mutants.mutant import HERE, Mutant, copied_tree
from tests.mutants.watch import REPORT, TREE, WATCHED

#: Random inputs are the same in every run, so that a mutant is noticed always or never.
SEED = "1"

#: Files that decide what becomes of every trial, besides those that its tests read.
ALWAYS = ("requirements.lock", "tests/mutants/watch.py")

#: A simulator reads by itself what benches import: here, all that there is.
BENCHES, BENCH_READS = "tests/cocotb/", ("rtl", "sim", "tests/cocotb", "tests/rtl")


@dataclass(frozen=True)
class Trial:
    """Tests on a tree: with a mutant they must notice, without one they must pass."""

    name: str
    tests: tuple[str, ...]
    mutant: Mutant | None = None

    def digest(self, read: Iterable[str], root: Path) -> str:
        """Of all that decides what becomes of it.

        Parameters
        ----------
        read
            What its tests read of a tree.
        root
            A tree, unchanged.
        """
        parts = [sys.version, repr(self.tests), repr(self.mutant)]
        hashed = SHA256.new("\0".join(parts).encode())
        for name in sorted({*read, *ALWAYS}):
            path = root / name
            hashed.update(name.encode())
            hashed.update(SHA256.new(path.read_bytes() if path.is_file() else b"").digest())
        return hashed.hexdigest()


class Tried(NamedTuple):
    """What became of a trial.

    Members
    -------
    name, digest
        Of the trial; the digest as of :meth:`Trial.digest`.
    good
        Whether the mutant was noticed, or the tests passed.
    said
        The test that noticed, or what happened instead.
    seconds
        Of a processor.
    read
        Files of the tree that its tests read, as JSON.
    """

    name: str
    digest: str
    good: int
    said: str
    seconds: float
    read: str

    def holds(self, trial: Trial, root: Path) -> bool:
        """Whether a trial on this tree would come to the same."""
        return self.digest == trial.digest(json.loads(self.read), root)


def trials(mutants: Iterable[Mutant]) -> list[Trial]:
    """First their tests without a change, file by file, then all mutants."""
    mutants = list(mutants)
    named: dict[str, dict[str, None]] = {}
    for mutant in mutants:
        for test in mutant.tests:
            named.setdefault(test.partition("::")[0], {})[test] = None
    plain = [Trial(f"{file}, without a change", tuple(tests)) for file, tests in named.items()]
    return plain + [Trial(mutant.name, mutant.tests, mutant) for mutant in mutants]


class Worker:
    """A copy of the tree, and a process that runs tests in it, one trial after the other."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._tree = stack.enter_context(copied_tree()).resolve()
            self._process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-P", HERE / "forked.py"],
                    env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    # An interrupt ends it, and the tests that it runs, from here.
                    start_new_session=True,
                )
            )
            stack.callback(os.killpg, self._process.pid, signal.SIGKILL)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _run(self, trial: Trial) -> tuple[int, float, str, dict]:
        """Exit code, seconds, output, and what :mod:`~tests.mutants.watch` saw."""
        folder = self._tree.parent
        report, output = folder / "report.json", folder / "output"
        report.unlink(missing_ok=True)
        paths = [str(folder / "path"), str(self._tree)]
        options = ["-x", "-q", "-p", "tests.mutants.watch", "-p", "no:cacheprovider"]
        options += ["-p", "no:xdist", "--tb=short" if trial.mutant is None else "--tb=no"]
        options += ["--hypothesis-seed", SEED, "--hypothesis-profile", "mutants"]
        asked = {
            "cwd": str(self._tree),
            "path": paths,
            "output": str(output),
            "arguments": [*options, *trial.tests],
            "environment": {
                "PYTHONPATH": os.pathsep.join(paths),
                "SLUICE_SEED": SEED,
                REPORT: str(report),
                TREE: str(self._tree),
                WATCHED: trial.mutant.file if trial.mutant else "",
            },
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError(f"{trial.name}: the process that runs tests has ended")
        code, seconds = json.loads(answer)
        seen = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
        return code, seconds, output.read_text(encoding="utf-8", errors="replace"), seen

    def attempt(self, trial: Trial) -> Tried:
        """Change the tree, run the tests, and undo the change."""
        if mutant := trial.mutant:
            before = (self._tree / mutant.file).read_bytes()
            mutant.apply(self._tree)
            try:
                code, seconds, output, seen = self._run(trial)
            finally:
                (self._tree / mutant.file).write_bytes(before)
            good, said = _noticed(code, output, seen)
        else:
            code, seconds, output, seen = self._run(trial)
            good, said = code == 0, output[-4000:] if code else "passed"
        read = set(seen.get("read", []))
        if any(test.startswith(BENCHES) for test in trial.tests):
            files = (file for room in BENCH_READS for file in (self._tree / room).rglob("*.py"))
            read |= {str(file.relative_to(self._tree)) for file in files}
        digest = trial.digest(read, self._tree)
        return Tried(trial.name, digest, good, said, seconds, json.dumps(sorted(read)))


def _noticed(code: int, output: str, seen: dict) -> tuple[bool, str]:
    """An assertion of a test must have failed; anything else that breaks does not count."""
    last = (output.strip().splitlines()[-1:] or ["no output"])[0]
    if code < 0:
        return False, f"the tests were ended by signal {-code}"
    if not seen.get("imported"):
        return False, f"the changed file was not imported: {last}"
    if code != 1 or not seen["failures"]:
        return False, last
    first = seen["failures"][0]
    if not first["assertion"]:
        return False, f"{first['test']}: {first['error']}"
    return True, first["test"]
