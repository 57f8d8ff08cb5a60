"""The rooms import each other in one direction only, and none by its folder's bare name."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("rtl", "sim", "boards", "firmware")

# A room, and what of ours it may import besides itself. The longest prefix decides.
ALLOWED = {
    "rtl": {"rtl"},
    "rtl.sha256": set(),
    "rtl.interface": set(),
    "rtl.options": set(),
    "rtl.hls": {"rtl.sha256"},
    "rtl.target": {"rtl.hls.ops", "rtl.hls.delay_model", "rtl.sha256"},
    "rtl.hls.codegen": {"rtl.hls", "rtl.target", "rtl.sha256"},
    "rtl.engine": {"rtl.hls", "rtl.sha256"},
    "rtl.core": {"rtl.hls", "rtl.engine", "rtl.target", "rtl.options", "rtl.sha256"},
    "rtl.protocol": {"rtl.sha256"},
    "rtl.control": {
        "rtl.core",
        "rtl.hls",
        "rtl.target",
        "rtl.protocol",
        "rtl.interface",
        "rtl.sha256",
    },
    "rtl.link": {"rtl.protocol", "rtl.interface"},
    "sim": {"rtl"},
    "boards": {"rtl"},
    "firmware": {"rtl.config", "rtl.protocol"},
}


def within(module, room):
    return module == room or module.startswith(room + ".")


def module_of(path):
    """The name of a file's module, without `sluice.`, and that of its package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[-1] == "__init__":
        return ".".join(parts[:-1]), ".".join(parts[:-1])
    return ".".join(parts), ".".join(parts[:-1])


def imports(source, package):
    """Full names of what is imported; ours without `sluice.`; a bare room as `bare:room`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            stem = ".".join([*base, *([node.module] if node.module else [])])
            yield from ([stem] if node.module else [f"{stem}.{alias.name}" for alias in node.names])
            continue
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
            if node.module == "sluice":
                names = [f"sluice.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if within(name, "sluice"):
                yield name.removeprefix("sluice.")
            elif name.partition(".")[0] in ROOMS:
                yield f"bare:{name}"


def violations(module, package, source):
    room = max((room for room in ALLOWED if within(module, room)), key=len, default=None)
    for name in imports(source, package):
        allowed = {room, *ALLOWED[room]} if room else set(ROOMS)
        if not any(within(name, other) for other in allowed):
            yield f"{module} imports {name}"


FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_directions():
    found = []
    for path in FILES:
        module, package = module_of(path)
        found += violations(module, package, path.read_text(encoding="utf-8"))
    assert found == []


def test_tests_use_the_installed_names():
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        module, package = module_of(path)
        names = imports(path.read_text(encoding="utf-8"), package)
        found += [f"{module} imports {name}" for name in names if name.startswith("bare:")]
    assert found == []


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("rtl.sha256.model", "from .word import Word", None),
        ("rtl.sha256.model", "from ..hls import ir", "rtl.hls"),
        ("rtl.hls.ir", "from ..sha256.word import Word", None),
        ("rtl.hls.ir", "from .. import core", "rtl.core"),
        ("rtl.hls.schedule", "from sluice.rtl.target.base import Target", "rtl.target.base"),
        ("rtl.hls.codegen.datapath", "from sluice.rtl.target.base import Target", None),
        ("rtl.core.cli", "from sluice.rtl.hls import ir", None),
        ("rtl.core.cli", "import sluice.sim.core", "sim.core"),
        ("rtl.cli", "from .core import cli", None),
        ("rtl.cli", "from ..sim import cli", "sim"),
        ("rtl.link.uart", "from ..core import config", "rtl.core"),
        ("sim.cli", "from sluice import boards", "boards"),
        ("sim.cli", "from sluice.rtl.core import Core", None),
        ("firmware.miner", "from sluice.rtl.protocol.header import Header", None),
        ("firmware.miner", "from sluice.rtl.core import CoreConfig", "rtl.core"),
        ("boards.ulx3s", "def f():\n    import sim.cli", "bare:sim.cli"),
        ("boards.ulx3s", "from rtl import core", "bare:rtl"),
    ],
)
def test_the_rule_itself(module, source, wrong):
    package = module.rpartition(".")[0]
    expected = [] if wrong is None else [f"{module} imports {wrong}"]
    assert list(violations(module, package, source)) == expected
