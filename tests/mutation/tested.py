"""Mutants that tests have to notice: the tests of pytest themselves, on a netlist of all mutants.

``python -m tests.mutation.tested BLOCK COUNT SEED`` answers numbers of mutants on stdin with lines
of JSON: what became of each, and which test has failed. The model of the block's configuration
is compiled once, with the harness that all tests use; which mutant it is, it asks of the
environment when it is made. A test that goes on for longer than three times the cycles that it
takes on the hardware as it is, is stopped: that the hardware answers no more is noticed too.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import pytest

import sluice.sim.chip
import sluice.sim.core
from sluice.sim.compile import compiled_verilog
from tests.formal.prove import READ, ToolError, yosys
from tests.mutation.blocks import blocks
from tests.mutation.mutation import SELECT, Drawing, Fate
from tests.rtl.chip import host
from tests.rtl.core import bench

#: The variable of the environment that says which mutant a model is.
VARIABLE = "SLUICE_MUTANT"

#: Clocks that each test may take, whatever it takes without a mutant, and how many times that.
CYCLES, TIMES = 100_000, 3

ROOT = Path(__file__).parents[2]

#: A choice of which a mutant has two at once is still one.
_VERILOG = """memory_collect
wreduce t:$add
pmuxtree
opt_clean
write_verilog -norename -noattr top.v
"""


def verilog(drawing: Drawing) -> str:
    """The netlist with all mutants. The model asks once which one it is."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        folder = Path(scratch)
        (folder / "top.il").write_text(drawing.netlist)
        code, said = yosys(f"{READ}{drawing.changes}{_VERILOG}", folder)
        if code:
            raise ToolError(f"{drawing.block}: yosys: {said[-2000:]}")
        text = (folder / "top.v").read_text()
    before, top, after = re.split(r"(?<=\n)(module top\(.*?\nendmodule\n)", text, flags=re.DOTALL)
    head, body = top.split(";\n", 1)
    head = re.sub(rf"(, )?\b{SELECT}\b(, )?", lambda m: ", " * bool(m[1] and m[2]), head)
    declared = rf"input (\[.*\]) {SELECT};\n *wire \[.*\] {SELECT};\n"
    ask = f'initial {SELECT} = $c("std::atoi(std::getenv(\\"{VARIABLE}\\"))");'
    body, found = re.subn(declared, lambda m: f"reg {m[1]} {SELECT};\n  {ask}\n", body)
    assert found == 1, f"{drawing.block}: no input {SELECT}"
    # Where a bit of a word is gated by another one of it, there seems to be a loop.
    return _filled(f"/* verilator lint_off UNOPTFLAT */\n{before}{head};\n{body}{after}")


def _filled(text: str) -> str:
    """Verilog whose memories give ones at each address where they have no word, written or not.

    No such address is read in the hardware as it is, and what a mutant finds there shall not be
    taken for a word of zeros.
    """
    modules = re.split(r"(?<=\nendmodule\n)", text)
    memory = r"^ *reg (?:\[\d+:0\] )?(\S+) \[(\d+):0\];\n"
    for index, module in enumerate(modules):
        for found in re.finditer(memory, module, re.MULTILINE):
            name, last = found[1], int(found[2])
            depth = 1 << last.bit_length()
            if depth > last + 1:
                # A name with a backslash ends with a space.
                place = name + " " * name.startswith("\\")
                ones = "".join(f"    {place}[{word}] = ~0;\n" for word in range(last + 1, depth))
                more = found[0].replace(f"[{last}:0];\n", f"[{depth - 1}:0];\n")
                whole = f"{more}  initial begin\n{ones}  end\n"
                written = rf"^( *)(?={re.escape(place)}\[(.*?)\](?:\[\d+(?::\d+)?\])? <= )"
                only = rf"\1if ((\2) <= {last}) "
                module = re.sub(written, only, module, flags=re.MULTILINE)
                module = module.replace(found[0], whole)
        modules[index] = module
    return "".join(modules)


class StuckError(Exception):
    """A test takes more cycles than it may."""


