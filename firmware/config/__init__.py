"""The configuration of the daemon: what there is to set, and how it is read and checked."""

from .api import ApiSettings, Endpoint, RestEndpoint, ScreenSettings
from .environment import Override, assigned, found_in, keys
from .load import load, parse
from .mining import AUTO, ChainSettings, LogSettings, MiningSettings
from .mistakes import ConfigError
from .pools import (
    EXAMPLE_URL,
    EXAMPLE_USER,
    BenchmarkSettings,
    PoolSettings,
    SoloSettings,
    StratumSettings,
)
from .settings import Settings

__all__ = [
    "AUTO",
    "EXAMPLE_URL",
    "EXAMPLE_USER",
    "ApiSettings",
    "BenchmarkSettings",
    "ChainSettings",
    "ConfigError",
    "Endpoint",
    "LogSettings",
    "MiningSettings",
    "Override",
    "PoolSettings",
    "RestEndpoint",
    "ScreenSettings",
    "Settings",
    "SoloSettings",
    "StratumSettings",
    "assigned",
    "found_in",
    "keys",
    "load",
    "parse",
]
