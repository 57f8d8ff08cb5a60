"""What a host can say to a chip, in which state, right or damaged: a bin of each, to be hit."""

from dataclasses import dataclass
from enum import Enum
from itertools import product

from sluice.rtl.protocol.models import MODELS


class State(Enum):
    """Of the chip, when it hears the frame."""

    RESET = "after reset"
    INACTIVE = "inactive"
    ADDRESSED = "addressed"
    HASHING = "hashing"
    STOPPED = "stopped"


class Said(Enum):
    """A frame, and which chip it is for."""

    INACTIVE = "chain inactive"
    ADDRESS = "set address"
    READ = "read, this chip"
    READ_ALL = "read, all"
    READ_OTHER = "read, another"
    WRITE = "write, this chip"
    WRITE_ALL = "write, all"
    WRITE_OTHER = "write, another"
    JOB = "job"


@dataclass(frozen=True)
class Bin:
    """One of all the combinations: there is none that a host cannot bring about."""

    model: str
    state: State
    said: Said
    good: bool


def bins(models: tuple[str, ...] = tuple(MODELS)) -> list[Bin]:
    """All of them, in order."""
    return [Bin(*parts) for parts in product(models, State, Said, (True, False))]
