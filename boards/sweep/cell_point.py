"""A point of a sweep that is a core in standard cells."""

import dataclasses
import json
import shlex
from dataclasses import asdict, dataclass
from typing import Any

from sluice.rtl.core import CoreConfig
from sluice.rtl.options import fields

from ..asic.figures import CellFigures
from ..asic.flow import build
from ..asic.levers import CELL_KINDS
from ..asic.named import liberty_path
from ..cores import changes
from ..flow.progress import Silent

#: What a core in cells is made of if nothing else is said; block RAM is none of cells.
USUAL: dict[str, Any] = {"technology": "asic", "ram_from": 0}


@dataclass(frozen=True, kw_only=True)
class CellPoint:
    """One core, and how it is measured.

    Parameters
    ----------
    liberty
        The cells: a name, or a file.
    kind, core
        Kind of core, and its fields that are not as usual, by name.
    clock_gates
        Whether registers with an enable get their clock through a clock gate.
    wire : fF
        Of wire for each input of a cell.
    hashes, headers
        How many hashes of each header are measured, and how many headers.
    """

    liberty: str
    kind: str
    core: tuple[tuple[str, Any], ...] = ()
    clock_gates: bool = False
    wire: float = 5.0
    hashes: int = 32
    headers: int = 4

    @classmethod
    def of(cls, config: CoreConfig, **more: Any) -> "CellPoint":
        """The point of a configuration; `more` are the other fields."""
        kind = next(name for name, kind in CELL_KINDS.items() if type(config) is kind)
        return cls(kind=kind, core=tuple(sorted(changes(config).items())), **more)

    @property
    def key(self) -> str:
        """What tells it from others."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_key(cls, key: str) -> "CellPoint":
        """The point of a key."""
        values = json.loads(key)
        values["core"] = tuple((name, value) for name, value in values["core"])
        return cls(**values)

    def config(self) -> CoreConfig:
        """The core.

        Raises
        ------
        ConfigError
            A value is out of its range.
        """
        made: CoreConfig = CELL_KINDS[self.kind](**dict(self.core))
        return made

    def measure(self) -> CellFigures:
        """Map, time and simulate it, or find what has been done before.

        Headers are simulated one after the other: other points are measured beside it.

        Raises
        ------
        AsicError
            The library lacks something, or the netlist does not hash.
        """
        result = build(
            self.config(),
            liberty_path(self.liberty),
            self.wire,
            Silent(),
            hashes=self.hashes,
            seeds=self.headers,
            clock_gates=self.clock_gates,
            together=1,
        )
        return CellFigures.of(result)

    def options(self) -> list[str]:
        """What is not as usual, as options of `sluice asic`; or as settings where it has none."""
        config, kind = self.config(), CELL_KINDS[self.kind]
        usual = kind(**USUAL)
        words = []
        for field in fields(kind):
            value = getattr(config, field.name)
            if value == getattr(usual, field.name):
                continue
            option = field.name.replace("_", "-")
            if not self.has_command:
                words.append(f"--with {field.name}={str(value).lower()}")
            elif field.type is bool:
                words.append(f"--{option}" if value else f"--no-{option}")
            else:
                words.append(f"--{option} {value}")
        return words + ["--clock-gates"] * self.clock_gates

    @property
    def has_command(self) -> bool:
        """Whether `sluice asic` can make it: one with optimisations switched off is swept only."""
        return self.kind != "levers"

    @property
    def title(self) -> str:
        """What tells it from others, short."""
        return " ".join([self.kind, *(option.removeprefix("--") for option in self.options())])

    def command(self) -> str:
        """What a person types to measure it."""
        verb = "asic" if self.has_command else "sweep"
        words = ["sluice", verb, "--liberty", self.liberty, "--core", self.kind]
        words += [word for option in self.options() for word in option.split(" ")]
        for field in dataclasses.fields(self):
            if field.name in ("wire", "hashes", "headers"):
                value = getattr(self, field.name)
                words += [] if value == field.default else [f"--{field.name}", f"{value:g}"]
        return shlex.join(words)
