"""Pictures of headers: which pin is for what."""

from xml.sax.saxutils import escape

from ..board import Board
from ..catalogue import BOARDS
from ..headers import Header, Wire

_CELL, _HIGH, _LINE, _EDGE = 62, 34, 20, 12

#: Colour of a wire, and what it goes to.
_WIRES = {
    Wire.RX: ("#1f77b4", "rx: to the adapter's tx"),
    Wire.TX: ("#17becf", "tx: to the adapter's rx"),
    Wire.NEXT_TX: ("#2ca02c", "next tx: to the next chip's rx"),
    Wire.NEXT_RX: ("#98df8a", "next rx: to the next chip's tx"),
    Wire.RESET: ("#d62728", "reset: pulled low it resets the chip"),
}
_OTHERS = {"GND": "#444444", "3V3": "#ff9f40", "5V": "#ff9f40"}
_DARK = ("#1f77b4", "#2ca02c", "#d62728", "#444444")


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}"{more}>{escape(text)}</text>'


def _cell(x: int, y: int, pin: str, colour: str) -> list[str]:
    ink = "#ffffff" if colour in _DARK else "#000000"
    wide, high = _CELL - 6, _HIGH - 6
    box = f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="5" fill="{colour}"'
    small = ' font-size="10"' if len(pin) > 6 else ""
    centre = f' text-anchor="middle" fill="{ink}"{small}'
    return [f'{box} stroke="#888888"/>', _text(x + wide / 2, y + 19, pin, centre)]


def _header(header: Header, top: int) -> tuple[list[str], int]:
    """Its drawing, and where the next one begins."""
    found = [_text(_EDGE, top + 14, header.name, ' font-weight="bold"')]
    pins = {pin: wire for wire, (pin, _) in header.wires.items()}
    y = top + 24
    for row in header.rows:
        x = _EDGE
        for pin in row.split():
            if pin == "…":
                found.append(_text(x + 4, y + 19, pin))
                x += 24
                continue
            wire = pins.get(pin)
            colour = _WIRES[wire][0] if wire else _OTHERS.get(pin, "#f2f2f2")
            found += _cell(x, y, pin, colour)
            x += _CELL
        y += _HIGH
    y += 8
    for wire, (colour, text) in _WIRES.items():
        if wire in header.wires:
            found.append(f'<rect x="{_EDGE}" y="{y}" width="12" height="12" fill="{colour}"/>')
            found.append(_text(_EDGE + 20, y + 11, f"{header.place(wire)}, {text}"))
            y += _LINE
    if not any("GND" in row.split() for row in header.rows):
        found.append(_text(_EDGE + 20, y + 11, "GND: a pin that the board calls so"))
        y += _LINE
    return found, y + 6


def picture(board: Board) -> str:
    """SVG of a board's headers; not to scale, and pins of no interest are left out."""
    parts, top = [_text(_EDGE, 20, f"{board.title}: headers, not to scale")], 30
    for header in board.headers:
        drawn, top = _header(header, top)
        parts += drawn
    rows = [row for header in board.headers for row in header.rows]
    wide = max(380, max(len(row.split()) for row in rows) * _CELL + 2 * _EDGE)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{top}" '
        'font-family="sans-serif" font-size="13">'
    )
    ground = f'<rect width="{wide}" height="{top}" fill="#ffffff"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])


def alike() -> dict[str, list[Board]]:
    """Boards whose headers are the same, by the first one's name."""
    found: dict[str, list[Board]] = {}
    for board in BOARDS.values():
        for name, others in found.items():
            if others[0].headers == board.headers:
                found[name].append(board)
                break
        else:
            found[board.name] = [board]
    return found
