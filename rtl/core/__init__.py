"""Cores: they hash every nonce of a range and report those whose hash passes a mask.

Vocabulary
----------
AsicBoost lane
    One of several headers hashed for each nonce that differ in rolled version bits only and share
    the schedule of the header's second block.
engine
    Hardware of one round of each lane, or of more; all engines of a core are in step.
period
    As many slots as the folding factor says, of as many cycles as an engine has threads: nonces of
    an engine's thread follow each other by a period.
broadcast stage
    Engines that words reach in the same cycle, which is one behind that of the stage before.
strobe
    A bit that is up for one cycle, in which something happens.
work word
    A word on the bus that loads a core: a job word, or one of the control words.
shadow, active
    Where a word of the next job waits, and where that of the running one is read.
activation
    The job that has been loaded takes over: its words become active, and its range begins.
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
