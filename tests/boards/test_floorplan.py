"""Regions: rectangles that do not meet, and block RAM that nextpnr keeps where it is fixed."""

import json
import re
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path
from statistics import mean
from typing import Any

import matplotlib as mpl
import pytest
from amaranth.hdl import Cat, Elaboratable, Module, Signal
from amaranth.lib import io, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import Out

from sluice.boards.catalogue import BOARDS
from sluice.boards.floorplan import outlines
from sluice.boards.floorplan.anchors import anchor, blocks_of
from sluice.boards.floorplan.grid import GRIDS, Grid, grid_of
from sluice.boards.floorplan.picture import draw_floorplan
from sluice.boards.floorplan.regions import RegionError, regions
from sluice.boards.flow import stages
from sluice.boards.flow.options import ToolOptions
from sluice.boards.flow.plan import Plan, elaborate
from sluice.boards.flow.progress import Silent
from sluice.boards.flow.run import run
from sluice.boards.flow.tools import tool

#: Block RAM of each size of device, as nextpnr's utilisation counts them, and its option.
SIZES = {24: (56, "--25k"), 44: (108, "--45k"), 84: (208, "--85k")}


@pytest.mark.parametrize("size", GRIDS)
@pytest.mark.parametrize("blocks", range(1, 17))
def test_regions_do_not_meet(size: int, blocks: int) -> None:
    grid = GRIDS[size]
    found = regions(grid, blocks)
    assert len(found) == blocks
    tiles = [
        {(x, y) for x in range(one.left, one.right + 1) for y in range(one.top, one.bottom + 1)}
        for one in found
    ]
    assert all(not one & other for one, other in combinations(tiles, 2))
    inside = {
        (x, y)
        for x in range(grid.columns[0], grid.columns[1] + 1)
        for y in range(grid.rows[0], grid.rows[1] + 1)
    }
    assert set().union(*tiles) <= inside
    # What is left for the rest of the chip is about half a block.
    assert len(set().union(*tiles)) >= len(inside) * blocks / (blocks + 1)
    assert all(one.top <= one.memory_row <= one.bottom for one in found)


@pytest.mark.parametrize("size", GRIDS)
@pytest.mark.parametrize("blocks", range(2, 17))
def test_regions_in_order_are_beside_each_other(size: int, blocks: int) -> None:
    for one, other in pairwise(regions(GRIDS[size], blocks)):
        across = max(one.left, other.left) - min(one.right, other.right)
        down = max(one.top, other.top) - min(one.bottom, other.bottom)
        assert down <= 1
        assert across <= (one.right - one.left) // 2


def netlist(*names: str) -> dict[str, Any]:
    return {"cells": {name: {"type": "DP16KD", "attributes": {}} for name in names}}


def test_blocks_are_cores_or_their_stages() -> None:
    module = netlist(
        "chip.link.memory.0.0",
        "chip.core0.k.0.0",
        *(f"chip.core0.stage{stage}.ram_{lane}.0.0" for stage in (10, 2) for lane in (1, 0)),
        "chip.core1.x.0.0",
    )
    module["cells"]["chip.core0.stage2.n_c1"] = {"type": "TRELLIS_FF", "attributes": {}}
    assert blocks_of(module) == {
        (0, 2): ["chip.core0.stage2.ram_0.0.0", "chip.core0.stage2.ram_1.0.0"],
        (0, 10): ["chip.core0.stage10.ram_0.0.0", "chip.core0.stage10.ram_1.0.0"],
        (1, -1): ["chip.core1.x.0.0"],
    }


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["chip.link.memory.0.0"], "cores that have block RAM, and none has"),
        ([f"core0.ram_{k}" for k in range(29)], "a region has 18 block RAM, a block 29"),
    ],
)
def test_what_has_no_regions_is_refused(names: list[str], message: str) -> None:
    with pytest.raises(RegionError, match=message):
        anchor(netlist(*names), grid_of("LFE5U-12F"))


def all_memories(grid: Grid) -> dict[str, Any]:
    """A block RAM, with nothing connected, on each of a device's places."""
    places = [grid.memory(x, y) for y in grid.memory_rows for x in grid.memory_columns]
    cells = {
        f"ram{number}": {
            "type": "DP16KD",
            "attributes": {"BEL": place},
            "parameters": {},
            "port_directions": {},
            "connections": {},
        }
        for number, place in enumerate(places)
    }
    top = {"attributes": {"top": "1"}, "ports": {}, "cells": cells, "netnames": {}}
    return {"creator": "a test", "modules": {"top": top}}


