"""What a pool makes of a submitted share, computed from the raw messages and nothing of ours."""

import struct
from dataclasses import dataclass
from enum import StrEnum

from Crypto.Hash import SHA256

#: The target of difficulty 1.
DIFFICULTY_1 = 0xFFFF << 208

#: Version bits that BIP 320 lets miners roll.
ROLLABLE = 0x1FFFE000

#: What a pool that says nonsense calls jobs that it never gave.
NEVER_GIVEN = "wrong"

#: How far a share's time may be from its job's, as ckpool has it.
EARLIER, LATER = 0, 7000


class Mode(StrEnum):
    """How a pool joins the submitted bits with the job's version."""

    OR = "or"
    """As ckpool does."""

    XOR = "xor"
    """As public-pool does."""

    BIP310 = "bip310"
    """As the text says: they replace the bits of the mask."""


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    MALFORMED = "malformed"
    STALE = "stale"
    DUPLICATE = "duplicate"
    LOW = "low"


#: Error code and words of each.
ERRORS = {
    Verdict.MALFORMED: (20, "Invalid share"),
    Verdict.STALE: (21, "Job not found"),
    Verdict.DUPLICATE: (22, "Duplicate"),
    Verdict.LOW: (23, "Above target"),
}


def sha256d(data):
    return SHA256.new(SHA256.new(data).digest()).digest()


def word_swapped(data):
    """A hash as `mining.notify` has it: the bytes of each word reversed."""
    words = struct.unpack("<8I", data)
    return struct.pack(">8I", *words)


@dataclass(frozen=True, kw_only=True)
class PoolJob:
    """What one connection was told with one `mining.notify`.

    `previous` is in the order of the header; `extranonce1`, `size` (of extranonce2), `mask` and
    `difficulty` are those that held when it was sent.
    """

    job_id: str
    previous: bytes
    coinbase_1: bytes
    coinbase_2: bytes
    branches: tuple[bytes, ...]
    version: int
    bits: int
    time: int
    clean: bool
    extranonce1: bytes
    size: int
    mask: int
    difficulty: float

    def params(self):
        """Of `mining.notify`."""
        return [
            self.job_id,
            word_swapped(self.previous).hex(),
            self.coinbase_1.hex(),
            self.coinbase_2.hex(),
            [branch.hex() for branch in self.branches],
            f"{self.version:08x}",
            f"{self.bits:08x}",
            f"{self.time:08x}",
            self.clean,
        ]

    def version_of(self, rolled, mode):
        match mode:
            case Mode.OR:
                return self.version | rolled
            case Mode.XOR:
                return self.version ^ rolled
            case Mode.BIP310:
                return self.version & ~self.mask | rolled & self.mask
        raise ValueError(mode)

    def header(self, extranonce2, time, nonce, version):
        root = sha256d(self.coinbase_1 + self.extranonce1 + extranonce2 + self.coinbase_2)
        for branch in self.branches:
            root = sha256d(root + branch)
        return struct.pack("<I32s32sIII", version, self.previous, root, time, self.bits, nonce)


def difficulty_of(header):
    """How hard the hash of these 80 bytes is."""
    return DIFFICULTY_1 / max(1, int.from_bytes(sha256d(header), "little"))


@dataclass(frozen=True, kw_only=True)
class Share:
    """A submitted share that could be read: `at` in seconds of the event loop's clock."""

    at: float
    session: int
    job: PoolJob
    header: bytes
    difficulty: float
    verdict: Verdict


class MalformedError(ValueError):
    """Not what `mining.submit` looks like."""


def _number(text, width):
    if not isinstance(text, str) or len(text) != 2 * width:
        raise MalformedError(f"{text!r} is not a number of {width} bytes")
    try:
        return int.from_bytes(bytes.fromhex(text), "big")
    except ValueError as error:
        raise MalformedError(str(error)) from error


def fields_of(params, job):
    """Extranonce2, time, nonce and rolled bits of a submit, checked for their form."""
    if not 5 <= len(params) <= 6:
        raise MalformedError(f"{len(params)} parameters")
    extranonce2 = _number(params[2], job.size).to_bytes(job.size, "big")
    time, nonce = _number(params[3], 4), _number(params[4], 4)
    rolled = _number(params[5], 4) if len(params) == 6 else 0
    if rolled & ~job.mask:
        raise MalformedError(f"version bits {rolled:08x} are not all in {job.mask:08x}")
    if not job.time - EARLIER <= time <= job.time + LATER:
        raise MalformedError(f"time {time - job.time:+d} s")
    return extranonce2, time, nonce, rolled
