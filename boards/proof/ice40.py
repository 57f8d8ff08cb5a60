"""An iCE40's bitstream as Verilog, by IceStorm's `iceunpack` and `icebox_vlog`."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from ..board import Board
from ..fabric.pll import Setting
from ..flow.run import run
from ..flow.tools import tool
from .models import ice40_models
from .wrap import HASH, LINK, LOCK, ProofError, wrapper

_MODULE = re.compile(r"^module chip \((.*?)\);", re.MULTILINE | re.DOTALL)
_PLL = re.compile(r"^SB_PLL40_\w+ #\((.*?)\) PLL_\w+ \((.*?)\);", re.MULTILINE | re.DOTALL)
_PARAMETER = re.compile(r"\.(DIV[RFQ]|FILTER_RANGE)\(\d+'b([01]+)\)")
_PORT = re.compile(r"\.(\w+)\((n\d+)\)")
_WIRES = re.compile(r"^wire ([\w, ]+);", re.MULTILINE)
_TRISTATE = re.compile(r"^assign (\w+) = (\w+) \? (\w+) : 1'bz;", re.MULTILINE)

#: Runs icebox_vlog with what its table of the UP5K lacks for a PLL that no pad feeds: it
#: looks up the lower bit of this parameter under the name that other devices have for it.
_ICEBOX = """
import pathlib, runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, str(pathlib.Path(sys.argv[0]).parent))
import icebox
pll = icebox.pllinfo_db["5k"]
pll.setdefault("SHIFTREG_DIV_MODE", pll.get("SHIFTREG_DIV_MODE_0"))
runpy.run_path(sys.argv[0], run_name="__main__")
"""

#: The PLL's outputs, and what drives their nets in the simulation.
_OUTPUTS = {
    "PLLOUTCORE": HASH,
    "PLLOUTGLOBAL": HASH,
    "PLLOUTCOREA": LINK,
    "PLLOUTGLOBALA": LINK,
    "PLLOUTCOREB": HASH,
    "PLLOUTGLOBALB": HASH,
    "LOCK": LOCK,
}


def unpacked(bitstream: Path, constraints: Path, package: str) -> str:
    """What `icebox_vlog` makes of a bitstream, with pins by their names in a package.

    Raises
    ------
    click.ClickException
        A tool is missing or fails.
    """
    program = shutil.which("icebox_vlog")
    if program is None:
        raise click.ClickException(
            "icebox_vlog not found: install the Debian package fpga-icestorm"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(bitstream, folder / "top.bin")
        run(tool("iceunpack"), ["top.bin", "top.asc"], folder, lambda _: None)
        options = ("-s", "-d", package, "-p", str(constraints), "top.asc")
        done = subprocess.run(
            [sys.executable, "-c", _ICEBOX, str(Path(program).resolve()), *options],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise click.ClickException(f"icebox_vlog failed: {' '.join(last)}")
    return done.stdout


def _undeclared(found: re.Match[str], ports: dict[str, str]) -> str:
    """A line of wires without those that are ports: no tool takes both."""
    names = [name for name in found[1].split(", ") if name not in ports]
    return f"wire {', '.join(names)};" if names else ""


def _without_pll(text: str, setting: Setting) -> str:
    found = list(_PLL.finditer(text))
    if len(found) != 1:
        raise ProofError(f"the bitstream has {len(found)} PLLs, not 1")
    dividers = {name: int(bits, 2) for name, bits in _PARAMETER.findall(found[0][1])}
    if dividers != setting.dividers:
        raise ProofError(f"the bitstream's PLL has {dividers}, not {setting.dividers}")
    nets = {port: net for port, net in _PORT.findall(found[0][2]) if port in _OUTPUTS}
    lines = [f"assign {net} = {_OUTPUTS[port]};" for port, net in nets.items()]
    return text[: found[0].start()] + "\n".join(lines) + text[found[0].end() :]


def verilog_of(board: Board, setting: Setting, bitstream: Path, constraints: Path) -> str:
    """Verilog whose module ``top`` has the ports of a chip.

    Raises
    ------
    ProofError
        The bitstream is not what was built.
    click.ClickException
        A tool is missing or fails.
    """
    package = board.make().package.lower()
    text = _without_pll(unpacked(bitstream, constraints, package), setting)
    head = _MODULE.search(text)
    if head is None:
        raise ProofError("icebox_vlog has written no module")
    ports = {port.split()[1]: port.split()[0] for port in head[1].split(",")}
    more = ", ".join(f"input {name}" for name in (HASH, LINK, LOCK))
    text = text.replace(head[0], f"module chip ({head[1]}, {more});", 1)
    text = _WIRES.sub(lambda found: _undeclared(found, ports), text)
    # Lines have a pull-up where nothing drives them.
    text = _TRISTATE.sub(r"assign \1 = \2 ? \3 : 1'b1;", text)
    ports |= dict.fromkeys((HASH, LINK, LOCK), "input")
    return "\n".join((wrapper(board, "chip", ports), text, ice40_models(text)))
