"""The programs of :mod:`.jobs`, each with the tools that it needs in its path."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...flow.run import ToolError, run
from ...flow.tools import Tool
from ..cells.fetch import KLAYOUT, MODELS, Wheel, locked
from ..errors import AsicError

#: What makes flexcells; what is licensed under the GPL, AGPL or CERN-OHL stays in the user's cache.
_MASTERS = (
    "pdkmaster", "pdkmaster-io-spice", "pdkmaster-io-klayout", "pdkmaster-io-coriolis",
    "pyspice", "c4m-flexcell", "c4m-flexio",
)  # fmt: skip
FLEXCELL: tuple[Wheel, ...] = (*map(locked, _MASTERS), MODELS, KLAYOUT)
CORIOLIS: tuple[Wheel, ...] = (locked("coriolis-eda"),)
VIEWER: tuple[Wheel, ...] = (KLAYOUT,)


def fetch(wheels: Sequence[Wheel], tell: Callable[[str], None]) -> list[Path]:
    """Folders of wheels, fetched at first use.

    Raises
    ------
    AsicError
        One cannot be had, or is another one.
    """
    folders = []
    for wheel in wheels:
        tell(f"{wheel.name} {wheel.version}")
        folders.append(wheel.folder())
    return folders


def job(
    name: str,
    folders: Sequence[Path],
    folder: Path,
    given: Mapping[str, Any],
    listen: Callable[[str], None] = lambda _: None,
) -> None:
    """Run one of the programs.

    Parameters
    ----------
    name
        Of the module.
    folders
        Of the wheels that it needs.
    folder
        Where it works; its input is left there as ``NAME.json``, what it says as ``NAME.log``.
    given
        Its input.
    listen
        Called with each line.

    Raises
    ------
    AsicError
        It failed; the message is the last line that it said.
    """
    path = folder / f"{name}.json"
    path.write_text(json.dumps(dict(given)), encoding="utf-8")
    module = f"{__package__}.jobs.{name}"
    tool = Tool(name, (sys.executable, "-m", module), name)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    try:
        run(tool, [path.name], folder, listen, environment=environment)
    except ToolError as error:
        said = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace").strip()
        last = said.splitlines()[-1] if said else "it says nothing"
        raise AsicError(f"{name} failed: {last}") from error
