"""`docs/results.md`, from the measured results."""

from ..catalogue import BOARDS
from .results import Line

_HEAD = """# Results

Whole chips after place and route: link, controller and cores, at the speed grade that the board
ships with. No board has been at hand: these are figures of nextpnr's timing analysis, not of
hardware. `sluice results --page docs/results.md` writes this page from `boards/results.tsv`;
[boards.md](boards.md) says how lines get there. LUT4 counts a CCU2C as two. MH/s is at the clock
that the chip has, not at the one that its longest path would let it reach: what a period is longer
than that path, its margin, must be half of the PLL's period jitter, peak to peak, or more. A line
whose margin is too small says so: it was built before this was asked for. A line stays until its
board is built again, also when the sources have moved on. `make bench BOARD=…` builds a board's
lines again and says what differs; `sluice bench --renew` keeps what comes out.
"""

_COLUMNS = (
    *("board", "device", "cores", "core", "clock, reached", "jitter, margin", "LUT4", "registers"),
    *("block RAM", "MH/s", "MH/s per 1,000 LUT4", "seed", "time"),
)


_CORES = """
The cores of these chips. `N` is the folding factor: a nonce is in the same hardware in so many
slots. As many threads take turns in an engine as a slot has cycles, and each nonce is hashed with
as many headers as there are lanes. The initiation interval is the cycles from one nonce to the
next. `sluice core --stats` prints these figures of any core.

"""

_OF_CORES = ("board", "kind", "N", "threads", "engines", "lanes", "interval", "hashes a cycle")


def _core(line: Line) -> str:
    values = (*line.point.core, *line.point.chip)
    fields = " ".join(f"{name}={value}" for name, value in values)
    now = BOARDS[line.point.board].config.core
    older = "" if line.point.config().core == now else "; the board has another core by now"
    return f"{line.point.kind} {fields}".strip() + older


def _minutes(line: Line) -> int:
    return max(1, round(line.seconds / 60))


def _row(line: Line) -> str:
    counts, clock = line.counts, line.clock
    cells = (
        line.point.board,
        line.device,
        str(line.point.cores),
        _core(line),
        f"{line.asked:.2f}, {line.reached:.2f} MHz",
        f"{clock.jitter:.2f}, {clock.margin:.2f} ns{'' if clock.met else ': too small'}",
        f"{counts['lut4']:,}",
        f"{counts['ff']:,}",
        str(counts["bram"]),
        f"{line.mhs:.2f}",
        f"{line.density:.3f}",
        str(line.point.seed),
        f"{_minutes(line)} min",
    )
    return f"| {' | '.join(cells)} |\n"


def _core_row(line: Line) -> str:
    core, cores = line.point.config().core, line.point.cores
    rate = core.rate * cores
    cells = (
        line.point.board,
        line.point.kind,
        str(core.slots),
        str(core.threads or "as many as are best"),
        str(core.engines * cores),
        str(core.lanes),
        f"{float(1 / rate):.2f}",
        f"{float(rate * core.lanes):.4f}",
    )
    return f"| {' | '.join(cells)} |\n"


def _table(columns: tuple[str, ...], rows: list[str]) -> str:
    head = f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|\n"
    return head + "".join(rows)


def _detail(line: Line, *, picture: bool) -> str:
    counts, minutes = line.counts, _minutes(line)
    text = (
        f"\n## {line.point.board}: {line.mhs:.2f} MH/s\n\n"
        f"<!-- run: not in CI, {minutes} min; by make bench BOARD={line.point.board} -->\n"
        f"```sh\n{line.point.command()}\n```\n\n"
        f"{', '.join(line.tools)}. Wire length {counts['wire_length']:,}, "
        f"{counts['arcs']:,} arcs, {counts['carry']:,} bits of carry chains, "
        f"{counts['lutram']} distributed RAMs, {counts['dsp']} multipliers.\n"
    )
    if line.point.regions:
        text += "Placed in [regions](boards.md#regions).\n"
    if picture:
        text += f"\n![Floorplan of {line.point.board}](floorplans/{line.floorplan})\n"
    return text


def page(lines: list[Line], pictures: set[str]) -> str:
    """The page.

    Parameters
    ----------
    lines
        All results.
    pictures
        Floorplans that are there.
    """
    if not lines:
        return f"{_HEAD}\nNothing has been measured yet.\n"
    results = _table(_COLUMNS, [_row(line) for line in lines])
    cores = _table(_OF_CORES, [_core_row(line) for line in lines])
    details = "".join(_detail(line, picture=line.floorplan in pictures) for line in lines)
    return f"{_HEAD}\n{results}{_CORES}{cores}{details}"
