"""Kinds of cores, and what each can be told, read from their configurations' own fields.

The rest of this room treats a core's configuration as opaque.
"""

import dataclasses
import inspect
import re
import typing
from dataclasses import dataclass
from fractions import Fraction
from types import UnionType
from typing import Any

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CORES

#: Configurations of all kinds, by name.
KINDS: dict[str, type] = dict(CORES)


@dataclass(frozen=True)
class Field:
    """A parameter of a core.

    Parameters
    ----------
    name
        In the configuration.
    type
        ``int``, ``float``, ``str`` or ``bool``.
    text
        What it means: the start of its description in the class.
    """

    name: str
    type: type
    text: str


def _plain(annotation: Any) -> type:
    if typing.get_origin(annotation) in (UnionType, typing.Union):
        annotation = next(part for part in typing.get_args(annotation) if part is not type(None))
    return annotation if annotation in (int, float, bool) else str


def _section(text: str) -> dict[str, str]:
    """The section `Parameters` of a docstring: texts by name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.partition("Parameters\n---")[2].splitlines()[1:]:
        if not line.strip():
            break
        if line.startswith(" "):
            found[name] = f"{found[name]} {line.strip()}".strip()
        else:
            name = line.strip()
            found[name] = ""
    return found


def _texts(kind: type) -> dict[str, str]:
    """First sentences about the parameters of a class and its bases."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found |= _section(inspect.cleandoc(base.__doc__ or ""))
    return {name: re.split(r"(?<=[a-z0-9`])[.] ", text)[0] for name, text in found.items()}


def fields(kind: type) -> list[Field]:
    """What a kind of core can be told, in the order of its class."""
    hints = typing.get_type_hints(kind)
    texts = _texts(kind)
    return [
        Field(field.name, _plain(hints[field.name]), texts.get(field.name, ""))
        for field in dataclasses.fields(kind)
        if field.init
    ]


#: Fields of a chip that have an option of their own, or that the board decides.
_OWN = ("model", "cores", "core", "link_clock", "hash_clock", "build")


def chip_fields() -> list[Field]:
    """What a chip can be told besides its cores, clocks, model and build number."""
    return [field for field in fields(ChipConfig) if field.name not in _OWN]


def kind_of(core: Any) -> str:
    """The name of the kind of a configuration."""
    return next(name for name, kind in KINDS.items() if type(core) is kind)


def changes(config: Any) -> dict[str, Any]:
    """Fields in which a configuration of a core differs from its class's defaults."""
    defaults = type(config)()
    values = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    return {name: value for name, value in values.items() if value != getattr(defaults, name)}


def chip_changes(config: ChipConfig) -> dict[str, Any]:
    """Fields of :func:`chip_fields` in which a chip differs from the defaults."""
    values = {field.name: getattr(config, field.name) for field in chip_fields()}
    return {name: value for name, value in values.items() if value != getattr(ChipConfig, name)}


def describe(core: Any) -> str:
    """A configuration in one line: its kind, and what is not as usual."""
    parts = [f"{name}={value}" for name, value in changes(core).items()]
    return " ".join([kind_of(core), *parts])


def rate(core: Any) -> Fraction:
    """Nonces that one core hashes in a clock, on each lane."""
    return Fraction(core.rate)
