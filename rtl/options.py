"""Options of the command line, read from the fields of configurations.

A field's option has the field's name, its type, and the first sentence that its class says of it.
"""

import dataclasses
import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any

import click


class ConfigError(ValueError):
    """A parameter out of its range. The message names the field and the value."""


class Checked:
    """A configuration that checks its parameters."""

    def check(self, field: str, good: bool, what: str) -> None:
        """Raise :class:`ConfigError` unless a field is as it must be."""
        if not good:
            raise ConfigError(f"{field} must be {what}, not {getattr(self, field)!r}")

    def within(self, field: str, least: int, most: int) -> None:
        """Raise :class:`ConfigError` unless a field is in its range, both ends included."""
        self.check(field, least <= getattr(self, field) <= most, f"{least} to {most}")


@dataclass(frozen=True)
class Field:
    """A parameter of a configuration.

    Parameters
    ----------
    name
        In the configuration.
    type
        ``int``, ``float``, ``str`` or ``bool``.
    text
        What it means: the start of its description in the class.
    default
        Its value where it is not given.
    """

    name: str
    type: type
    text: str
    default: Any


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
    """What a configuration can be told, in the order of its class."""
    hints, texts = typing.get_type_hints(kind), _texts(kind)
    return [
        Field(field.name, _plain(hints[field.name]), texts.get(field.name, ""), field.default)
        for field in dataclasses.fields(kind)
        if field.init
    ]


def option(field: Field, whose: str, more: str = "") -> Callable[[Any], Any]:
    """The option of a field; `more` ends its text."""
    word = field.name.replace("_", "-")
    text = f"{whose}: {field.text}{more}"
    if field.type is bool:
        return click.option(f"--{word}/--no-{word}", field.name, default=None, help=text)
    return click.option(f"--{word}", field.name, type=field.type, help=text)


def options(
    kinds: Mapping[str, type], whose: str, *, defaults: bool = False
) -> list[Callable[[Any], Any]]:
    """An option for each field of some configurations; they share those of the same name.

    Parameters
    ----------
    kinds
        The configurations by name.
    whose
        What their options' texts begin with.
    defaults
        Whether what is not given is what the class says, so that the text can say it too.
    """
    seen: dict[str, dict[str, Field]] = {}
    for name, kind in kinds.items():
        for field in fields(kind):
            seen.setdefault(field.name, {})[name] = field
    made = []
    for found in seen.values():
        more = "" if len(found) == len(kinds) else f"  [{', '.join(found)}]"
        usual = {name: field.default for name, field in found.items() if field.default is not None}
        if defaults and usual:
            one = len({*usual.values()}) == 1
            told = usual if not one else {"default": next(iter(usual.values()))}
            more += f"  [{'; '.join(f'{name}: {value}' for name, value in told.items())}]"
        made.append(option(next(iter(found.values())), whose, more))
    return made


def kind_options(kinds: Mapping[str, type], what: str, *names: str) -> Callable[[Any], Any]:
    """Options that make one of some configurations; commands pass them to :func:`configured`.

    The option called `what`, or one of `names`, chooses the kind; it is the first one of `kinds` if
    it is not given.
    """
    choice = click.option(
        *(f"--{name}" for name in (what, *names)),
        "kind",
        type=click.Choice(list(kinds)),
        default=next(iter(kinds)),
        show_default=True,
        help=f"What kind of {what}.",
    )

    def decorate(command: Any) -> Any:
        for made in reversed([choice, *options(kinds, what.capitalize(), defaults=True)]):
            command = made(command)
        return command

    return decorate


def configured(kinds: Mapping[str, type], what: str, kind: str | None, given: Any) -> Any:
    """A configuration from options; the default of one is used where it is ``None``.

    Raises
    ------
    click.UsageError
        A value is out of its range, or an option is not of this kind.
    """
    kind = kind or next(iter(kinds))
    values = {name: value for name, value in given.items() if value is not None}
    known = {field.name for field in fields(kinds[kind])}
    for name in values:
        if name not in known:
            word = name.replace("_", "-")
            raise click.UsageError(f"--{word} is not an option of --{what} {kind}")
    try:
        return kinds[kind](**values)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
