"""How often a chain gets jobs: as seldom as its chips allow, and never faster than its line."""

from sluice.rtl.protocol.frames import JOB_FRAME_BYTES
from sluice.rtl.protocol.versions import version_count

from ..config import ChainSettings
from .bringup import Found

__all__ = ["SPACING", "Pace"]

#: Seconds after which a Sluice gets a new job at the latest; real chips have an interval that they
#: are known to work with.
LONGEST = 30.0

#: A new job is sent when so much of the last one's nonces and versions is done.
SHARE = 0.5

#: Times that a job takes on the line, between two jobs at least. A bit has eight link cycles or
#: more, so three jobs take 21,120 of them: chips prepare a job in 2,650 and check a hit in 5,100
#: (docs/chip.md), and keep the last four jobs, so that none is gone before its hits are checked.
SPACING = 3

#: Times the least span that would do by the measured hash rate: how fast a chip is that has to wait
#: for nonces is not known.
ROOM = 16

#: Part of what a job took on the line that is remembered from one to the next.
MEMORY = 0.8


class Pace:
    """Of one chain.

    Parameters
    ----------
    settings
        Of the port.
    found
        What is there.
    chips, cores
        How many there are, the cores of all chips together.

    Attributes
    ----------
    span
        Nonces of a version that each core does; ``None`` for all of its share.
    """

    def __init__(self, settings: ChainSettings, found: Found, *, chips: int, cores: int) -> None:
        self._cores = cores
        # What a real chip sweeps follows from its clock.
        self.span = settings.nonce_span if found.setup.sluice else None
        self._longest = LONGEST
        if not found.setup.sluice:
            # As ESP-Miner does it.
            self._longest = found.setup.model.job_period / (1 << (chips - 1).bit_length())
        if settings.job_interval is not None:
            self._longest = settings.job_interval
        #: Seconds that a job takes by the rate of the line.
        self.on_line = 10 * JOB_FRAME_BYTES / found.baud
        self._taken = 0.0

    def took(self, seconds: float) -> None:
        """A job was with the chips so long after it was sent."""
        self._taken = max(seconds, MEMORY * self._taken)

    @property
    def spacing(self) -> float:
        """Seconds between two jobs at least, but for those of a new block."""
        return SPACING * max(self.on_line, self._taken)

    def _space(self, mask: int) -> int:
        """Nonces times versions of a job."""
        return min(1 << 32, (self.span or 1 << 32) * self._cores) * version_count(mask)

    def period(self, mask: int, rate: float) -> float:
        """Seconds until the next job, at so many hashes a second, with these bits to roll."""
        return max(min(self._longest, SHARE * self._space(mask) / rate), self.spacing)

    def widen(self, mask: int, rate: float) -> bool:
        """Have each core do more nonces if there are too few for the line; whether there were."""
        wanted = self.spacing * rate / SHARE
        if self.span is None or self._space(mask) >= wanted:
            return False
        least = ROOM * wanted / (self._cores * version_count(mask))
        span = 1 << int(least).bit_length()
        self.span = span if span * self._cores < 1 << 32 else None
        return True
