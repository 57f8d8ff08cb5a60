"""The power grid of a block: straps that join the rails of its rows.

Part of the program :mod:`.place`.
"""

from typing import Any

from coriolis.helpers import u
from coriolis.helpers.overlay import UpdateSession
from coriolis.Hurricane import Box, DataBase, Horizontal, NetExternalComponents, Pad, Vertical

from .settings import METALS

#: A strap of the power grid, and the pads under it where it crosses a rail, which is of ``li``: how
#: wide, in µm; the cuts in a pad, and how far apart their middles are.
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


def microns(value: int) -> float:
    """From Hurricane's unit."""
    return float(value / u(1.0))


def straps(wide: float, apart: float) -> list[float]:
    """Where straps are wanted, those of both supplies by turns, so far `apart` of each; in µm."""
    count = 2 * max(2, round(wide / apart))
    return [(number + 0.5) * wide / count for number in range(count)]


class Straps:
    """The power grid: straps of the fourth metal that join the rails of all rows.

    Each crossing of a strap with a rail of its supply has a pad of each metal, and cuts.
    """

    def __init__(self, cell: Any, given: dict[str, Any]) -> None:
        box = cell.getAbutmentBox()
        self.cell, self.given = cell, given
        self.wide, self.high = microns(box.getWidth()), round(microns(box.getHeight()), 3)
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
            for number, near in enumerate(straps(self.wide, self.given["straps"])):
                self._strap("vdd" if number % 2 else "vss", near)

    def _strap(self, supply: str, near: float) -> None:
        pitch = METALS[-1][2]
        first = 1 if supply == "vdd" else 0
        rows = range(first, round(self.high / self.given["height"]) + 1, 2)
        # Of the outermost rails only the inner half is there.
        inside = {0.0: EDGE, self.high: self.high - EDGE}
        levels = [round(row * self.given["height"], 3) for row in rows]
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
