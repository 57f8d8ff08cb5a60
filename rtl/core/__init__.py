"""Cores: they hash every nonce of a range and report those whose hash passes a mask.

What the words mean is in docs/glossary.md. Two of them, exactly:

mask
    Bits of ``H7`` that must be zero for a hit. ``H7`` is the last word of the second hash as
    SHA-256 gives it: the first eight digits of the hash that people read are its bytes in reverse.
nonce
    Inside the hardware always ``W19``: the four bytes of the header's nonce field as a word of
    SHA-256, first byte most significant. What people call the nonce has the bytes in reverse.
"""

from .config import ConfigError, CoreConfig, PipelineConfig, RingConfig
from .core import CORES, Core, make_core
from .serial_config import SerialConfig

__all__ = [
    "CORES",
    "ConfigError",
    "Core",
    "CoreConfig",
    "PipelineConfig",
    "RingConfig",
    "SerialConfig",
    "make_core",
]
