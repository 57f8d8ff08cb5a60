"""Pages that are made of results and boards' files are those that would be made now."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sluice.boards.catalogue import BOARDS
from sluice.boards.pages.rates import BLOCK, HASHES, difficulty, duration, rates
from sluice.boards.pages.wiring import alike, picture
from sluice.boards.pages.write import BEGIN, pages, write_pages
from sluice.boards.sweep.results import best, read
from sluice.sim.catalogue import blocks

DOCS = Path(__file__).parents[2] / "docs"


def test_pages_are_as_made() -> None:
    made = pages(read(), DOCS)
    assert {DOCS / "start.md", DOCS.parent / "README.md"} < set(made)
    old = [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text]
    assert not old, "`sluice results --page docs/results.md` writes them anew"
    pictures = {path for path in made if path.parent.name == "wiring"}
    assert set((DOCS / "wiring").iterdir()) == pictures


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (tmp_path / "README.md").write_text(f"a\n{BEGIN}old\n<!-- rates end -->\nb\n")
    assert len(write_pages(read(), docs)) == 4 + len(alike())
    assert write_pages(read(), docs) == []
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("a\n")
    assert text.endswith("<!-- rates end -->\nb\n")
    assert "old" not in text
    (tmp_path / "README.md").write_text("no table\n")
    assert write_pages(read(), docs) == []


def test_times() -> None:
    assert duration(1.4) == "1.4 seconds"
    assert duration(119) == "120 seconds"
    assert duration(3 * 3600) == "3.0 hours"
    assert duration(1e6 * 365.25 * 86400 * 137) == "140 million years"
    assert blocks()[0].height == 0
    assert difficulty(blocks()[0].header.bits) == 1
    last = blocks()[-1]
    assert (last.height, last.date, last.header.bits) == BLOCK
    assert pytest.approx(2**32, rel=1e-4) == HASHES


def test_whose_rate_it_is() -> None:
    """A board's own, or that of another one with the same device and speed grade."""
    own = best(read())
    for rate in rates(read()):
        name = rate.board.name
        assert rate.own == (name in own)
        if rate.line is not None:
            assert rate.line.device == rate.board.device
            assert rate.text == f"{rate.line.mhs:.2f}" + "*" * (name not in own)
            assert rate.time(rate.line.mhs * 1e6 * 60) == "60 seconds"
        else:
            assert rate.time(1) == "-"


@pytest.mark.parametrize("name", BOARDS)
def test_pictures(name: str) -> None:
    """Every wire of a board is in its picture, with where it goes."""
    board = BOARDS[name]
    drawn = ET.fromstring(picture(board))
    texts = [element.text or "" for element in drawn.iter() if element.tag.endswith("text")]
    for header in board.headers:
        assert header.name in texts
        for wire in header.wires:
            place = f"{header.place(wire)}, {wire.value}: "
            assert sum(text.startswith(place) for text in texts) == 1
    width, height = int(drawn.attrib["width"]), int(drawn.attrib["height"])
    for element in drawn.iter():
        if "x" in element.attrib:
            assert 0 < float(element.attrib["x"]) < width
            assert 0 < float(element.attrib["y"]) < height
