"""Place and route a netlist with Coriolis.

Input: ``cells``, the folder that :mod:`.cells` has written; ``name`` of the block; ``height``,
``step`` of the rows in µm; ``instances``: of each its name, its cell and the net of each of its
pins; ``ports``: of each its net, and whether it is an input; ``clock``, the net of the clock;
``area`` of all cells in µm², and ``fill``, the part of the rows that they are to take; ``leaf``,
how wide and high a part of the block is that has a buffer of the clock tree of its own, in µm;
``straps``, how far apart straps of the same supply are, in µm.

Written: ``NAME.gds``; ``netlist.json``: the instances that are placed, each with its cell and the
nets of its pins, and what is told of the run.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
sys.path.insert(0, given["cells"])

import techno  # noqa: E402

techno.setup()

import StdCellLib  # noqa: E402

StdCellLib.setup()

from coriolis import CRL, Cfg  # noqa: E402
from coriolis.helpers import u  # noqa: E402
from coriolis.helpers.overlay import CfgCache, UpdateSession  # noqa: E402
from coriolis.helpers.technology import setEnclosures  # noqa: E402
from coriolis.Hurricane import (  # noqa: E402
    Box,
    DataBase,
    Horizontal,
    Instance,
    Net,
    NetExternalComponents,
    Pad,
    Vertical,
)
from coriolis.plugins.block.block import Block  # noqa: E402
from coriolis.plugins.block.configuration import BlockConf, IoPin  # noqa: E402

#: Metals, from below: as the technology names them, whether wires are horizontal, pitch and width
#: of wires in µm. A wire is as wide as the pads of the cuts on it, so that they make no notches;
#: only along a wire pads are longer. ``li`` is for pins only.
METALS = (
    ("li", False, 0.51, 0.17),
    ("m1", True, 0.46, 0.29),
    ("m2", False, 0.51, 0.28),
    ("m3", True, 0.68, 0.33),
    ("m4", False, 0.92, 0.33),
)
#: What joins them, its width, and by how much the metal below and the one above extends beyond it
#: to the sides and up and down, in µm (rules ct, via, via2, via3 and those of the metals).
CUTS = (
    ("li_mcon_m1", 0.17, (0.0, 0.08), (0.03, 0.06)),
    ("m1_via_m2", 0.15, (0.085, 0.07), (0.065, 0.085)),
    ("m2_via2_m3", 0.2, (0.04, 0.085), (0.065, 0.065)),
    ("m3_via3_m4", 0.2, (0.09, 0.065), (0.065, 0.065)),
)
#: Least distances of the metals, and by how much more wires of the first one keep, in µm.
SPACES, MORE = (0.17, 0.14, 0.14, 0.3, 0.3), 0.03
#: Pins are on every second track of the second metal: inputs above, outputs below; in µm.
PIN_PITCH = 1.02
#: Places that are left free at the ends of a side.
CORNER = 4
#: A strap of the power grid, and the pads under it where it crosses a rail, which is of ``li``: how
#: wide, in µm; the
#: cuts in a pad, and how far apart their middles are.
STRAP, SPREAD = (
    0.8,
    {"mcon": (0.17, 0.38), "via": (0.15, 0.32), "via2": (0.2, 0.4), "via3": (0.2, 0.4)},
)
#: How high pads are, in µm.
PADS = {"m1": 0.66, "m2": 0.7, "m3": 0.8}
#: Where pads are on the outermost rails, in µm from the edge of the block.
EDGE = 0.24
#: How far a strap keeps from other wires, in µm, and by how many tracks it may be moved for that.
APART, REACH = 0.6, 3


def tell(text: str) -> None:
    """A line for whoever listens."""
    print(f"stage: {text}", flush=True)


def microns(value: int) -> float:
    """From Hurricane's unit."""
    return float(value / u(1.0))


