"""The lists of mutants fit the tree, so that `make mutants` does not find out first."""

from pathlib import Path

import pytest

from tests.mutants.mutant import ROOT, MutantError, load

ENTRY = """[[mutant]]
name = "wrong"
file = "some/file.py"
old = "a = b"
new = "a = c"
tests = ["tests"]
"""


def test_lists() -> None:
    mutants = load()
    assert len(mutants) >= 12
    assert len({mutant.name for mutant in mutants}) == len(mutants)
    for mutant in mutants:
        assert mutant.old != mutant.new, mutant.name
        assert mutant.tests, mutant.name
        for test in mutant.tests:
            file, named, _ = test.partition("::")
            assert (ROOT / file).exists(), mutant.name
            # A file of tests takes minutes, the one that notices seconds.
            assert named, mutant.name


def test_named_tests_are_there(request: pytest.FixtureRequest) -> None:
    """Of those files that this run has whole."""
    options = request.config.option
    if options.keyword or options.markexpr or any("::" in part for part in request.config.args):
        pytest.skip("some tests are left out")
    there = {item.nodeid for item in request.session.items}
    there |= {name.partition("[")[0] for name in there}
    files = {name.partition("::")[0] for name in there}
    named = {test for mutant in load() for test in mutant.tests}
    assert not {test for test in named if test.partition("::")[0] in files} - there


@pytest.mark.parametrize(("text", "times"), [("a = d\n", 0), ("a = b\na = b\n", 2)])
def test_text_must_be_there_once(text: str, times: int, tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(ENTRY)
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "file.py").write_text(text)
    with pytest.raises(MutantError, match=f"wrong: some/file.py has {times} times, not once: 'a ="):
        load(tmp_path, tmp_path)


def test_change(tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(ENTRY)
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "file.py").write_text("x\na = b\n")
    (mutant,) = load(tmp_path, tmp_path)
    assert (tmp_path / "some" / "file.py").read_text() == "x\na = b\n"
    mutant.apply(tmp_path)
    assert (tmp_path / "some" / "file.py").read_text() == "x\na = c\n"