class Watch:
    """A plugin of pytest: cycles of each test, and the first one that fails.

    Parameters
    ----------
    allowed
        Clocks that a test may take, by its name; no limit for one that is not there.
    """

    def __init__(self, allowed: dict[str, int]) -> None:
        self._allowed, self._left, self._now = allowed, 1 << 40, ""
        self.taken: dict[str, int] = {}
        self.failed, self.stuck, self.text = "", False, ""

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """A test begins."""
        self._now = item.nodeid
        self._left = self._allowed.get(item.nodeid, 1 << 40)
        self.taken[item.nodeid] = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has ended, or a fixture of it."""
        if report.failed and not self.failed:
            self.failed, self.text = report.nodeid, report.longreprtext

    def wrap(self, run: Callable[..., int]) -> Callable[..., int]:
        """The method of a model that lets cycles pass, watched."""

        def watched(model: Any, cycles: int, *args: Any, **named: Any) -> int:
            passed = run(model, min(cycles, max(0, self._left)), *args, **named)
            self._left -= passed
            if self._now:
                self.taken[self._now] += passed
            if passed < cycles and self._left <= 0:
                self.stuck = True
                raise StuckError(self._now)
            return passed

        return watched


class Tester:
    """The tests of a block, for each of its mutants.

    Raises
    ------
    ToolError
        A test fails on the hardware as it is.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._block = blocks()[drawing.block]
        text, own = verilog(drawing), repr(self._block.config)

        def instead(compiled: Callable[..., Path]) -> Callable[..., Path]:
            def chosen(make: Any, harness: Path, *, key: str | None = None, **named: Any) -> Path:
                if key == own:
                    self._used = True
                    change = named.get("change") or str
                    return compiled_verilog(change(text), harness)
                return compiled(make, harness, key=key, **named)

            return chosen

        sluice.sim.chip.compiled = instead(sluice.sim.chip.compiled)
        sluice.sim.core.compiled = instead(sluice.sim.core.compiled)
        # What the reference says, the next mutant asks again.
        for of in (host, bench):
            of.header_hash_model = cache(of.header_hash_model)
        self._runs = [
            (of, of.run) for of in (sluice.sim.chip.CompiledChain, sluice.sim.core.CompiledCore)
        ]
        self._used = False
        watch = self._try(0, {})
        assert self._used, f"no test of {self._block.name} makes its hardware"
        if watch.failed:
            raise ToolError(f"{self._block.name}: {watch.failed} fails: {watch.text}")
        self._allowed = {name: CYCLES + TIMES * cycles for name, cycles in watch.taken.items()}

    def _try(self, number: int, allowed: dict[str, int]) -> Watch:
        os.environ[VARIABLE] = str(number)
        watch = Watch(allowed)
        for of, run in self._runs:
            of.run = watch.wrap(run)
        # The text of a failure takes longer than most tests.
        text = "short" if number == 0 else "no"
        options = (
            "-x",
            "-q",
            f"--tb={text}",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--rootdir",
            str(ROOT),
        )
        code = pytest.main([*options, *self._block.tests], plugins=[watch])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise ToolError(f"{self._block.name}: pytest ends with {code!r}")
        return watch

    def fate(self, number: int) -> tuple[Fate, str]:
        """What becomes of a mutant, and which test has noticed."""
        watch = self._try(number, self._allowed)
        if watch.stuck:
            return Fate.STUCK, watch.failed
        return (Fate.FAILED, watch.failed) if watch.failed else (Fate.SURVIVED, "")


def serve(drawing: Drawing, asked: TextIO, answers: TextIO) -> None:
    """Answer numbers of mutants until there are no more."""
    tester = Tester(drawing)
    for line in asked:
        fate, said = tester.fate(int(line))
        answers.write(json.dumps([fate.name, said]) + "\n")
        answers.flush()


class Server:
    """A process that runs the tests of a block.

    Parameters
    ----------
    drawing
        The mutants.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, drawing.block, str(drawing.count), str(drawing.seed)],
            cwd=ROOT,
            env={**os.environ, "SLUICE_SEED": str(drawing.seed)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def fate(self, number: int) -> tuple[Fate, str]:
        """As of :class:`Tester`."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ToolError(f"the tests of mutant {number} ended with {self._process.wait()}")
        fate, said = json.loads(line)
        return Fate[fate], said

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


if __name__ == "__main__":
    # What tests print is not for who asks.
    _answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(Drawing(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), sys.stdin, _answers)
