"""Mutants are drawn by their seed, a proof notices them, and a run goes on where it was."""

from pathlib import Path

from click.testing import CliRunner

from tests.mutation.__main__ import main
from tests.mutation.mutation import Fate, Mutation, Outcome, attempt, mutations
from tests.mutation.store import Store


def test_the_seed_draws_the_mutants() -> None:
    first = mutations("arbiter", 12, 1)
    assert first == mutations("arbiter", 12, 1)
    assert first != mutations("arbiter", 12, 2)
    assert len(first) == 12
    # What asserts is never changed.
    assert {found.module for found in first} == {"top.part"}


def test_a_run_goes_on(tmp_path: Path) -> None:
    """Those that are there are not tried again; what survives is told, and is an error."""
    store = Store(tmp_path / "found.sqlite")
    one, other = mutations("arbiter", 2, 1)
    killed = attempt(one)
    assert killed.fate is Fate.REFUTED
    store.add(killed)
    store.add(Outcome(other, Fate.SURVIVED, 1.0))
    options = ["--only", "arbiter", "--count", "2", "--file", str(tmp_path / "found.sqlite")]
    run = CliRunner().invoke(main, [*options, "--workers", "1", "--survivors"])
    assert run.exit_code == 1
    assert "2 mutants are in" in run.output
    assert f"arbiter: {other.command}" in run.output
    assert f"arbiter: {one.command}" not in run.output


def test_what_changes_nothing_is_equivalent() -> None:
    assert (
        attempt(Mutation("arbiter", "mutate -mode none -module top.part")).fate is Fate.EQUIVALENT
    )
