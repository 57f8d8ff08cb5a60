"""What Coriolis is told of the technology's wires, and of how it places and routes.

Part of the program :mod:`.place`, once its cells have told Coriolis the technology.
"""

from typing import Any

from coriolis import CRL, Cfg
from coriolis.helpers import u
from coriolis.helpers.overlay import CfgCache
from coriolis.helpers.technology import setEnclosures
from coriolis.Hurricane import DataBase

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


def configure(given: dict[str, Any]) -> None:
    """The routing gauge, and what the placer and the router are told of the `given` block."""
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
