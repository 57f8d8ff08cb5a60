"""Chips that have a name: those of boards, from whatever room has some."""

from importlib.metadata import entry_points
from typing import Any

import click

from .config import ChipConfig

_GROUP = "sluice.chips"


def named_chips() -> dict[str, ChipConfig]:
    """All chips that are there, by name.

    A room adds some by an entry point of the group ``sluice.chips``: a function that gives them.
    """
    found: dict[str, ChipConfig] = {}
    for point in entry_points(group=_GROUP):
        found |= point.load()()
    return found


class ChipOfBoard(click.ParamType):
    """The chip of a board, by the board's name."""

    name = "board"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ChipConfig:
        """Look it up."""
        if isinstance(value, ChipConfig):
            return value
        known = named_chips()
        if value not in known:
            self.fail(f"{value!r} is not one of {', '.join(known)}.", param, ctx)
        return known[value]
