"""From a configuration to the core."""

from .config import CoreConfig, HashConfig, RingConfig
from .core import Core
from .plan import plan
from .serial_config import SerialConfig

#: Kinds of cores by the names that people use.
CORES: dict[str, type[HashConfig]] = {
    "pipeline": CoreConfig,
    "ring": RingConfig,
    "serial": SerialConfig,
}


def make_core(config: HashConfig) -> Core:
    """The core of a configuration."""
    return Core(plan(config))
