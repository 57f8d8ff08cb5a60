"""From a configuration to the core."""

from .config import HashConfig, RolledConfig, ScheduledConfig
from .hashcore import HashCore
from .rolledcore import RolledCore


def make_core(config: HashConfig) -> HashCore | RolledCore:
    """The core of a configuration."""
    if isinstance(config, RolledConfig):
        return RolledCore(config)
    assert isinstance(config, ScheduledConfig), config
    return HashCore(config)
