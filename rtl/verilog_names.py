"""Names of the ports between modules in Verilog that Yosys has written.

Amaranth names a port as a signal of the module that has exactly its bits. If there is none it makes
up a name from a number, and if the name is taken it adds one. Here such ports are named as the
part of a signal that they are, in all modules alike, or ``i`` and ``o`` if they are none, and what
is inside a module makes way for its ports.
"""

import re
from collections import Counter
from collections.abc import Iterator

__all__ = ["named_ports"]

#: An identifier: one with other characters in it begins with a backslash and ends with a space.
_NAME = r"(?:\\\S+ |[A-Za-z_]\w*)"
_TOKEN = re.compile(rf"(?<![\w.'\\$]){_NAME}")
_MODULE = re.compile(r"^(?=module )", re.MULTILINE)
_WIRE = re.compile(rf"^  (input|output|wire|reg) (?:\[(\d+):0\] )?({_NAME})", re.MULTILINE)
_CELL = re.compile(rf"^  ({_NAME}) +({_NAME}) *\(", re.MULTILINE)
_PIN = re.compile(rf"    \.({_NAME})\(")
_ASSIGN = re.compile(rf"^  assign ({_NAME}) = (.*);$", re.MULTILINE)
_PART = re.compile(rf"(?:(\d+)'\w+|({_NAME})\s*(?:\[(\d+)(?::(\d+))?\])?)")
_MADE_UP = re.compile(r"port\$\d+\$\d+")
_DIRECTIONS = ("input", "output")
_NUMBER = re.compile(r"\$\d+$")


def _bare(name: str) -> str:
    return name.removeprefix("\\").rstrip()


def _parts(value: str, widths: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    """Of what is joined: each whole signal, its lowest bit and how many it has."""
    low = 0
    for part in reversed(list(_PART.finditer(value))):
        number, name, high, end = part.groups()
        if number:
            width = int(number)
        elif high:
            width = int(high) - int(end or high) + 1
        else:
            width = widths.get(_bare(name), 1)
            yield _bare(name), low, width
        low += width


class _Module:
    """What a module declares."""

    def __init__(self, text: str) -> None:
        self.text, self.name = text, _bare(text.split("(", 1)[0].removeprefix("module "))
        wires = _WIRE.findall(text)
        self.widths = {_bare(name): int(high or 0) + 1 for _, high, name in wires}
        #: With a name for one that is of no signal.
        self.ports = {_bare(name): kind[0] for kind, _, name in wires if kind in _DIRECTIONS}
        self.taken = {*self.widths, *(_bare(name) for _, name in _CELL.findall(text))}

    def parts(self) -> Iterator[tuple[str, str]]:
        """Ports with a made-up name, and a name of the part of a signal that each is."""
        for name, value in _ASSIGN.findall(self.text):
            whole = _NUMBER.sub("", _bare(name))
            if not whole or "$" in whole:
                continue
            for part, low, width in _parts(value, self.widths):
                if _MADE_UP.fullmatch(part):
                    high = low + width - 1
                    bits = f"_{low}" if width == 1 else f"_{high}_{low}"
                    yield part, whole + (bits if width < self.widths[_bare(name)] else "")
            source = _PART.fullmatch(value)
            if _MADE_UP.fullmatch(_bare(name)) and source and source[2] and "$" not in source[2]:
                bits = "".join(f"_{bit}" for bit in source.group(3, 4) if bit)
                yield _bare(name), _bare(source[2]) + bits

    def renamed(self, made_up: dict[str, str]) -> dict[str, str]:
        """New names of signals."""
        names: dict[str, str] = {}
        for port, other in self.ports.items():
            if "$" not in port:
                continue
            plain = other if _MADE_UP.fullmatch(port) else _NUMBER.sub("", port)
            name = made_up.get(port, plain)
            if name in self.taken and name not in self.ports and name not in names:
                names[name] = port
            elif name in self.taken:
                number = next(n for n in range(2, 999) if f"{name}_{n}" not in self.taken)
                name = f"{name}_{number}"
            names[port] = name
            self.taken.add(name)
        return names


def _written(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f"\\{name} "


def _replaced(text: str, names: dict[str, str]) -> str:
    """With signals, and the fields of them, renamed."""

    def new(found: re.Match[str]) -> str:
        stem, *rest = re.split(r"(?=[.\[])", _bare(found[0]), maxsplit=1)
        return _written(names[stem] + "".join(rest)) if stem in names else found[0]

    return _TOKEN.sub(new, text)


def named_ports(text: str) -> str:
    """The same modules; no port has a name with a dollar in it.

    Parameters
    ----------
    text
        Verilog of Amaranth, by Yosys.
    """
    head, *rest = _MODULE.split(text)
    modules = [_Module(part) for part in rest]
    found: dict[str, Counter[str]] = {}
    for module in modules:
        for port, name in set(module.parts()):
            found.setdefault(port, Counter())[name.replace(".", "__")] += 1
    # Whole signals before parts of them, then what most modules call it, then what is shortest.
    made_up = {
        port: min(names, key=lambda name: (name[-1].isdecimal(), -names[name], len(name), name))
        for port, names in found.items()
    }
    names = {module.name: module.renamed(made_up) for module in modules}
    made = []
    for module in modules:
        lines, inside = [], ""
        for line in module.text.splitlines(keepends=True):
            cell, pin = _CELL.match(line), _PIN.match(line)
            if cell:
                inside = _bare(cell[1])
            if pin and _bare(pin[1]) in names.get(inside, {}):
                new = _written(names[inside][_bare(pin[1])])
                line = f"    .{new}({line[pin.end() :]}"
            lines.append(line)
        made.append(_replaced("".join(lines), names[module.name]))
    return head + "".join(made)
