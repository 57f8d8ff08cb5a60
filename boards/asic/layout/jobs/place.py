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

# These come behind the technology, which is set up above with what `given` names.
from coriolis import CRL  # noqa: E402
from coriolis.helpers import u  # noqa: E402
from coriolis.helpers.overlay import UpdateSession  # noqa: E402
from coriolis.Hurricane import Instance, Net  # noqa: E402
from coriolis.plugins.block.block import Block  # noqa: E402
from coriolis.plugins.block.configuration import BlockConf, IoPin  # noqa: E402

from .settings import METALS, configure  # noqa: E402
from .straps import REACH, STRAP, Straps, microns, straps  # noqa: E402

#: Pins are on every second track of the second metal: inputs above, outputs below; in µm.
PIN_PITCH = 1.02
#: Places that are left free at the ends of a side.
CORNER = 4


def tell(text: str) -> None:
    """A line for whoever listens."""
    print(f"stage: {text}", flush=True)


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


def places(wide: float) -> list[float]:
    """Where pins may be, in µm from the left: not where straps are."""
    found = [PIN_PITCH * k for k in range(CORNER, int(wide / PIN_PITCH) - CORNER)]
    free = REACH * METALS[-1][2] + STRAP / 2 + METALS[2][3]
    return [
        x for x in found if all(abs(x - strap) > free for strap in straps(wide, given["straps"]))
    ]


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


class Engine(Block):
    """A block with a power grid, which is drawn before it is routed."""

    def route(self) -> Any:
        """Draw the grid, then route."""
        self.grid = Straps(self.conf.cell, given)
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
    configure(given)
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
