"""What counts as noticed, and what is not tried again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kept import Kept
from tests.mutants.__main__ import try_all
from tests.mutants.mutant import ROOT, Mutant, copied_tree, load
from tests.mutants.trial import Trial, Tried, Worker, trials

WORD, TEST = "rtl/sha256/word.py", "tests/rtl/sha256/test_model.py::test_word_operations"
CH = Mutant("Ch", "rtl/sha256/model.py", "(~self & g)", "(self & g)", (TEST,))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


def tried(worker: Worker, mutant: Mutant) -> Tried:
    return worker.attempt(Trial(mutant.name, mutant.tests, mutant))


def test_an_assertion_that_fails_is_noticed(worker: Worker) -> None:
    found = tried(worker, CH)
    assert (found.good, found.said) == (True, TEST)
    # The change is undone.
    plain = worker.attempt(Trial("plain", (TEST,)))
    assert (plain.good, plain.said) == (True, "passed")


def test_anything_else_is_not(worker: Worker) -> None:
    """What breaks otherwise, is not used, or makes no difference to a test."""
    broken = tried(worker, replace(CH, new="(self & None)"))
    assert not broken.good
    assert "TypeError" in broken.said
    elsewhere = next(mutant for mutant in load() if mutant.file.startswith("rtl/link/"))
    unused = tried(worker, replace(elsewhere, tests=(TEST,)))
    assert not unused.good
    assert "the changed file was not imported" in unused.said
    survivor = tried(worker, replace(CH, tests=("tests/rtl/sha256/test_model.py::test_constants",)))
    assert not survivor.good
    assert "1 passed" in survivor.said


def test_a_file_that_was_read_decides(worker: Worker) -> None:
    trial = Trial(CH.name, CH.tests, CH)
    found = worker.attempt(trial)
    assert found.holds(trial, ROOT)
    assert not found.holds(replace(trial, mutant=replace(CH, new="g")), ROOT)
    with copied_tree() as tree:
        (tree / "rtl/core/core.py").write_text("")
        assert found.holds(trial, tree)
        (tree / WORD).write_text((tree / WORD).read_text() + "\n")
        assert not found.holds(trial, tree)


def test_results_are_kept(
    worker: Worker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Kept(tmp_path / "kept.sqlite", "mutants", Tried, keys=1)
    plain, trial = trials([CH])
    assert (plain.name, plain.tests) == (f"{TEST.partition('::')[0]}, without a change", (TEST,))
    kept.add(worker.attempt(plain))
    kept.add(worker.attempt(trial))
    found = try_all([plain, trial], kept, 1)
    assert [one.good for one in found.values()] == [True, True]
    assert "2 of 2 are done" in capsys.readouterr().err
