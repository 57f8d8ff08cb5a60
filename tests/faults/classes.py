"""What the state of a chip is for: each register and memory belongs to one class."""

import random
import re
from dataclasses import dataclass

from sluice.sim.flips import Place

#: A class has the places that match, and that no class before it has.
PATTERNS = {
    "job words": r"core0\.(shadow|job)|job_buffer",
    "datapath": r"core0\.(stage0|\\?\$|\\?refused|passed|register|tag|next_tag|busy)",
    "nonce range": r"core0\.(nonces|port)",
    "hit queues": r"core0\.hits|controller\.(hits|unchecked|results)\.",
    "crossings and counts": r"controller\.(array|bus|increments|opened|turned|window)|\.reset",
    "microcode": r"processor\.code",
    "processor memory": r"processor\.memory",
    "processor": r"processor\.",
    "registers": r"link\.registers\.memory",
    "register file": r"link\.registers\.",
    "frame queues": r"link\.(answers|far\.(forwards|responses))\.",
    "link": r"link\.",
    "way back": r"\.recovery\.",
}


def class_of(name: str) -> str:
    """The class of a place.

    Raises
    ------
    KeyError
        It has none: the state of the chip has grown, and PATTERNS with it.
    """
    for kind, pattern in PATTERNS.items():
        if re.search(pattern, name):
            return kind
    raise KeyError(name)


@dataclass(frozen=True)
class Flip:
    """A bit that changes: where, and when in the time of a job, of 0 to 1."""

    kind: str
    place: Place
    word: int
    bit: int
    when: float

    def __str__(self) -> str:
        word = f"[{self.word}]" if self.place.depth > 1 else ""
        name = self.place.name.removeprefix("chip0.top.")
        return f"{name}{word}.{self.bit} at {self.when:.3f}"


def draw(places: list[Place], kind: str, count: int, seed: int) -> list[Flip]:
    """Flips of a class: of each register as many as of each memory, of each bit of it as many."""
    rng = random.Random(f"{seed} {kind}")
    chosen = [place for place in places if class_of(place.name) == kind]
    flips = []
    for _ in range(count):
        place = rng.choice(chosen)
        word, bit = rng.randrange(place.depth), rng.randrange(place.width)
        flips.append(Flip(kind, place, word, bit, rng.random()))
    return flips
