"""From a TOML file, the environment and options to settings, or to lines that say what is wrong."""

import os
import tomllib
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .environment import Override, found_in, put
from .mistakes import ConfigError, mistakes
from .settings import Settings

__all__ = ["load", "parse"]


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # `TOMLDecodeError` is one, and so is a number of more digits than Python takes.
        raise ConfigError(f"is no TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError("is no TOML: nested too deep") from error


def parse(
    text: str,
    environment: Mapping[str, str] | None = None,
    options: tuple[Override, ...] = (),
    instead: Container[str] = (),
) -> Settings:
    """Settings from TOML; variables of the environment go before it, and options before both.

    Parameters
    ----------
    options
        Of the command line.
    instead
        Tables that the text has nothing to say in: options stand for all of them.

    Raises
    ------
    ConfigError
        Something is wrong: a line for each mistake.
    """
    data = {name: table for name, table in _read(text).items() if name not in instead}
    found, wrong = found_in(environment or {})
    origins: dict[str, str] = {}
    for override in (*found, *options):
        if said := put(data, override, origins):
            wrong.append(said)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        # Without its cause: that would print values.
        raise ConfigError(*wrong, *mistakes(error, origins)) from None
    if wrong:
        raise ConfigError(*wrong)
    return settings


def load(
    path: Path | None, options: tuple[Override, ...] = (), instead: Container[str] = ()
) -> Settings:
    """Settings from a file, or from none, and the environment and options.

    Raises
    ------
    ConfigError
        It cannot be read, or something is wrong with it.
    """
    if path is None:
        return parse("", os.environ, options, instead)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"is not UTF-8: {error.reason} at byte {error.start}") from error
    return parse(text, os.environ, options, instead)
