"""Digests of a netlist: of its text, and of what is left of it without the names."""

import re

from Crypto.Hash import SHA256

#: A name that somebody has given has a backslash in RTLIL; one that Amaranth makes has a dollar.
_WIRE = re.compile(r"(?:memory|wire) ")


class _Module:
    """A module without names: its wires are numbered in the order in which they are used."""

    def __init__(self, lines: list[str], others: dict[str, "_Module"]) -> None:
        wires = {line.split()[-1]: line for line in map(str.strip, lines) if _WIRE.match(line)}
        self.numbers: dict[str, int] = {}
        self.lines: list[str] = []
        self._wires = wires
        rest = [line for line in lines if line.strip() and not _WIRE.match(line.strip())]
        while rest:
            line = rest.pop(0)
            kind, *words = line.split()
            if kind != "cell":
                self.lines.append(self._renamed(kind, words))
                continue
            end = rest.index("  end")
            pins, rest = [pin.split() for pin in rest[:end]], rest[end + 1 :]
            other = others.get(words[0])
            if other:
                # Amaranth sorts ports by name.
                pins.sort(key=lambda pin: other.numbers.get(pin[1], -1))
                self.lines.append(f"cell m{list(others).index(words[0])}")
            else:
                self.lines.append(f"cell {words[0]}")
            for what, pin, *values in pins:
                if pin == "\\MEMID":
                    values = [values[0].strip('"').replace("\\\\", "\\")]
                    what = "memory"
                number = other.numbers.get(pin) if other else None
                name = pin if number is None else str(number)
                self.lines.append(self._renamed(f"{what} {name}", values))
        for name, declaration in wires.items():
            self._number(name)
            words = re.sub(r"(input|output) \d+", r"\1", declaration).split()[:-1]
            self.lines.append(" ".join([str(self.numbers[name]), *words]))
        self.lines[-len(wires) :] = sorted(self.lines[-len(wires) :])

    def _number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def _renamed(self, kind: str, words: list[str]) -> str:
        kept = kind.startswith(("parameter", "attribute"))
        named = (
            f"w{self._number(word)}" if word in self._wires and not kept else word for word in words
        )
        return " ".join([kind, *named])


def without_names(text: str) -> dict[str, str]:
    """For each module its text, with numbers for the names of cells, wires, memories and modules.

    Foreign cells, their pins, parameters and attributes keep theirs.
    """
    modules: dict[str, _Module] = {}
    # Amaranth writes a module in front of those that are in it.
    for part in reversed(text.split("\nmodule ")[1:]):
        name, *lines = part.split("\n")
        modules[name] = _Module(lines[: lines.index("end")], modules)
    return {name: "\n".join(module.lines) for name, module in modules.items()}


def digests(text: str) -> tuple[str, str]:
    """Of the netlist as it is, and without names: 64 bits each, in hexadecimal digits."""
    texts = (text, "\n\n".join(without_names(text).values()))
    exact, structure = (SHA256.new(each.encode()).hexdigest()[:16] for each in texts)
    return exact, structure
