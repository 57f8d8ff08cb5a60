"""`sluice boards`: what there is."""

import json
from typing import Any

import click

from ..board import Board
from ..catalogue import BOARDS
from ..cores import describe
from ..flow.clocking import jitter
from ..flow.plan import with_pll
from ..sweep.results import Line, best, of_devices, read

#: What stands below the table.
_NOTE = (
    "MH/s: by nextpnr's timing analysis, of a build that docs/results.md has; no board has been at "
    "hand. A star: of another board with this device and speed grade."
)

_MHZ = 1e6


def _clock(board: Board) -> dict[str, Any]:
    """The PLL as the board's clock sets it, and what its data sheet allows; frequencies in MHz."""
    _, setting = with_pll(board, board.config)
    limits = board.family.limits(board.device)
    ranges = {
        name: [value / _MHZ for value in getattr(limits, name)]
        for name in ("source", "feedback", "detector", "oscillator", "output")
    }
    return {
        "mhz": setting.frequency / _MHZ,
        "source": setting.source / _MHZ,
        "detector": setting.detector / _MHZ,
        "oscillator": setting.oscillator / _MHZ,
        "jitter_ns": jitter(board, setting),
        "table": limits.table,
        "limits": ranges,
        "beyond": setting.beyond(limits),
    }


def _result(line: Line) -> dict[str, Any]:
    clock = line.clock
    return {
        "mhs": line.mhs,
        "mhz": line.asked,
        "reached_mhz": line.reached,
        "margin_ns": clock.margin,
        "jitter_ns": clock.jitter,
        "holds": clock.met,
    }


def _row(board: Board, line: Line | None, same: Line | None) -> dict[str, Any]:
    config = board.config
    cores = f"{config.cores} x " if config.cores > 1 else ""
    return {
        "board": board.name,
        "title": board.title,
        "device": board.device,
        "core": f"{cores}{describe(config.core)}",
        "clock": _clock(board),
        "result": None if line is None else _result(line),
        "same_device": None
        if same is None or line is not None
        else {"board": same.point.board, **_result(same)},
        "serial": board.serial_note,
        "next": board.next_note,
        "reset": _reset(board),
        "program": " ".join(board.program),
    }


def _reset(board: Board) -> str:
    """What resets it."""
    line = f"{board.pulled.upper()} of the serial port, when it is set" if board.pulled else ""
    button = "button" if board.button else ""
    return "; ".join(filter(None, (board.reset_note, line, button))) or "nothing but power"


def _short(rows: list[dict[str, Any]]) -> list[str]:
    """A line a board, as wide as the longest names."""
    head = ("board", "device", "MHz", "MH/s", "what it is")
    cells = [head]
    for row in rows:
        mhs = f"{row['result']['mhs']:.2f}" if row["result"] else "-"
        if row["same_device"]:
            mhs = f"{row['same_device']['mhs']:.2f}*"
        cells.append((row["board"], row["device"], f"{row['clock']['mhz']:.2f}", mhs, row["title"]))
    first, second, third, fourth = (max(len(line[n]) for line in cells) for n in range(4))
    return [
        f"{name:{first}}  {device:{second}}  {mhz:>{third}}  {mhs:>{fourth}}  {title}"
        for name, device, mhz, mhs, title in cells
    ]


def _span(limits: list[float]) -> str:
    return f"{limits[0]:g} to {limits[1]:g}"


def _long(row: dict[str, Any]) -> list[str]:
    """A paragraph of a board."""
    clock, result = row["clock"], row["result"]
    limits = clock["limits"]
    parts = {
        "device": row["device"],
        "core": row["core"],
        "clock": f"{clock['mhz']:.2f} MHz, from {clock['source']:g} MHz "
        f"({_span(limits['source'])}; output {_span(limits['output'])})",
        "detector": f"{clock['detector']:g} MHz ({_span(limits['detector'])})",
        "oscillator": f"{clock['oscillator']:g} MHz ({_span(limits['oscillator'])})",
        "jitter": f"{clock['jitter_ns']:.3f} ns of the period, peak to peak",
        "limits": f"{clock['table']}: {'; '.join(clock['beyond']) or 'all kept'}",
        "built": "not yet",
    }
    if other := row["same_device"]:
        parts["built"] += (
            f"; {other['board']} has the same device: {other['mhs']:.2f} MH/s at "
            f"{other['mhz']:.2f} MHz"
        )
    if result:
        held = "" if result["holds"] else ": too small, build it again"
        parts["built"] = (
            f"{result['mhs']:.2f} MH/s at {result['mhz']:.2f} MHz of {result['reached_mhz']:.2f}"
        )
        parts["margin"] = (
            f"{result['margin_ns']:.3f} ns, of which the jitter takes "
            f"{result['jitter_ns'] / 2:.3f}{held}"
        )
    parts |= {name: row[name] for name in ("serial", "next", "reset", "program")}
    return [
        f"{row['board']}: {row['title']}",
        *(f"  {name:11} {text}" for name, text in parts.items()),
    ]


@click.command()
@click.option("--long", is_flag=True, help="All about each: clock, PLL, margin, core, ports.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array, with all of that.")
def boards(long: bool, as_json: bool) -> None:
    """List the boards: device, clock of the cores, and the rate of the chip that they get."""
    known = best(read())
    devices = of_devices(read())
    rows = [
        _row(board, known.get(board.name), devices.get(board.device)) for board in BOARDS.values()
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    lines = [text for row in rows for text in (*_long(row), "")] if long else _short(rows)
    click.echo("\n".join(lines))
    click.echo(_NOTE, err=True)
