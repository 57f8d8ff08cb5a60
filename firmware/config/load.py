"""From a TOML file and the environment to settings, or to one line that says what is wrong."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .settings import Settings

__all__ = ["ConfigError", "load", "parse"]

#: Environment variables that replace secrets: the n-th pool's password, the token of an API.
_PASSWORD = re.compile(r"SLUICE_POOLS_(\d{1,3})_PASSWORD")
_TOKEN = re.compile(r"SLUICE_API_(REST|METRICS|CGMINER)_TOKEN")

#: Keys whose values are never shown.
_SECRET = ("password", "token")

#: Pydantic puts the kind of a pool into the path to a key of it.
_KINDS = ("stratum", "solo", "benchmark")


class ConfigError(ValueError):
    """What is wrong with the configuration: one line that starts with the key."""


#: Pydantic's messages that speak of Python, in terms of TOML.
_TYPES = {
    "tuple_type": "must be a list of tables",
    "model_type": "must be a table",
    "path_type": "must be a path",
    "string_type": "must be a string",
}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _message(error: ErrorDetails) -> str:
    kind, text = error["type"], error["msg"]
    path = [part for part in error["loc"] if part not in _KINDS]
    key = ".".join(str(part) for part in path)
    if kind == "missing":
        return f"{key}: is missing"
    if kind == "extra_forbidden":
        return f"{key}: there is no such key"
    if kind == "value_error":
        text = str(error["ctx"]["error"])
        if not key:  # from a check of several keys, which names its own
            return text
    text = _TYPES.get(kind, text)
    text = text.replace("Input should", "must").replace("Value should", "must")
    text = text[0].lower() + text[1:]
    hidden = any(str(part) in _SECRET for part in path) or isinstance(error["input"], dict | list)
    if hidden or (path and path[-1] == "url" and "@" in str(error["input"])):
        return f"{key}: {text}"
    return f"{key}: {text}, not {_shown(error['input'])}"


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    """The table at `key`, made if it is not there; what is no table is left to validation."""
    inner = data.setdefault(key, {})
    return inner if isinstance(inner, dict) else {}


def _override(data: dict[str, Any], environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        if match := _PASSWORD.fullmatch(name):
            pools, index = data.get("pools"), int(match[1])
            if not isinstance(pools, list) or index >= len(pools):
                raise ConfigError(f"{name}: there is no pools.{index}")
            if isinstance(pools[index], dict):
                pools[index]["password"] = value
        elif match := _TOKEN.fullmatch(name):
            _table(_table(data, "api"), match[1].lower())["token"] = value


def parse(text: str, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from TOML; `environment` holds secrets that replace those in it.

    Raises
    ------
    ConfigError
        Something is wrong.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is no TOML: {error}") from error
    _override(data, environment or {})
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        # Without its cause: that would print values.
        raise ConfigError(_message(errors[0]) + more) from None


def load(path: Path) -> Settings:
    """Settings from a file and the environment.

    Raises
    ------
    ConfigError
        It cannot be read, or something is wrong with it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"is not UTF-8: {error.reason} at byte {error.start}") from error
    return parse(text, os.environ)
