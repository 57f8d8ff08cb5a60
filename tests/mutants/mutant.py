"""A mutant, the lists of them, and a copy of the tree to change."""

import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


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
