"""A point of a sweep: everything that decides about one build."""

import dataclasses
import json
import shlex
from dataclasses import asdict, dataclass
from typing import Any

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import ConfigError
from sluice.rtl.options import fields
from sluice.rtl.target import TECHNOLOGIES

from ..board import Board
from ..catalogue import BOARDS
from ..cores import KINDS, changes, chip_changes, chip_fields, kind_of
from ..flow.options import ToolOptions


def make_core(default: Any, technology: str, kind: str | None, values: dict[str, Any]) -> Any:
    """A core: the usual one with other values, or one of another kind.

    Parameters
    ----------
    default
        The usual one.
    technology
        What one of another kind is built of, such as a family of devices; `generic` if no
        technology has this name.
    kind, values
        Of which kind, and what is not as usual.

    Raises
    ------
    ConfigError
        There is no such kind or field, or a value is out of its range.
    """
    name = kind or kind_of(default)
    if name not in KINDS:
        raise ConfigError(f"core must be one of {', '.join(KINDS)}, not {name!r}")
    known = {field.name for field in fields(KINDS[name])}
    for field in values:
        if field not in known:
            raise ConfigError(f"{field} is no parameter of the core {name!r}")
    if name == kind_of(default):
        return dataclasses.replace(default, **values)
    if "technology" in known and technology in TECHNOLOGIES:
        values = {"technology": technology, **values}
    return KINDS[name](**values)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One build.

    Parameters
    ----------
    board
        Its name.
    kind, core
        Kind of core, and its fields that are not as usual, by name.
    chip
        Fields of the chip that are not as usual.
    cores
        How many.
    mhz
        Clock of the cores that is wanted; without one it is the fastest that holds.
    seed, synth, route, regions
        See :class:`~sluice.boards.flow.options.ToolOptions`.
    """

    board: str
    kind: str
    core: tuple[tuple[str, Any], ...]
    chip: tuple[tuple[str, Any], ...] = ()
    cores: int
    mhz: float | None = None
    seed: int = 1
    synth: str = ""
    route: str = ""
    regions: bool = False

    @classmethod
    def of(cls, board: Board, config: ChipConfig, options: ToolOptions) -> "Point":
        """The point of a configuration, which has the board's link clock and model.

        Its clock is the fastest that holds.
        """
        return cls(
            board=board.name,
            kind=kind_of(config.core),
            core=tuple(sorted(changes(config.core).items())),
            chip=tuple(sorted(chip_changes(config).items())),
            cores=config.cores,
            seed=options.seed,
            synth=options.synth,
            route=options.route,
            regions=options.regions,
        )

    @property
    def key(self) -> str:
        """What tells it from others."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_key(cls, key: str) -> "Point":
        """The point of a key."""
        values = json.loads(key)
        for field in ("core", "chip"):
            values[field] = tuple((name, value) for name, value in values[field])
        return cls(**values)

    @property
    def wanted(self) -> float | None:
        """The clock that is wanted, in hertz."""
        return None if self.mhz is None else self.mhz * 1e6

    def config(self) -> ChipConfig:
        """The chip.

        Raises
        ------
        ConfigError
            A value is out of its range.
        """
        board = BOARDS[self.board]
        core = KINDS[self.kind](**dict(self.core))
        chip = {field.name: getattr(ChipConfig, field.name) for field in chip_fields()}
        return dataclasses.replace(
            board.config,
            core=core,
            cores=self.cores,
            hash_clock=self.wanted or board.config.hash_clock,
            **(chip | dict(self.chip)),
        )

    def options(self) -> ToolOptions:
        """The options of the tools."""
        return ToolOptions(seed=self.seed, synth=self.synth, route=self.route, regions=self.regions)

    def command(self) -> str:
        """What a person types to build it: what is not the board's own."""
        words = ["sluice", "build", "--board", self.board, "--core", self.kind]
        board, config = BOARDS[self.board], self.config()
        usual = make_core(board.config.core, board.family.name, self.kind, {})
        core = {
            field.name: getattr(config.core, field.name)
            for field in fields(type(usual))
            if getattr(config.core, field.name) != getattr(usual, field.name)
        }
        chip = {
            field.name: getattr(config, field.name)
            for field in chip_fields()
            if getattr(config, field.name) != getattr(board.config, field.name)
        }
        for name, value in (core | chip).items():
            option = name.replace("_", "-")
            if isinstance(value, bool):
                words.append(f"--{option}" if value else f"--no-{option}")
            else:
                words += [f"--{option}", str(value)]
        words += ["--cores", str(self.cores)]
        words += [] if self.mhz is None else ["--freq", f"{self.mhz:g}"]
        words += ["--seed", str(self.seed)]
        for name, own in (("synth", ""), ("route", board.route)):
            if (text := getattr(self, name)) != own:
                words += [f"--{name}={text}"]
        if self.regions != board.regions:
            words.append("--regions" if self.regions else "--no-regions")
        return shlex.join(words)
