"""From a configuration to the core."""

from .config import CoreConfig, HashConfig, RingConfig, ScheduledConfig
from .coreports import CorePorts
from .hashcore import HashCore
from .keptcore import KeptCore
from .rolledconfig import RolledConfig
from .rolledcore import RolledCore

#: Kinds of cores by the names that people use.
CORES: dict[str, type[HashConfig]] = {
    "pipeline": CoreConfig,
    "ring": RingConfig,
    "rolled": RolledConfig,
}


def make_core(config: HashConfig) -> CorePorts[HashConfig]:
    """The core of a configuration."""
    if isinstance(config, RolledConfig):
        return make_rolled(config)
    assert isinstance(config, ScheduledConfig), config
    return HashCore(config)


def make_rolled(config: RolledConfig) -> RolledCore | KeptCore:
    """The rolled core of a configuration."""
    return KeptCore(config) if config.keeps else RolledCore(config)
