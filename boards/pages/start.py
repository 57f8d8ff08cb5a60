"""`docs/start.md`: from the box to the first share."""

from collections.abc import Iterable
from pathlib import Path

from sluice.rtl.protocol.models import model

from ..board import Board
from ..catalogue import BOARDS
from ..cli.program import PROVIDERS
from ..sweep.results import Line
from .rates import BLOCK, HASHES, Rate, difficulty, duration, rates
from .wiring import alike

#: Difficulties of shares whose times are told: the least that BM13xx report, and usual ones.
DIFFICULTIES = (1, 16, 512)

#: Results as hard as ESP-Miner asks BM1370 for, and the unit of the chips' counters.
TICKET, COUNTER = 256, 1 << 32

#: The page without what is made.
_TEXT = Path(__file__).with_suffix(".md")

#: What a chip of a miner does, hashes a second: a BM1370 at the clock that ESP-Miner gives it.
_MINER = model("bm1370").cores * model("bm1370").small_cores * 525e6


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [f"| {' | '.join(cells)} |" for cells in (names, *rows)]
    return "\n".join([lines[0], "|---" * len(names) + "|", *lines[1:]])


def _besides(board: Board) -> str:
    """What is to be bought with it."""
    parts = ["USB cable"]
    if not board.usb:
        parts.append("USB serial adapter with 3.3 V levels, three wires")
    if "--cable" in board.program and not board.usb:
        parts.append("JTAG adapter")
    return "; ".join(parts)


def _buy(found: list[Rate]) -> str:
    rows = []
    for rate in found:
        board, line = rate.board, rate.line
        minutes = duration(max(60.0, line.seconds)) if line is not None else "-"
        rows.append(
            (f"`{board.name}`", board.title, board.device, rate.text, minutes, _besides(board))
        )
    return _table(("board", "what it is", "device", "MH/s", "time to build", "to buy"), rows)


def _wire() -> str:
    parts = []
    for name, boards in alike().items():
        board = boards[0]
        names = ", ".join(f"`{one.name}`" for one in boards)
        notes = [f"Serial port: {board.serial_note}."]
        if board.headers_note:
            notes.append(f"{board.headers_note[0].upper()}{board.headers_note[1:]}.")
        if board.program_note:
            notes.append(f"Before programming: {board.program_note}.")
        picture = f"![Pins of {name}](wiring/{name}.svg)"
        parts.append(f"### {names}\n\n{' '.join(notes)}\n\n{picture}")
    return "\n\n".join(parts)


def _programmers() -> str:
    used: dict[str, list[str]] = {}
    for board in BOARDS.values():
        used.setdefault(board.program[0], []).append(f"`{board.name}`")
    rows = [(f"`{name}`", PROVIDERS[name], ", ".join(names)) for name, names in used.items()]
    return _table(("programmer", "where it is from", "boards"), rows)


def _ports() -> str:
    found: dict[str, list[str]] = {}
    for board in BOARDS.values():
        where = board.usb or "the adapter"
        found.setdefault(board.port, []).append(f"`{board.name}` ({where})")
    rows = [(f"`{port}`", "; ".join(names)) for port, names in sorted(found.items())]
    return _table(("port, if there is no other", "boards"), rows)


def _times(found: list[Rate], columns: dict[str, float]) -> str:
    """How long so many hashes take, by the columns' names."""
    rows = [
        (f"`{rate.board.name}`", rate.text, *map(rate.time, columns.values()))
        for rate in found
        if rate.line is not None
    ]
    return _table(("board", "MH/s", *columns), rows)


def start(lines: Iterable[Line]) -> str:
    """The page."""
    found, (height, date, bits) = rates(lines), BLOCK
    hard = difficulty(bits)
    fastest = max(rate.line.mhs * 1e6 for rate in found if rate.line is not None)
    shares = {f"share of {one}": one * HASHES for one in DIFFICULTIES}
    made = {
        "times": f"{float(f'{_MINER / fastest:.1g}'):,.0f}",
        "buy": _buy(found),
        "wire": _wire(),
        "programmers": _programmers(),
        "ports": _ports(),
        "height": f"{height:,}",
        "date": date,
        "difficulty": f"{hard:,.0f}",
        "expect": _times(found, {**shares, "block": hard * HASHES}),
        "ticket": str(TICKET),
        "units": _times(found, {f"result of {TICKET}": TICKET * HASHES, "2^32 hashes": COUNTER}),
    }
    text = _TEXT.read_text(encoding="utf-8")
    for name, value in made.items():
        text = text.replace(f"{{{name}}}", value)
    return text
