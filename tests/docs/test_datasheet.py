"""The data sheet says what code says: pins, models, frames, registers, and figures of asic.md."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sluice.boards.pages.diagram import diagram
from sluice.rtl.chip import Chip
from sluice.rtl.config import MAX_CORES, ChipConfig
from sluice.rtl.core.config import MAX_LANES
from sluice.rtl.link.config import LinkConfig
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.frames import JOB_FRAME_BYTES, JOB_HEADER, JOB_LENGTHS
from sluice.rtl.protocol.models import MODELS
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.responses import LONG, SHORT
from sluice.sim.chip import DEAF
from tests.docs.blocks import ROOT

PAGE = (ROOT / "docs" / "datasheet.md").read_text(encoding="utf-8")


def section(name: str) -> str:
    return PAGE.partition(f"## {name}\n")[2].partition("\n## ")[0]


def rows(name: str) -> list[list[str]]:
    """Cells of the tables of a section, without marks of code, and without heads."""
    found = [line.strip("| ").split(" | ") for line in section(name).splitlines() if "|" in line]
    cut = next(place for place, row in enumerate(found) if set(row[0]) <= {"-", "|"})
    return [[cell.replace("`", "").strip() for cell in row] for row in found[cut + 1 :]]


def pins() -> dict[str, str]:
    members = Chip(ChipConfig()).signature.members
    ways = {name: "in" if member.flow.name == "In" else "out" for name, member in members.items()}
    return {"clk": "in", "rst": "in", **ways}


def test_pins() -> None:
    assert {name: way for name, way, _ in rows("Pins")} == pins()
    assert f"{DEAF:,} cycles of `clk`" in section("Pins")
    assert "25 MHz" in section("Pins")
    assert ChipConfig.link_clock == 25e6


def test_pins_of_the_picture() -> None:
    assert (ROOT / "docs" / "datasheet.svg").read_text(encoding="utf-8") == diagram()
    drawn = ET.fromstring(diagram()).iter()
    assert {element.text for element in drawn if element.get("class") == "pin"} == pins().keys()


def test_models() -> None:
    found = {name: int(number, 16) for name, number in rows("Models")}
    assert found == {model.name: model.chip_id for model in MODELS.values()}
    head = PAGE.partition("\n## ")[0]
    assert all(name.upper() in head for name in MODELS)
    assert f"up to {MAX_LANES} AsicBoost lanes" in head
    assert f"1 to {MAX_CORES} cores" in head


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("chain inactive", ChainInactive()),
        ("set address", SetAddress(4)),
        ("read a register of one chip", ReadRegister(Number.CHIP_ID, 4)),
        ("read a register of all chips", ReadRegister(Number.CHIP_ID, None)),
        ("write a register of one chip", WriteRegister(Number.CHIP_ID, 0, 4)),
        ("write a register of all chips", WriteRegister(Number.CHIP_ID, 0, None)),
    ],
)
def test_commands(name: str, frame: object) -> None:
    found = {row[0]: row for row in rows("Protocol")}[name]
    sent = bytes(frame)
    assert (int(found[2]), found[3]) == (len(sent), sent[:4].hex(" "))


def test_other_frames() -> None:
    found = {row[0]: row for row in rows("Protocol")}
    assert int(found["job"][2]) == JOB_FRAME_BYTES
    begins = [f"55 aa {JOB_HEADER:02x} {length:02x}" for length in JOB_LENGTHS]
    assert found["job"][3] == ", or ".join(begins)
    assert found["register, or nonce"][2] == f"{LONG}; {SHORT} until version rolling is on"
    assert f"{LinkConfig.timeout_bits:,} bit times" in section("Protocol")


def test_registers() -> None:
    for number, name, _ in rows("Registers"):
        assert int(number, 16) == Number[name]


def test_figures_are_those_of_asic() -> None:
    """Each measured figure is in the tables of asic.md or levers.md too."""
    pages = (Path(ROOT / "docs" / name) for name in ("asic.md", "levers.md"))
    measured = "".join(page.read_text(encoding="utf-8") for page in pages)
    known = set(re.findall(r"[\d,.]*\d", measured))
    figures = [cell for row in rows("Timing, area, energy") for cell in row[1:]]
    assert figures
    assert {word for cell in figures for word in re.findall(r"[\d,.]*\d", cell)} <= known
