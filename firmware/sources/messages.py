"""What pools say, taken apart without believing any of it."""

import json
import math
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from ..work.target import target_from_bits

__all__ = [
    "Notify",
    "ProtocolError",
    "difficulty",
    "extranonce",
    "mask",
    "message",
    "reason_of",
    "text_of",
]

#: Bounds on what a pool may send: a coinbase larger than a transaction may be, or a tree deeper
#: than a block has, is garbage.
MOST_COINBASE = 100_000
MOST_BRANCHES = 32
MOST_EXTRANONCE = 16

_DIGITS = re.compile("[0-9a-fA-F]{1,8}")

#: Error codes that pools agree on.
_REASONS = {21: "stale", 22: "duplicate", 23: "low-difficulty", 24: "unauthorized"}


class ProtocolError(ValueError):
    """A message that makes no sense; says what was expected."""


def message(line: bytes) -> dict[str, Any]:
    """A line of JSON that holds an object."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a line is no JSON") from error
    if not isinstance(value, dict):
        raise ProtocolError("a message is no object")
    return value


def _bytes(value: Any, what: str, least: int, most: int) -> bytes:
    if not isinstance(value, str):
        raise ProtocolError(f"{what} must be a string")
    try:
        data = bytes.fromhex(value)
    except ValueError as error:
        raise ProtocolError(f"{what} must be hexadecimal") from error
    if not least <= len(data) <= most:
        raise ProtocolError(f"{what} must be {least} to {most} bytes, not {len(data)}")
    return data


def _number(value: Any, what: str) -> int:
    return int.from_bytes(_bytes(value, what, 4, 4), "big")


def mask(value: Any) -> int:
    """A version mask: up to eight hexadecimal digits."""
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise ProtocolError("version mask must be up to 8 hexadecimal digits")
    return int(value, 16)


def difficulty(params: Any) -> float:
    """Of ``mining.set_difficulty``."""
    value = params[0] if isinstance(params, list) and params else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProtocolError("difficulty must be a number")
    if not math.isfinite(value) or not 1e-12 <= value <= 1e30:
        raise ProtocolError("difficulty must be between 1e-12 and 1e30")
    return float(value)


def extranonce(first: Any, size: Any) -> tuple[bytes, int]:
    """Extranonce1, and how many bytes extranonce2 has."""
    data = _bytes(first, "extranonce1", 0, MOST_EXTRANONCE)
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= MOST_EXTRANONCE:
        raise ProtocolError(f"extranonce2 size must be 0 to {MOST_EXTRANONCE}")
    return data, size


@dataclass(frozen=True, kw_only=True)
class Notify:
    """``mining.notify``."""

    job_id: Hashable
    previous: bytes
    coinbase1: bytes
    coinbase2: bytes
    branch: tuple[bytes, ...]
    version: int
    bits: int
    time: int
    clean: bool

    @classmethod
    def parse(cls, params: Any) -> "Notify":
        """Take its parameters apart."""
        if not isinstance(params, list) or len(params) < 9:
            raise ProtocolError("a job must have nine parts")
        job_id, previous, first, last, branch, version, bits, ntime, clean = params[:9]
        if isinstance(job_id, bool) or not isinstance(job_id, str | int) or len(str(job_id)) > 256:
            raise ProtocolError("job id must be a short string")
        if not isinstance(branch, list) or len(branch) > MOST_BRANCHES:
            raise ProtocolError(f"merkle branch must be a list of up to {MOST_BRANCHES}")
        number = _number(bits, "nbits")
        try:
            target_from_bits(number)
        except ValueError as error:
            raise ProtocolError(str(error)) from error
        words = _bytes(previous, "previous hash", 32, 32)
        return cls(
            job_id=job_id,
            # Each word of it comes with its bytes the other way round.
            previous=b"".join(words[at : at + 4][::-1] for at in range(0, 32, 4)),
            coinbase1=_bytes(first, "coinbase", 0, MOST_COINBASE),
            coinbase2=_bytes(last, "coinbase", 0, MOST_COINBASE),
            branch=tuple(_bytes(node, "merkle branch", 32, 32) for node in branch),
            version=_number(version, "version"),
            bits=number,
            time=_number(ntime, "ntime"),
            clean=bool(clean),
        )


def reason_of(error: Any) -> str:
    """A short word for why a share was refused."""
    if isinstance(error, Sequence) and not isinstance(error, str) and error:
        code, said = error[0], error[1] if len(error) > 1 else ""
    elif isinstance(error, dict):
        code, said = error.get("code"), error.get("message", "")
    else:
        code, said = None, error if isinstance(error, str) else ""
    if isinstance(code, int) and code in _REASONS:
        return _REASONS[code]
    words = text_of(said, 40).lower()
    if "stale" in words:
        return "stale"
    return words or "refused"


def text_of(value: Any, most: int = 200) -> str:
    """What somebody says, made safe to show: printable, one line, not long."""
    text = value if isinstance(value, str) else ""
    return "".join(char if char.isprintable() else " " for char in text[:most]).strip()
