"""The netlist of a component as text, without elaborating it where an earlier one is known."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import Elaboratable

from .cache import cached

#: What decides, besides our own sources, which hardware a configuration becomes.
DECIDING = ("amaranth", "numpy", "scipy")


def netlist(make: Callable[[], Elaboratable], top: str, key: str | None = None) -> str:
    """The RTLIL of a component, without source lines.

    Parameters
    ----------
    make
        Makes the component.
    top
        Its name.
    key
        Decides which component `make` makes, together with the sources of ``sluice.rtl``: the
        representation of its configuration. Without it the component is elaborated each time.
    """

    def convert() -> str:
        return str(rtlil.convert(make(), name=top, emit_src=False))

    if key is None:
        return convert()

    def write(folder: Path) -> Path:
        file = folder / "netlist.il"
        file.write_text(convert(), encoding="utf-8")
        return file

    parts = [key, top, *(version(name) for name in DECIDING), *_sources()]
    return cached("netlists", ".il", parts, write).read_text(encoding="utf-8")


def _sources() -> list[str]:
    root = Path(__file__).parents[1] / "rtl"
    return [path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))]
