"""Kinds of cores, and what each can be told, read from their configurations' own fields.

The rest of this room treats a core's configuration as opaque.
"""

import dataclasses
from fractions import Fraction
from typing import Any

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CORES
from sluice.rtl.options import Field, fields

#: Configurations of all kinds, by name.
KINDS: dict[str, type] = dict(CORES)


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
    """Nonces that one core hashes in a cycle, on each lane."""
    return Fraction(core.rate)
