"""What is wrong with a configuration, in lines for people."""

import re
from collections.abc import Iterable, Mapping
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .keys import Part, fields_at, meant, tables_at
from .settings import Settings

__all__ = ["ConfigError", "key_of", "mistakes"]

#: Keys whose values are never shown.
_SECRET = ("password", "token")

#: Pydantic puts the kind of a pool into the path to a key of it.
_KINDS = ("stratum", "solo", "benchmark")

#: Pydantic's messages that speak of Python, in terms of TOML.
_TYPES = {
    "tuple_type": "must be a list of tables",
    "model_type": "must be a table",
    "path_type": "must be a path",
    "string_type": "must be a string",
}


class ConfigError(ValueError):
    """What is wrong with the configuration: a line for each mistake, which starts with the key.

    Parameters
    ----------
    lines
        One or more.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))

    @property
    def lines(self) -> list[str]:
        """A mistake each."""
        return str(self).splitlines()


def key_of(path: Iterable[Part]) -> str:
    """The name of a key: ``pools.0.url``."""
    return ".".join(str(part) for part in path)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


#: Tables in which a key is looked for that is in another.
_HEADINGS: dict[str, tuple[Part, ...]] = {
    "[[chains]]": ("chains",),
    "[[pools]]": ("pools",),
    "[mining]": ("mining",),
    "[api.rest]": ("api", "rest"),
    "[screen]": ("screen",),
    "[log]": ("log",),
}


def _unknown(path: list[Part], kind: str | None) -> str:
    """Why there is no such key, and which one may be meant."""
    last, no_such = str(path[-1]), "there is no such key"
    kinds = {
        get_args(table.model_fields["kind"].annotation)[0] if kind else None: table.model_fields
        for table in tables_at(Settings, path[:-1])
    }
    if hint := meant(last, sorted(kinds.get(kind, ()))):
        return no_such + hint
    if others := [str(other) for other, fields in kinds.items() if last in fields]:
        return f"{no_such} where kind is {kind}, but where it is {' or '.join(others)}"
    for heading, table in _HEADINGS.items():
        if last in fields_at(Settings, table):
            return f"{no_such} here, but in {heading}"
    return no_such


def _texts(error: ErrorDetails, origins: Mapping[str, str]) -> list[str]:
    kind, text = error["type"], error["msg"]
    path = [part for part in error["loc"] if part not in _KINDS]
    key = key_of(path)
    if kind == "missing":
        made = origins.get(key_of(path[:-1]))
        return [f"{key}: is missing" + (f" (the rest is from {made})" if made else "")]
    if kind == "extra_forbidden":
        chosen = [str(part) for part in error["loc"] if part in _KINDS]
        return [f"{key}: {_unknown(path, chosen[0] if chosen else None)}"]
    if kind == "value_error":
        text = str(error["ctx"]["error"])
        if not key:  # from a check of several keys, which names its own
            return text.splitlines()
    text = _TYPES.get(kind, text)
    text = text.replace("Input should", "must").replace("Value should", "must")
    text = text[0].lower() + text[1:]
    hidden = any(str(part) in _SECRET for part in path) or isinstance(error["input"], dict | list)
    if not hidden and not (path and path[-1] == "url" and "@" in str(error["input"])):
        text += f", not {_shown(error['input'])}"
        if "expected" in error.get("ctx", {}) and isinstance(error["input"], str):
            text += meant(error["input"], re.findall("'(.+?)'", error["ctx"]["expected"]))
    origin = origins.get(key)
    return [f"{key}: {text}" + (f" ({origin})" if origin else "")]


def mistakes(error: ValidationError, origins: Mapping[str, str]) -> list[str]:
    """A line for each.

    Parameters
    ----------
    origins
        Where keys come from that are not from the file: variables and options.
    """
    found = error.errors(include_url=False)
    return list(dict.fromkeys(text for one in found for text in _texts(one, origins)))