def configure() -> None:
    """The routing gauge, and what the placer and the router are told."""
    framework = CRL.AllianceFramework.get()
    technology = DataBase.getDB().getTechnology()
    gauge = CRL.RoutingGauge.create("sluice")
    gauge.setSymbolic(False)
    # The router takes a jog for as narrow as the pad at its end.
    technology.getLayer("m1").setMinimalSpacing(u(SPACES[1] + MORE))
    for depth, (name, flat, pitch, width) in enumerate(METALS):
        metal = technology.getLayer(name)
        for below, above in ((depth - 1, False), (depth, True)):
            if 0 <= below < len(CUTS):
                cut, _, lower, upper = CUTS[below]
                sides = lower if above else upper
                setEnclosures(technology.getLayer(cut), metal, tuple(map(u, sides)))
        layer = CRL.RoutingLayerGauge
        cut_width = CUTS[min(depth, len(CUTS) - 1)][1]
        gauge.addLayerGauge(
            layer.create(
                metal,
                layer.Horizontal if flat else layer.Vertical,
                layer.Default if depth else layer.PinOnly,
                depth,
                0.0,
                u(0.0),
                u(pitch),
                u(width),
                u(width),
                u(cut_width),
                u(SPACES[depth]),
            )
        )
    framework.addRoutingGauge(gauge)
    framework.setRoutingGauge("sluice")
    height, step = given["height"], given["step"]
    rows = CRL.CellGauge.create("sluice", "m1", u(height / 10), u(height), u(step))
    framework.addCellGauge(rows)
    framework.setCellGauge("sluice")
    with CfgCache(priority=Cfg.Parameter.Priority.UserFile) as settings:
        settings.anabatic.routingGauge = "sluice"
        settings.anabatic.cellGauge = "sluice"
        settings.anabatic.topRoutingLayer = METALS[-1][0]
        settings.etesian.spaceMargin = 1 / given["fill"] - 1
        # What fills gaps is without transistors.
        settings.etesian.feedNames = settings.etesian.defaultFeed = "tie"
        settings.katana.hTracksReservedLocal = 4
        settings.katana.vTracksReservedLocal = 3
        settings.block.spareSide = u(given["leaf"])
        settings.spares.buffer = "buf_x4"
        settings.spares.hfnsBuffer = "buf_x4"


def read() -> Any:
    """The netlist as a cell of Coriolis."""
    framework = CRL.AllianceFramework.get()
    with UpdateSession():
        cell = framework.createCell(given["name"])
        nets: dict[str, Any] = {}

        def net(name: str) -> Any:
            if name not in nets:
                nets[name] = Net.create(cell, name)
            return nets[name]

        for name, kind in (("vdd", Net.Type.POWER), ("vss", Net.Type.GROUND)):
            net(name).setExternal(True)
            net(name).setGlobal(True)
            net(name).setType(kind)
        for name, kind, pins in given["instances"]:
            master = framework.getCell(kind, CRL.Catalog.State.Views)
            made = Instance.create(cell, name, master)
            for pin, wired in pins.items():
                made.getPlug(master.getNet(pin)).setNet(net(wired))
        for name, is_input in given["ports"]:
            net(name).setExternal(True)
            net(name).setDirection(Net.Direction.IN if is_input else Net.Direction.OUT)
        net(given["clock"]).setType(Net.Type.CLOCK)
    return cell


def size() -> tuple[float, float]:
    """Of the block, in µm: as good as a square."""
    area, step, height = given["area"] / given["fill"], given["step"], given["height"]
    columns = int(area**0.5 / step) + 1
    return columns * step, (int(area / (columns * step) / height) + 1) * height


def straps(wide: float) -> list[float]:
    """Where straps are wanted, those of both supplies by turns; in µm."""
    count = 2 * max(2, round(wide / given["straps"]))
    return [(number + 0.5) * wide / count for number in range(count)]


def places(wide: float) -> list[float]:
    """Where pins may be, in µm from the left: not where straps are."""
    found = [PIN_PITCH * k for k in range(CORNER, int(wide / PIN_PITCH) - CORNER)]
    free = REACH * METALS[-1][2] + STRAP / 2 + METALS[2][3]
    return [x for x in found if all(abs(x - strap) > free for strap in straps(wide))]


