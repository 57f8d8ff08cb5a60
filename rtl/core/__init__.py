"""Cores: they hash every nonce of a range and report those whose hash passes a mask.

Vocabulary
----------
lane
    One of several headers hashed for each nonce that differ in rolled version bits only and share
    the schedule of the header's second block.
work word
    A word on the bus that loads a core: a job word, or one of the control words.
activation
    Writing the tag: the loaded job starts with the next clock and replaces the running one.
mask
    Bits of ``H7`` that must be zero for a hit. ``H7`` is the last word of the second hash as
    SHA-256 gives it: the first eight digits of the hash that people read are its bytes in reverse.
nonce
    Inside the hardware always ``W19``: the four bytes of the header's nonce field as a word of
    SHA-256, first byte most significant. What people call the nonce has the bytes in reverse.
"""

from .config import ConfigError, CoreConfig, HashConfig, RingConfig
from .core import Core
from .make import CORES, make_core
from .serial_config import SerialConfig

__all__ = [
    "CORES",
    "ConfigError",
    "Core",
    "CoreConfig",
    "HashConfig",
    "RingConfig",
    "SerialConfig",
    "make_core",
]
