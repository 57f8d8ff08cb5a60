"""From a configuration to the core."""

from .config import CoreConfig, HashConfig, RingConfig, ScheduledConfig
from .hashcore import HashCore
from .rolledconfig import RolledConfig
from .rolledcore import RolledCore

#: Kinds of cores by the names that people use.
CORES: dict[str, type[HashConfig]] = {
    "pipeline": CoreConfig,
    "ring": RingConfig,
    "rolled": RolledConfig,
}


def make_core(config: HashConfig) -> HashCore | RolledCore:
    """The core of a configuration."""
    if isinstance(config, RolledConfig):
        return RolledCore(config)
    assert isinstance(config, ScheduledConfig), config
    return HashCore(config)
