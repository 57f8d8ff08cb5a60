"""Digests of a netlist: of its text, and of what is left of it without the names."""

import re

from Crypto.Hash import SHA256

#: A name that somebody has given has a backslash in RTLIL; one that Amaranth makes has a dollar.
_DECLARED = re.compile(r"\s*(?:memory|wire)\b.*?(\\\S+)$")


def _wires(lines: list[str]) -> dict[str, str]:
    """Numbers for wires and memories of a module, in the order in which they are declared."""
    names = (found[1] for line in lines if (found := _DECLARED.match(line)))
    return {name: f"w{number}" for number, name in enumerate(names)}


def without_names(text: str) -> str:
    """The netlist with numbers for the names of modules, cells, wires and memories.

    Foreign cells, their pins, parameters and attributes keep theirs.
    """
    modules = [part.split("\n") for part in text.split("\nmodule ")[1:]]
    numbers = {lines[0]: f"m{number}" for number, lines in enumerate(modules)}
    wires = {lines[0]: _wires(lines[1:]) for lines in modules}
    result: list[str] = []
    for name, *lines in modules:
        pins: dict[str, str] = {}
        cells = 0
        for line in lines:
            kind, *words = line.split() or [""]
            if kind == "cell":
                pins = wires.get(words[0], {})
                words = [numbers.get(words[0], words[0]), str(cells := cells + 1)]
            elif kind == "connect" and line.startswith("    "):
                words[0] = pins.get(words[0], words[0])
                words[1:] = [wires[name].get(word, word) for word in words[1:]]
            elif kind not in {"parameter", "attribute"}:
                words = [wires[name].get(word, word) for word in words]
            result.append(" ".join([kind, *words]))
        result.append(f"end of {numbers[name]}")
    return "\n".join(result)


def digests(text: str) -> tuple[str, str]:
    """Of the netlist as it is, and without names: 64 bits each, in hexadecimal digits."""
    texts = (text, without_names(text))
    exact, structure = (SHA256.new(each.encode()).hexdigest()[:16] for each in texts)
    return exact, structure
