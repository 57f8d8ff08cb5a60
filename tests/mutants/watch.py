"""A pytest plugin: writes down how tests fail, and where the changed file was imported from."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

#: Variables that name the file to write, and the file that must have been imported.
REPORT = "SLUICE_MUTANT_REPORT"
WATCHED = "SLUICE_MUTANT_FILE"

# A failure is enough here: nobody reads the smallest one.
settings.register_profile(
    "mutants", deadline=None, database=None, phases=[Phase.explicit, Phase.generate]
)

_events: list[dict] = []


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
    watched = os.environ.get(WATCHED)
    if not os.environ.get(REPORT):
        return
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    real = {Path(file).resolve() for file in files if file}
    imported = not watched or Path(watched).resolve() in real
    Path(os.environ[REPORT]).write_text(json.dumps([*_events, {"imported": imported}]))
