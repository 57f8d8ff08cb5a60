"""The block diagram of a chip, for its data sheet."""

from xml.sax.saxutils import escape

#: Size of the picture, and where the two clocks meet.
WIDE, HIGH, _CROSSING = 890, 384, 556
#: Blocks: place, size, title, what is in them.
_BLOCKS = (
    (
        (110, 66, 190, 258),
        "Link",
        "UART to the host, UART to the next chip, frames and their CRC, addresses, registers, "
        "job buffer, queues of answers, recovery of the line",
    ),
    (
        (360, 66, 170, 294),
        "Control",
        "processor of one adder, microcode, midstates and job words, versions and batches, "
        "check of each hit, clock meter",
    ),
    (
        (590, 66, 190, 258),
        "Cores",
        "job and shadow store, range of nonces, schedule and rounds, AsicBoost lanes, test of H7, "
        "queue of hits",
    ),
)
#: Pins: name, height, the end of its line at a block, and whether the chip drives it.
_PINS = (
    ("clk", 90, 110, False),
    ("rst", 120, 110, False),
    ("rx", 160, 110, False),
    ("tx", 190, 110, True),
    ("next_tx", 230, 110, True),
    ("next_rx", 260, 110, False),
    ("hit", 344, 360, True),
    ("hash_clk", 90, 780, False),
)
#: What goes from block to block: from, to, height, what.
_WORDS = (
    (300, 360, 130, "jobs"),
    (360, 300, 180, "results"),
    (300, 360, 230, "registers"),
    (360, 300, 280, "counts"),
    (530, 590, 130, "work"),
    (590, 530, 190, "hits"),
    (590, 530, 250, "counts"),
    (530, 590, 300, "reset"),
)
_EDGE, _LINE = 24, 20


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}"{more}>{escape(text)}</text>'


def _arrow(x: int, to: int, y: int) -> str:
    way = 1 if to > x else -1
    head = f"{to},{y} {to - 7 * way},{y - 4} {to - 7 * way},{y + 4}"
    line = f'<line x1="{x}" y1="{y}" x2="{to}" y2="{y}" stroke="#333333"/>'
    return f'{line}<polygon points="{head}" fill="#333333"/>'


def diagram() -> str:
    """SVG: blocks of a chip, its pins, what goes between, and where the clocks change."""
    middle = ' text-anchor="middle" font-size="11"'
    parts = []
    for (x, y, wide, high), title, lines in _BLOCKS:
        parts.append(
            f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="6" fill="#eef3fa" '
            'stroke="#1f77b4"/>'
        )
        parts.append(_text(x + wide / 2, y + 22, title, ' text-anchor="middle" font-weight="bold"'))
        parts += [
            _text(x + wide / 2, y + 50 + _LINE * place, line, middle)
            for place, line in enumerate(lines.split(", "))
        ]
    for x, to, y, what in _WORDS:
        parts += [_arrow(x, to, y), _text((x + to) / 2, y - 5, what, middle)]
    for name, y, block, driven in _PINS:
        edge, anchor = (_EDGE, "start") if block < _CROSSING else (WIDE - _EDGE, "end")
        parts.append(_arrow(*((block, edge, y) if driven else (edge, block, y))))
        parts.append(_text(edge, y - 5, name, f' text-anchor="{anchor}" class="pin"'))
    parts.append(
        f'<line x1="{_CROSSING}" y1="40" x2="{_CROSSING}" y2="{HIGH - 16}" stroke="#d62728" '
        'stroke-dasharray="6 4"/>'
    )
    parts.append(_text(_CROSSING - 10, 36, "clk: link clock", ' text-anchor="end"'))
    parts.append(_text(_CROSSING + 10, 36, "hash_clk: hash clock"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" '
        'font-family="sans-serif" font-size="13">'
    )
    ground = f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])
