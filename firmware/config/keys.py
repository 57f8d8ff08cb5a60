"""What keys there are: found in the types of the settings, so nothing is listed twice."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from .base import Table

__all__ = ["fields_at", "is_list", "meant", "names", "tables_at"]

#: A part of the way to a key: a name, or the number of one of several tables.
Part = str | int


def _tables(annotation: Any) -> list[type[Table]]:
    """The tables that a field may hold, itself or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return [annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _tables(inner[0])
    if origin in (Union, UnionType, tuple):
        return [table for one in inner for table in _tables(one)]
    return []


def is_list(field: FieldInfo) -> bool:
    """Whether it holds several tables, as ``[[pools]]``."""
    return get_origin(field.annotation) is tuple


def tables_at(table: type[Table], path: Sequence[Part]) -> list[type[Table]]:
    """Tables that `path` leads to from `table`: one, or one for each kind that there is.

    None where the path leads to no table.
    """
    tables = [table]
    for part in path:
        if isinstance(part, int):
            continue
        fields = [one.model_fields[part] for one in tables if part in one.model_fields]
        tables = [inner for field in fields for inner in _tables(field.annotation)]
    return tables


def fields_at(table: type[Table], path: Sequence[Part]) -> dict[str, FieldInfo]:
    """Fields of the tables that `path` leads to."""
    return {
        name: field for one in tables_at(table, path) for name, field in one.model_fields.items()
    }


def names(table: type[Table], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """All keys below `table`, each as its way; ``N`` stands for the number of one of several."""
    for name, field in fields_at(table, prefix).items():
        way = (*prefix, name)
        if not _tables(field.annotation):
            yield way
        else:
            for inner in names(table, way):
                numbered = ("N",) if is_list(field) else ()
                yield (*way, *numbered, *inner[len(way) :])


def meant(word: str, known: Sequence[str], *, cutoff: float = 0.6) -> str:
    """What was probably meant, as the end of a sentence; empty if nothing is alike.

    Parameters
    ----------
    cutoff
        How alike it has to be, 0 to 1.
    """
    alike = get_close_matches(word, known, n=1, cutoff=cutoff)
    return f": did you mean {alike[0]}?" if alike else ""