def pins(wide: float) -> list[tuple[Any, ...]]:
    """Pins of both sides, over all of the width."""
    result, free = [], places(wide)
    for way, where in ((True, IoPin.NORTH), (False, IoPin.SOUTH)):
        names = [name for name, is_input in given["ports"] if is_input == way]
        if len(free) < len(names):
            raise SystemExit(f"there are {len(free)} places for {len(names)} pins")
        for i, name in enumerate(names):
            result.append((where, name, u(free[i * len(free) // len(names)]), 0, 1))
    return result


class Straps:
    """The power grid: straps of the fourth metal that join the rails of all rows.

    Each crossing of a strap with a rail of its supply has a pad of each metal, and cuts.
    """

    def __init__(self, cell: Any, wide: float, high: float) -> None:
        self.cell, self.wide, self.high = cell, wide, round(high, 3)
        self.layers = {
            name: DataBase.getDB().getTechnology().getLayer(name)
            for name in ("m1", "m2", "m3", "m4", *SPREAD)
        }
        self.count = 0
        self.taken = [box for net in cell.getNets() for box in self._boxes(net)]

    def _boxes(self, net: Any) -> Any:
        """What the clock tree has taken of the upper metals."""
        if net.isSupply():
            return
        for component in net.getComponents():
            if component.getLayer() is None:
                continue
            for name in ("m1", "m2", "m3", "m4"):
                if component.getLayer().contains(self.layers[name]):
                    box = component.getBoundingBox()
                    yield (
                        name,
                        *map(microns, (box.getXMin(), box.getYMin(), box.getXMax(), box.getYMax())),
                    )

    def draw(self) -> None:
        """All straps."""
        with UpdateSession():
            for number, near in enumerate(straps(self.wide)):
                self._strap("vdd" if number % 2 else "vss", near)

    def _strap(self, supply: str, near: float) -> None:
        pitch = METALS[-1][2]
        first = 1 if supply == "vdd" else 0
        rows = range(first, round(self.high / given["height"]) + 1, 2)
        # Of the outermost rails only the inner half is there.
        inside = {0.0: EDGE, self.high: self.high - EDGE}
        levels = [round(row * given["height"], 3) for row in rows]
        places = [inside.get(level, level) for level in levels]
        middle = round(near / pitch)
        for away in sorted(range(-REACH, REACH + 1), key=abs):
            x = (middle + away) * pitch
            if self._free(x, places):
                break
        else:
            raise SystemExit(f"there is no room for a strap of {supply} near {near:g}")
        net, half = self.cell.getNet(supply), STRAP / 2
        ends = places[0] - half, places[-1] + half
        strap = Vertical.create(net, self.layers["m4"], u(x), u(STRAP), u(ends[0]), u(ends[1]))
        NetExternalComponents.setExternal(strap)
        for y in places:
            for name, tall in PADS.items():
                Horizontal.create(net, self.layers[name], u(y), u(tall), u(x - half), u(x + half))
            for name, (cut, apart) in SPREAD.items():
                for dx in (-apart / 2, apart / 2):
                    for dy in (0.0,) if name == "mcon" else (-apart / 2, apart / 2):
                        low, high = ((x + dx + s, y + dy + s) for s in (-cut / 2, cut / 2))
                        Pad.create(net, self.layers[name], Box(*map(u, (*low, *high))))
        self.count += 1

    def _free(self, x: float, places: list[float]) -> bool:
        half = STRAP / 2 + APART
        if not half < x < self.wide - half:
            return False
        for name, left, low, right, top in self.taken:
            if right < x - half or left > x + half:
                continue
            if name == "m4" or any(low < y + half and top > y - half for y in places):
                return False
        return True


class Engine(Block):
    """A block with a power grid, which is drawn before it is routed."""

    def route(self) -> Any:
        """Draw the grid, then route."""
        box = self.conf.cell.getAbutmentBox()
        self.grid = Straps(self.conf.cell, microns(box.getWidth()), microns(box.getHeight()))
        self.grid.draw()
        tell("routing")
        return super().route()

    def place(self) -> Any:
        """Place."""
        tell("placing")
        return super().place()


def main() -> None:
    """All of it."""
    tell("reading the netlist")
    configure()
    cell = read()
    wide, high = size()
    block = BlockConf(cell, ioPins=pins(wide), ioPads=[])
    block.fixedWidth, block.fixedHeight = u(wide), u(high)
    block.useHTree(given["clock"])
    engine = Engine(block)
    routed = bool(engine.doPnR())
    box = cell.getAbutmentBox()
    instances = [
        (
            instance.getName(),
            instance.getMasterCell().getName(),
            {
                plug.getMasterNet().getName(): plug.getNet().getName()
                for plug in instance.getPlugs()
                if plug.getNet() and not plug.getMasterNet().isSupply()
            },
        )
        for instance in cell.getInstances()
    ]
    result = {
        "routed": routed,
        "straps": engine.grid.count,
        "width": microns(box.getWidth()),
        "height": microns(box.getHeight()),
        "instances": instances,
    }
    tell("writing")
    engine.save()
    (found,) = Path().glob("*_r.gds")
    found.rename(f"{given['name']}.gds")
    Path("netlist.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # Coriolis takes its data base down in an order of its own.
    os._exit(0)
