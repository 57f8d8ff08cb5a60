"""Cell libraries that have a name."""

from pathlib import Path

from ..flow.progress import Watcher
from .cells.make import make_library
from .errors import AsicError
from .library_reader import default_liberty

#: What has a name; any other word is a file.
NAMES = ("osu018", "sky130")


def liberty_path(name: str, watcher: Watcher) -> Path:
    """The Liberty of a name, or the file.

    Raises
    ------
    AsicError
        It is not there, or cannot be made.
    """
    if name == "osu018":
        return default_liberty()
    if name == "sky130":
        return make_library(watcher).path
    if not Path(name).is_file():
        raise AsicError(f"--liberty {name}: no such file, and none of {', '.join(NAMES)}")
    return Path(name)
