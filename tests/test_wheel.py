"""The wheel without extras: what is in it, how much it needs, and that it mines."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sluice.rtl.protocol.models import BM1370
from tests.docs.company import share
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.test_cli import elsewhere
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[1]

ROOMS = ("rtl", "sim", "boards", "firmware")

#: Of what the daemon needs, with hashes.
LOCK = ROOT / "firmware" / "packaging" / "requirements.lock"

#: What it may take with all that it needs, and pip.
MEGABYTES = 90

#: Rooms that work without extras, and what in them does not.
LIGHT = ("firmware", "rtl/protocol", "rtl/cli.py")
HEAVY = "firmware/demo"


def needed(name="sluice-miner"):
    """Names of all distributions that one needs without extras, and those need in turn."""
    found, waiting = set(), [Requirement(name)]
    while waiting:
        wanted = waiting.pop()
        for text in requires(wanted.name) or []:
            other = Requirement(text)
            extras = wanted.extras or {""}
            if other.marker and not any(other.marker.evaluate({"extra": one}) for one in extras):
                continue
            if canonicalize_name(other.name) not in found:
                found.add(canonicalize_name(other.name))
                waiting.append(other)
    return found


def test_the_daemon_needs_no_extra():
    """What is imported comes with it."""
    there = needed()
    known = packages_distributions()
    wrong = []
    for room in LIGHT:
        path = ROOT / room
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.is_relative_to(ROOT / HEAVY):
                continue
            for name in absolute(file):
                owners = {canonicalize_name(owner) for owner in known.get(name, [])}
                if name not in sys.stdlib_module_names and name != "sluice" and not owners & there:
                    wrong.append(f"{file.relative_to(ROOT)} imports {name}")
    assert set(re.findall(r"(?m)^([a-z0-9-]+)==", LOCK.read_text())) == there
    # Only once hardware has been found to be wrong.
    assert wrong == ["rtl/cli.py imports amaranth"]


def absolute(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def install(folder):
    """An environment that has the wheel, and nothing that it does not need; its programs."""
    ignored = shutil.ignore_patterns(".*", "build", "tests", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, folder / "source", ignore=ignored)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")

    def run(*command):
        subprocess.run(command, check=True, stdout=sys.stderr)

    build = ("--no-build-isolation", "--no-deps", "--wheel-dir", folder)
    run(*pip, "wheel", *build, folder / "source")
    run(sys.executable, "-m", "venv", folder / "venv")
    there = (*pip, "--python", folder / "venv" / "bin" / "python", "install", "--no-deps")
    run(*there, "--require-hashes", "--requirement", LOCK)
    run(*there, *folder.glob("*.whl"))
    return folder / "venv" / "bin"


def check_contents(folder):
    """A folder that is new has to be named in pyproject.toml, and so has data."""
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        there = {
            name.removeprefix("sluice/") for name in file.namelist() if "dist-info" not in name
        }
    listed = subprocess.run(
        ["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert there == set(listed.stdout.split())


def check_size(programs):
    done = subprocess.run(
        ["du", "-sm", programs.parent], capture_output=True, text=True, check=True
    )
    taken = int(done.stdout.split()[0])
    print(f"{taken} MB")
    assert taken < MEGABYTES


def check_extras(programs):
    """Commands whose extras are missing say so."""

    def sluice(*command):
        return subprocess.run(
            [programs / "sluice", *command],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": ""},
        )

    done = sluice("build", "--board", "ulx3s-85f")
    assert done.returncode == 2
    assert done.stderr == (
        "sluice build: needs amaranth, which is not installed: "
        "pip install 'sluice-miner[hardware]'\n"
    )
    listed = sluice("--help")
    assert listed.returncode == 0
    for point in distribution("sluice-miner").entry_points.select(group="sluice.commands"):
        (line,) = re.findall(rf"(?m)^  {point.name} +(.+)$", listed.stdout)
        assert ("Not installed" in line) == bool(point.extras)


async def test_mines(seed, tmp_path):
    """It is installed once, and looked at from all sides: that takes long."""
    programs = install(tmp_path)
    check_contents(tmp_path)
    check_size(programs)
    check_extras(programs)
    async with StratumPool(seed) as pool:
        with FakeChips(BM1370, sluice=True) as chips:
            options = ("--pool", pool.url, "--user", "me", "--port", chips.path)
            variables = elsewhere(tmp_path) | {"PYTHONPATH": ""}
            mine = (programs / "sluice", "mine", *options)
            async with Terminal(*mine, cwd=tmp_path, **variables) as terminal:
                await share(terminal, chips, pool)
                terminal.interrupt()
                assert await terminal.end() == 130, terminal.text
