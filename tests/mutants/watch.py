"""A pytest plugin: writes down how tests fail, and what they read of the tree they are in."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

#: Variables that name the file to write, the tree, and the file in it that must be imported.
REPORT = "SLUICE_MUTANT_REPORT"
TREE = "SLUICE_MUTANT_TREE"
WATCHED = "SLUICE_MUTANT_FILE"

# A failure is enough here: nobody reads the smallest one.
settings.register_profile(
    "mutants", deadline=None, database=None, phases=[Phase.explicit, Phase.generate]
)

_events: list[dict] = []
_opened: set[str] = set()


def _audit(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        _opened.add(os.fspath(arguments[0]))


def _read(tree: Path) -> list[str]:
    """Files of the tree that were opened, whatever they were called."""
    files = {Path(os.fsdecode(name)).resolve() for name in _opened}
    inside = [file for file in files if file.is_relative_to(tree) and file.is_file()]
    return sorted(str(file.relative_to(tree)) for file in inside)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> None:
    if call.excinfo is None or isinstance(call.excinfo.value, pytest.skip.Exception):
        return
    error = call.excinfo.value
    expected = AssertionError, pytest.fail.Exception
    assertion = call.when == "call" and all(isinstance(e, expected) for e in _leaves(error))
    _events.append({"test": item.nodeid, "assertion": assertion, "error": repr(error)[:200]})


def pytest_sessionfinish() -> None:
    if not os.environ.get(REPORT):
        return
    tree, watched = Path(os.environ[TREE]).resolve(), os.environ.get(WATCHED)
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    real = {Path(file).resolve() for file in files if file}
    imported = not watched or tree / watched in real
    said = {"failures": _events, "imported": imported, "read": _read(tree)}
    Path(os.environ[REPORT]).write_text(json.dumps(said))


if os.environ.get(REPORT):
    sys.addaudithook(_audit)
