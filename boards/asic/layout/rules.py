"""Layers of sky130, and the rules that a layout has to keep.

Names and values are those of the foundry's periphery rules (google/skywater-pdk, the tables of
docs/rules/periphery), for logic of 1.8 V. They are a part of all rules: what is not here is said
in docs/layout.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

#: Layer and data type of GDS (google/skywater-pdk, docs/rules/gds_layers.csv).
LAYERS: dict[str, tuple[int, int]] = {
    "nwell": (64, 20), "diff": (65, 20), "poly": (66, 20), "licon": (66, 44), "npc": (95, 20),
    "nsdm": (93, 44), "psdm": (94, 20), "li1": (67, 20), "mcon": (67, 44), "met1": (68, 20),
    "via": (68, 44), "met2": (69, 20), "via2": (69, 44), "met3": (70, 20), "via3": (70, 44),
    "met4": (71, 20),
}  # fmt: skip
#: Layers that wires are made of, from below, and what joins each to the next one.
WIRES = ("li1", "met1", "met2", "met3", "met4")
CUTS = ("mcon", "via", "via2", "via3")
#: All coordinates are multiples of it, in nm (rule x.1).
GRID = 5


class Check(Enum):
    """What a rule is about."""

    WIDTH = "width"
    SPACE = "space"
    AREA = "area"
    HOLE = "area of a hole"
    SIZE = "size"
    ENCLOSURE = "enclosure"
    ONE_OF_TWO = "enclosure on one of two adjacent sides"
    DISTANCE = "distance"
    PARALLEL = "distance of parallel edges"
    BEYOND = "extension beyond the other"
    CHANNEL = "width of a transistor"
    IMPLANT = "enclosure but for butting edges"


@dataclass(frozen=True)
class Rule:
    """A rule.

    Members
    -------
    name
        As the foundry has it.
    check
        What is to be.
    layers
        One, or two: what is enclosed and by what; what keeps its distance from what; what extends
        beyond what. Besides :data:`LAYERS` there are some that follow from them, see
        :func:`.jobs.shapes.regions`.
    least
        In µm or µm²; of a size, what it is exactly.
    """

    name: str
    check: Check
    layers: Sequence[str]
    least: float

    @property
    def text(self) -> str:
        """For people."""
        return f"{self.name}: {self.check.value} of {' and '.join(self.layers)}, {self.least:g}"


def _metal(name: str, layer: str, least: float, area: float, hole: float = 0.0) -> list[Rule]:
    wide = [Rule(f"{name}.1", Check.WIDTH, (layer,), least)]
    wide.append(Rule(f"{name}.2", Check.SPACE, (layer,), least))
    wide.append(Rule(f"{name}.4a" if name == "m4" else f"{name}.6", Check.AREA, (layer,), area))
    return wide + ([Rule(f"{name}.7", Check.HOLE, (layer,), hole)] if hole else [])


RULES: list[Rule] = [
    Rule("nwell.1", Check.WIDTH, ("nwell",), 0.84),
    Rule("nwell.2a", Check.SPACE, ("nwell",), 1.27),
    Rule("difftap.1", Check.WIDTH, ("diff",), 0.15),
    Rule("difftap.2", Check.CHANNEL, ("gate",), 0.42),
    Rule("difftap.3", Check.SPACE, ("diff",), 0.27),
    Rule("difftap.8", Check.ENCLOSURE, ("p_diff", "nwell"), 0.18),
    Rule("difftap.9", Check.DISTANCE, ("n_diff", "nwell"), 0.34),
    Rule("difftap.10", Check.ENCLOSURE, ("n_tap", "nwell"), 0.18),
    Rule("difftap.11", Check.DISTANCE, ("p_tap", "nwell"), 0.13),
    Rule("poly.1a", Check.WIDTH, ("poly",), 0.15),
    Rule("poly.2", Check.SPACE, ("poly",), 0.21),
    Rule("poly.4", Check.PARALLEL, ("poly", "diff"), 0.075),
    Rule("poly.7", Check.BEYOND, ("diff", "poly"), 0.25),
    Rule("poly.8", Check.BEYOND, ("poly", "diff"), 0.13),
    Rule("nsd.1", Check.WIDTH, ("nsdm",), 0.38),
    Rule("nsd.2", Check.SPACE, ("nsdm",), 0.38),
    Rule("nsd.5", Check.IMPLANT, ("n_all", "nsdm"), 0.125),
    Rule("nsd.10a", Check.AREA, ("nsdm",), 0.265),
    Rule("psd.1", Check.WIDTH, ("psdm",), 0.38),
    Rule("psd.2", Check.SPACE, ("psdm",), 0.38),
    Rule("psd.5", Check.IMPLANT, ("p_all", "psdm"), 0.125),
    Rule("psd.10b", Check.AREA, ("psdm",), 0.255),
    Rule("npc.1", Check.WIDTH, ("npc",), 0.27),
    Rule("npc.2", Check.SPACE, ("npc",), 0.27),
    Rule("npc.4", Check.DISTANCE, ("npc", "gate"), 0.09),
    Rule("licon.1", Check.SIZE, ("licon",), 0.17),
    Rule("licon.2", Check.SPACE, ("licon",), 0.17),
    Rule("licon.5a", Check.ENCLOSURE, ("diff_licon", "diff"), 0.04),
    Rule("licon.5c", Check.ONE_OF_TWO, ("diff_licon", "diff"), 0.06),
    Rule("licon.8", Check.ENCLOSURE, ("poly_licon", "poly"), 0.05),
    Rule("licon.8a", Check.ONE_OF_TWO, ("poly_licon", "poly"), 0.08),
    Rule("licon.9", Check.DISTANCE, ("poly_licon", "psdm"), 0.11),
    Rule("licon.11", Check.DISTANCE, ("diff_licon", "gate"), 0.055),
    Rule("licon.13", Check.DISTANCE, ("diff_licon", "npc"), 0.09),
    Rule("licon.14", Check.DISTANCE, ("poly_licon", "diff"), 0.19),
    Rule("licon.15", Check.ENCLOSURE, ("poly_licon", "npc"), 0.1),
    Rule("li.1", Check.WIDTH, ("li1",), 0.17),
    Rule("li.3", Check.SPACE, ("li1",), 0.17),
    Rule("li.5", Check.ONE_OF_TWO, ("licon", "li1"), 0.08),
    Rule("li.6", Check.AREA, ("li1",), 0.0561),
    Rule("ct.1", Check.SIZE, ("mcon",), 0.17),
    Rule("ct.2", Check.SPACE, ("mcon",), 0.19),
    Rule("ct.4", Check.ENCLOSURE, ("mcon", "li1"), 0.0),
    *_metal("m1", "met1", 0.14, 0.083, 0.14),
    Rule("m1.4", Check.ENCLOSURE, ("mcon", "met1"), 0.03),
    Rule("m1.5", Check.ONE_OF_TWO, ("mcon", "met1"), 0.06),
    Rule("via.1a", Check.SIZE, ("via",), 0.15),
    Rule("via.2", Check.SPACE, ("via",), 0.17),
    Rule("via.4a", Check.ENCLOSURE, ("via", "met1"), 0.055),
    Rule("via.5a", Check.ONE_OF_TWO, ("via", "met1"), 0.085),
    *_metal("m2", "met2", 0.14, 0.0676, 0.14),
    Rule("m2.4", Check.ENCLOSURE, ("via", "met2"), 0.055),
    Rule("m2.5", Check.ONE_OF_TWO, ("via", "met2"), 0.085),
    Rule("via2.1a", Check.SIZE, ("via2",), 0.2),
    Rule("via2.2", Check.SPACE, ("via2",), 0.2),
    Rule("via2.4", Check.ENCLOSURE, ("via2", "met2"), 0.04),
    Rule("via2.5", Check.ONE_OF_TWO, ("via2", "met2"), 0.085),
    *_metal("m3", "met3", 0.3, 0.24),
    Rule("m3.4", Check.ENCLOSURE, ("via2", "met3"), 0.065),
    Rule("via3.1", Check.SIZE, ("via3",), 0.2),
    Rule("via3.2", Check.SPACE, ("via3",), 0.2),
    Rule("via3.4", Check.ENCLOSURE, ("via3", "met3"), 0.06),
    Rule("via3.5", Check.ONE_OF_TWO, ("via3", "met3"), 0.09),
    *_metal("m4", "met4", 0.3, 0.24),
    Rule("m4.3", Check.ENCLOSURE, ("via3", "met4"), 0.065),
]


def value(name: str) -> float:
    """The value of a rule."""
    return next(rule.least for rule in RULES if rule.name == name)
