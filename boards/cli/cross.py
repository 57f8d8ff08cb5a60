"""The cross products of a sweep: of boards and builds, and of cores in cells."""

import dataclasses
import itertools
from typing import Any

import click

from sluice.rtl.config import ChipConfig
from sluice.rtl.options import Field, fields
from sluice.rtl.target import by_name
from sluice.rtl.target.asic import ASIC

from ..asic.ladder import folded, pipelines
from ..asic.levers import CELL_KINDS
from ..board import Board
from ..cores import KINDS, chip_fields, kind_of
from ..flow.options import ToolOptions
from ..sweep.cell_point import USUAL, CellPoint
from ..sweep.point import Point, make_core

#: What `--with` may name besides fields of a core.
_CLOCK_GATES = Field("clock_gates", bool, "", False)
Settings = tuple[tuple[str, tuple[str, ...]], ...]
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


def _parse(field: Field, text: str) -> Any:
    try:
        return _TRUTH[text] if field.type is bool else field.type(text)
    except (ValueError, KeyError) as error:
        message = f"{field.name} must be {field.type.__name__}, not {text!r}"
        raise click.UsageError(message) from error


def _changed(board: Board, kind: str | None, words: dict[str, str]) -> ChipConfig:
    """A board's chip with other values of fields: those of the chip, and those of the core."""
    own = {field.name: field for field in chip_fields()}
    named = kind or kind_of(board.config.core)
    known = {field.name: field for field in fields(KINDS[named])}
    chip: dict[str, Any] = {}
    core: dict[str, Any] = {}
    for name, text in words.items():
        if name in own:
            chip[name] = _parse(own[name], text)
        elif name in known:
            core[name] = _parse(known[name], text)
        else:
            raise click.UsageError(f"{name} is no parameter of a chip or of the core {named!r}")
    made = make_core(board.config.core, board.family.name, kind, core)
    return dataclasses.replace(board.config, core=made, **chip)


def board_points(
    boards: tuple[Board, ...],
    kinds: tuple[str, ...],
    settings: Settings,
    cores: tuple[float, ...] | None,
    seeds: tuple[float, ...] | None,
    synths: tuple[str, ...],
    routes: tuple[str, ...],
    regions: bool | None,
) -> list[Point]:
    """Builds of boards.

    Raises
    ------
    ValueError
        A value is out of its range.
    """
    found: dict[str, Point] = {}
    names = [name for name, _ in settings]
    for board, kind in itertools.product(boards, kinds or (None,)):
        for words in itertools.product(*(values for _, values in settings)):
            base = _changed(board, kind, dict(zip(names, words, strict=True)))
            for count, seed, synth, route in itertools.product(
                cores or (board.config.cores,),
                seeds or (board.seed,),
                synths or ("",),
                routes or (board.route,),
            ):
                config = dataclasses.replace(base, cores=int(count))
                wanted = board.regions if regions is None else regions
                options = ToolOptions(seed=int(seed), synth=synth, route=route, regions=wanted)
                point = Point.of(board, config, options)
                found[point.key] = point
    return list(found.values())


def cell_points(
    liberties: tuple[str, ...],
    kinds: tuple[str, ...],
    settings: Settings,
    **measured: Any,
) -> list[CellPoint]:
    """Cores in cells; `measured` are fields that all points share.

    Raises
    ------
    ValueError
        A value is out of its range.
    """
    found: dict[str, CellPoint] = {}
    names = [name for name, _ in settings]
    for liberty, kind in itertools.product(liberties, kinds or ("pipeline",)):
        known = {field.name: field for field in fields(CELL_KINDS[kind])}
        known[_CLOCK_GATES.name] = _CLOCK_GATES
        for words in itertools.product(*(values for _, values in settings)):
            for name in names:
                if name not in known:
                    raise click.UsageError(f"{name} is no parameter of the core {kind!r} in cells")
            given = zip(names, words, strict=True)
            values: dict[str, Any] = USUAL | {
                name: _parse(known[name], text) for name, text in given
            }
            gates = values.pop(_CLOCK_GATES.name, False)
            technology = values["technology"]
            config = CELL_KINDS[kind](**values)
            if not isinstance(by_name(technology), ASIC):
                raise click.UsageError(f"technology must be one of cells, not {technology!r}")
            point = CellPoint.of(config, liberty=liberty, clock_gates=gates, **measured)
            found[point.key] = point
    return list(found.values())


def lever_points(liberties: tuple[str, ...], **measured: Any) -> list[CellPoint]:
    """The rows of docs/levers.md in some cells."""
    return [
        CellPoint.of(rung.config, liberty=liberty, clock_gates=rung.clock_gates, **measured)
        for liberty in liberties
        for rung in (*pipelines(), *folded())
    ]
