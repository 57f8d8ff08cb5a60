"""The configuration of the daemon: what there is to set, and how it is read and checked."""

from .api import ApiSettings, Endpoint, ScreenSettings
from .load import ConfigError, load, parse
from .mining import ChainSettings, LogSettings, MiningSettings
from .pools import BenchmarkSettings, PoolSettings, SoloSettings, StratumSettings
from .settings import Settings

__all__ = [
    "ApiSettings",
    "BenchmarkSettings",
    "ChainSettings",
    "ConfigError",
    "Endpoint",
    "LogSettings",
    "MiningSettings",
    "PoolSettings",
    "ScreenSettings",
    "Settings",
    "SoloSettings",
    "StratumSettings",
    "load",
    "parse",
]
