"""Every result is put into its header again, and hashed."""

from dataclasses import dataclass

from Crypto.Hash import SHA256

from sluice.rtl.protocol.versions import ROLLED_SHIFT

from ..stats import Drop
from .job import MiningJob
from .target import difficulty_of
from .template import Template

__all__ = ["Result", "verify"]


@dataclass(frozen=True, slots=True)
class Result:
    """A good result.

    Attributes
    ----------
    job
        What it is of.
    w19
        The last word of the header, as chips count it.
    bits
        Rolled version bits.
    header
        80 bytes.
    value
        Its hash as a number.
    """

    job: MiningJob
    w19: int
    bits: int
    header: bytes
    value: int

    @property
    def template(self) -> Template:
        """What its job was made from."""
        return self.job.template

    @property
    def nonce(self) -> int:
        """The nonce as Bitcoin knows it."""
        return int.from_bytes(self.header[76:], "little")

    @property
    def version(self) -> int:
        """The version that was hashed."""
        return int.from_bytes(self.header[:4], "little")

    @property
    def difficulty(self) -> float:
        """Its difficulty."""
        return difficulty_of(self.value)

    @property
    def hash(self) -> str:
        """As people read it."""
        return f"{self.value:064x}"

    @property
    def is_share(self) -> bool:
        """Whether it is good enough for its source."""
        return self.value <= self.job.template.target

    @property
    def is_block(self) -> bool:
        """Whether it is good enough for the network."""
        return self.value <= self.job.template.network_target


def verify(job: MiningJob, w19: int, bits: int) -> Result | Drop:
    """A result, or why it is none.

    Parameters
    ----------
    job
        The job that the chip named.
    w19, bits
        What it reported: the last word of the header, and rolled version bits.
    """
    key = w19 << 16 | bits
    if key in job.seen:
        return Drop.DUPLICATE
    if not job.template.epoch.alive:
        return Drop.STALE
    if bits & ~job.mask:
        return Drop.BAD_VERSION
    version = job.start | bits << ROLLED_SHIFT
    header = version.to_bytes(4, "little") + job.tail + w19.to_bytes(4, "big")
    digest = SHA256.new(SHA256.new(header).digest()).digest()
    value = int.from_bytes(digest, "little")
    if value > job.limit:
        return Drop.BAD_HASH
    job.seen.add(key)
    return Result(job, w19, bits, header, value)
