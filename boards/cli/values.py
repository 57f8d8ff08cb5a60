"""Lists of values on the command line."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from sluice.rtl.options import fields

from ..cores import KINDS, chip_fields


class Numbers(click.ParamType):
    """Numbers and ranges: ``1,3,8-10``, ``16-48/8``."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Check the text."""
        if isinstance(value, tuple):
            return value
        found: list[float] = []
        for part in str(value).split(","):
            text, _, step = part.partition("/")
            first, dash, last = text.partition("-")
            try:
                low, high, by = float(first), float(last if dash else first), float(step or 1)
            except ValueError:
                self.fail(f"{part!r} is no number and no range like 16-48/8.", param, ctx)
            if by <= 0 or high < low:
                self.fail(f"{part!r} is an empty range.", param, ctx)
            found += [low + by * index for index in range(int((high - low) / by + 1e-9) + 1)]
        return tuple(found)


class Setting(click.ParamType):
    """A field of a core and its values: ``lanes=1,2``."""

    name = "setting"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[str, ...]]:
        """Check the text."""
        name, equals, values = str(value).partition("=")
        if not equals or not values:
            self.fail(f"{value!r} is not like lanes=1,2.", param, ctx)
        return name.replace("-", "_"), tuple(values.split(","))

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Fields that begin so, of cores of all kinds and of the chip."""
        known = [field for kind in KINDS.values() for field in fields(kind)] + chip_fields()
        names = dict.fromkeys(f"{field.name}=" for field in known)
        return [CompletionItem(name, type="plain") for name in names if name.startswith(incomplete)]