@pytest.mark.parametrize("size", SIZES)
def test_nextpnr_has_all_block_ram_of_a_fabric(tmp_path: Path, size: int) -> None:
    count, option = SIZES[size]
    grid = GRIDS[size]
    assert grid.memories == count
    (tmp_path / "top.json").write_text(json.dumps(all_memories(grid)))
    words = [option, "--json", "top.json", "--write", "placed.json", "--no-route"]
    said: list[str] = []
    run(tool("nextpnr-ecp5"), words, tmp_path, said.append)
    assert any(re.search(rf"DP16KD: *{count}/ *{count} *100%", line) for line in said)
    placed = json.loads((tmp_path / "placed.json").read_text())["modules"]["top"]["cells"]
    for name, cell in all_memories(grid)["modules"]["top"]["cells"].items():
        assert placed[name]["attributes"]["NEXTPNR_BEL"] == cell["attributes"]["BEL"]


class Stage(wiring.Component):
    """Two block RAM that a counter reads, and a sum of their words."""

    sum: Out(16)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        count = Signal(10)
        m.d.sync += count.eq(count + 1)
        words = []
        for number in range(2):
            memory = Memory(shape=16, depth=1024, init=range(number, 2048, 2))
            m.submodules[f"ram_{number}"] = memory
            port = memory.read_port()
            m.d.comb += port.addr.eq(count)
            words.append(port.data)
        m.d.sync += self.sum.eq(self.sum + words[0] + words[1])
        return m


class Core(wiring.Component):
    """Three stages, and a bit of all sums."""

    lit: Out(1)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        bits = []
        for number in range(3):
            m.submodules[f"stage{number}"] = stage = Stage()
            bits.append(stage.sum.xor())
        m.d.sync += self.lit.eq(Cat(bits).xor())
        return m


class Lamp(Elaboratable):
    """The core and a light."""

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        m.submodules.core0 = core = Core()
        m.submodules.lamp = lamp = io.Buffer("o", platform.request("led", 0, dir="-"))
        m.d.comb += lamp.o.eq(core.lit)
        return m


def routed(*, with_regions: bool) -> Path:
    board = BOARDS["ulx3s-12f"]
    plan = Plan(board, board.config, *elaborate(board, Lamp()))
    options = ToolOptions(regions=with_regions)
    cells = stages.synthesise(plan, options, Silent())
    return stages.route(plan, cells, options, Silent()).folder / "routed.json"


def middles(file: Path) -> dict[int, tuple[float, float]]:
    """Where the cells of each stage lie on average."""
    places = defaultdict(list)
    for name, cell in json.loads(file.read_text())["modules"]["top"]["cells"].items():
        stage = re.search(r"core0\.stage(\d)", name)
        if stage and cell["type"] != "DP16KD":
            x, y = re.findall(r"[XY](\d+)", cell["attributes"]["NEXTPNR_BEL"])
            places[int(stage[1])].append((int(x), int(y)))
    assert {stage: len(found) > 20 for stage, found in places.items()} == dict.fromkeys(
        range(3), True
    )
    return {stage: (mean(x for x, _ in at), mean(y for _, y in at)) for stage, at in places.items()}


def test_a_small_chip_lies_in_its_regions(tmp_path: Path) -> None:
    """Its block RAM where it is fixed, its other cells around it, which they are not without."""
    file = routed(with_regions=True)
    cells = json.loads(file.read_text())["modules"]["top"]["cells"]
    found = outlines.read(file.parent)
    assert len(found) == 3
    grid = grid_of("LFE5U-12F")
    own = {
        stage: {
            grid.memory(x, region.memory_row)
            for x in grid.memory_columns
            if region.left <= x <= region.right
        }
        for stage, region in enumerate(found)
    }
    memories = {name: cell for name, cell in cells.items() if cell["type"] == "DP16KD"}
    assert len(memories) == 6
    for name, cell in memories.items():
        stage = int(re.search(r"stage(\d)", name)[1])
        assert cell["attributes"]["NEXTPNR_BEL"] in own[stage]

    def inside(file: Path) -> list[bool]:
        at = middles(file)
        return [
            region.left <= at[stage][0] <= region.right
            and region.top <= at[stage][1] <= region.bottom
            for stage, region in enumerate(found)
        ]

    assert all(inside(file))
    plain = routed(with_regions=False)
    assert outlines.read(plain.parent) == []
    assert not all(inside(plain))
    with mpl.rc_context({"svg.fonttype": "none"}):
        draw_floorplan(file, tmp_path / "plan.svg", "a chip", folded=True)
        draw_floorplan(plain, tmp_path / "plain.svg", "a chip", folded=True)
    edges = [
        (tmp_path / name).read_text().count("stroke: #000000") for name in ("plan.svg", "plain.svg")
    ]
    assert edges[0] - edges[1] == 3
