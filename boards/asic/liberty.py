"""The text of Liberty: groups, attributes, and nothing of what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"[^"]*"|[^\s"(){}:;,]+|[(){}:;,]')
_NUMBER = re.compile(r"[+-]?[\d.]+(e[+-]?\d+)?", re.IGNORECASE)
_TABLES = ("values", "index_1", "index_2", "index_3")
_SKIPPED = re.compile(r"/\*.*?\*/|//[^\n]*|\\\r?\n", re.DOTALL)


@dataclass
class Group:
    """``name (arguments) { … }``.

    Members
    -------
    name, arguments
        Without quotation marks.
    attributes
        ``name : value;``, without quotation marks.
    lists
        ``name (values);`` by name, each value without quotation marks.
    groups
        Those in it, in order.
    """

    name: str
    arguments: list[str]
    attributes: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    groups: list["Group"] = field(default_factory=list)

    def of(self, *names: str) -> Iterator["Group"]:
        """The groups in it with one of these names."""
        return (group for group in self.groups if group.name in names)

    def number(self, name: str, otherwise: float = 0.0) -> float:
        """An attribute that is a number."""
        return float(self.attributes.get(name, otherwise))

    def write(self) -> Iterator[str]:
        """Its lines, so that tools read it as it was."""
        yield f"{self.name} ({', '.join(map(_quoted, self.arguments))}) {{"
        for name, value in self.attributes.items():
            yield f"{name} : {_quoted(value)};"
        for name, values in self.lists.items():
            # A table is of texts, even one of a single value: OpenSTA takes a number for seconds.
            words = [f'"{value}"' for value in values] if name in _TABLES else map(_quoted, values)
            yield f"{name} ({', '.join(words)});"
        for group in self.groups:
            yield from group.write()
        yield "}"


def _quoted(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else f'"{text}"'


def parse(text: str) -> Group:
    """The first group of a text.

    Raises
    ------
    ValueError
        It is no Liberty; the message says where.
    """
    words = _TOKEN.findall(_SKIPPED.sub("", text))
    words.append("")
    parser = _Parser(words)
    name = words[0]
    if words[1] != "(":
        raise ValueError(f"it begins with {' '.join(words[:2])!r}, not with a group")
    return parser.group(name)


class _Parser:
    def __init__(self, words: list[str]) -> None:
        self.words, self.at = words, 1

    def group(self, name: str) -> Group:
        words = self.words
        made = Group(name, self._list())
        if words[self.at] != "{":
            raise ValueError(f"{name} has no {{ but {words[self.at]!r}")
        self.at += 1
        while (word := words[self.at]) != "}":
            if not word:
                raise ValueError(f"it ends within {name} {' '.join(made.arguments)}")
            self.at += 1
            if word == ";":
                continue
            self._member(made, word)
        self.at += 1
        return made

    def _member(self, made: Group, name: str) -> None:
        words = self.words
        if words[self.at] == ":":
            end = self.at + 1
            while words[end] not in {";", "}", ""} and words[end + 1] not in {":", "("}:
                end += 1
            value = words[self.at + 1 : end]
            made.attributes[name] = " ".join(value).strip('"')
            self.at = end
        elif words[self.at] == "(":
            began = self.at
            values = self._list()
            if words[self.at] == "{":
                self.at = began
                made.groups.append(self.group(name))
            else:
                made.lists[name] = values
        else:
            raise ValueError(f"{name} in {made.name} is followed by {words[self.at]!r}")

    def _list(self) -> list[str]:
        end = self.words.index(")", self.at)
        found = [word.strip('"') for word in self.words[self.at + 1 : end] if word != ","]
        self.at = end + 1
        return found
