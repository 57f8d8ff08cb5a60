"""Installs the node program: bcoin, pinned with hashes in `bcoin/package-lock.json`."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs
from Crypto.Hash import SHA256

from .errors import DemoError

__all__ = ["install"]

PACKAGE = Path(__file__).with_name("bcoin")
FILES = ("package.json", "package-lock.json")

#: bcoin's compiled parts are left out: it has the same in JavaScript, and they need a compiler.
COMMAND = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def _digest() -> str:
    text = b"".join((PACKAGE / name).read_bytes() for name in FILES)
    return str(SHA256.new(text).hexdigest())[:16]


def install(say: Callable[[str], None] = lambda _text: None) -> Path:
    """The program `bcoin`, installed into the user's cache if it is not there yet.

    Parameters
    ----------
    say
        Told what is going on if it takes time.

    Raises
    ------
    DemoError
        If Node.js or npm is missing, or npm fails.
    """
    for tool, package in (("node", "nodejs"), ("npm", "npm")):
        if shutil.which(tool) is None:
            raise DemoError(f"{tool} not found: install the Debian package {package}")
    cache = platformdirs.user_cache_path("sluice") / "bcoin"
    home = cache / _digest()
    program = home / "node_modules" / "bcoin" / "bin" / "node"
    if program.is_file():
        return program
    say("Installing the node bcoin from npm")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="new-") as new:
        for name in FILES:
            shutil.copy(PACKAGE / name, new)
        done = subprocess.run(COMMAND, cwd=new, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise DemoError(f"npm ci failed: {lines[0] if lines else done.returncode}")
        if not home.exists():
            # Two at once: the second one finds it done.
            try:
                Path(new).rename(home)
            except OSError:
                if not program.is_file():
                    raise
            else:
                Path(new).mkdir()
    return program
