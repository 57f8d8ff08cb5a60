"""Regions in a file beside the routed netlist, for who draws it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from .anchors import Block
from .regions import Region

#: The file's name.
FILE = "regions.json"


def write(regions: Mapping[Block, Region], folder: Path) -> None:
    """Leave regions in a folder."""
    text = json.dumps([asdict(region) for region in regions.values()])
    (folder / FILE).write_text(text, encoding="utf-8")


def read(folder: Path) -> list[Region]:
    """Regions that were left in a folder; none if it was placed without."""
    file = folder / FILE
    if not file.exists():
        return []
    return [Region(**values) for values in json.loads(file.read_text(encoding="utf-8"))]
