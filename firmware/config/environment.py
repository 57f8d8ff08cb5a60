"""Every key from the environment: ``pools.0.url`` is ``SLUICE_POOLS_0_URL``."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .keys import Part, fields_at, meant, names
from .settings import Settings

__all__ = ["Override", "assigned", "found_in", "keys", "put", "variable"]

#: A key, its value as text, and the variable or option that it comes from.
Override = tuple[tuple[Part, ...], str, str]

_OURS = re.compile(rf"SLUICE_({'|'.join(name.upper() for name in Settings.model_fields)})_.*")


def variable(path: Iterable[Part]) -> str:
    """The variable of a key."""
    return "_".join(["SLUICE", *(str(part).upper() for part in path)])


def found_in(environment: Mapping[str, str]) -> tuple[list[Override], list[str]]:
    """What the environment sets, in the order of keys; and a line for each variable of no key."""
    known = {variable(name): name for name in names(Settings)}
    found: list[Override] = []
    wrong: list[str] = []
    for name, text in environment.items():
        if not name.startswith("SLUICE_"):
            continue
        parts = re.split(r"_(\d{1,3})_", name, maxsplit=1)
        way = known.get("_N_".join((parts[0], parts[2])) if len(parts) == 3 else name)
        if way is None:
            number = parts[1] if len(parts) == 3 else "0"
            alike = [one.replace("_N_", f"_{number}_") for one in known]
            # Others of our variables are of no table, and like none of these.
            if (hint := meant(name, alike, cutoff=0.85)) or _OURS.fullmatch(name):
                wrong.append(f"{name}: there is no such key{hint or meant(name, alike)}")
        else:
            path = tuple(int(parts[1]) if part == "N" else part for part in way)
            found.append((path, text, name))
    return sorted(found, key=lambda one: [str(part).zfill(3) for part in one[0]]), wrong


def keys(tables: Mapping[str, int] | None = None) -> list[str]:
    """All keys, as ``pools.0.url``.

    Parameters
    ----------
    tables
        The number that stands for one of several, 0 without it.
    """
    numbers = tables or {}
    return [
        ".".join(str(numbers.get(way[0], 0)) if part == "N" else part for part in way)
        for way in names(Settings)
    ]


def assigned(text: str, origin: str) -> Override:
    """A key and its value from ``pools.0.url=…``.

    Parameters
    ----------
    origin
        The option that it comes from.

    Raises
    ------
    ValueError
        It is nothing like that, or there is no such key; the text says so.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is not like pools.0.user=NAME")
    parts = key.split(".")
    path = tuple(int(part) if part.isascii() and part.isdigit() else part for part in parts)
    number = path[1] if len(path) > 1 else None
    known = keys({parts[0]: number} if isinstance(number, int) else None)
    if key not in known:
        raise ValueError(f"{key}: there is no such key{meant(key, known)}")
    return path, value, origin


def _converted(path: tuple[Part, ...], text: str) -> Any:
    """Text as what the key takes; what is none is left to validation, which says so."""
    kind: Any = fields_at(Settings, path[:-1])[str(path[-1])].annotation
    try:
        return TypeAdapter(kind).validate_strings(text)
    except ValidationError:
        return text


def put(data: dict[str, Any], override: Override, origins: dict[str, str]) -> str | None:
    """Set a key of the configuration, whose tables are made if they are not there.

    What is no table in `data` is left to validation. Where it comes from goes into `origins`.

    Returns
    -------
    str or None
        What is wrong, if one of several tables is named whose number is too high.
    """
    path, text, name = override
    table: Any = data
    for depth, part in enumerate(path[:-1], 1):
        if isinstance(part, int):
            if not isinstance(table, list):
                return None
            if part > len(table):
                return f"{name}: there is no {path[0]}.{part}, and no {path[0]}.{part - 1} either"
            if part == len(table):
                table.append({})
                origins[f"{path[0]}.{part}"] = name
            table = table[part]
        elif isinstance(table, dict):
            table = table.setdefault(part, [] if isinstance(path[depth], int) else {})
    if isinstance(table, dict):
        table[str(path[-1])] = _converted(path, text)
        origins[".".join(map(str, path))] = name
    return None
