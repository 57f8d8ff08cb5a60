"""What pools say, taken apart without believing any of it.

Forms that are wrong by the letter but can mean one thing only are accepted: `docs/pools.md` has
them, with who sends them. Everything else is a :class:`ProtocolError`, which names the reason and
the offending value.
"""

import json
import math
import re
from collections.abc import Hashable
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
    "number",
    "request_id",
    "shown",
    "text_of",
    "whole",
]

#: Bounds on what a pool may send: a coinbase larger than a transaction may be, or a tree deeper
#: than a block has, is garbage.
MOST_COINBASE = 100_000
MOST_BRANCHES = 32
MOST_EXTRANONCE = 32

#: Characters of an offending value that are shown.
SHOWN = 80

_DIGITS = re.compile("(0[xX])?([0-9a-fA-F]*)")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")

#: How pools write the last part of a job.
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


class ProtocolError(ValueError):
    """A message that cannot be used.

    Attributes
    ----------
    value
        What was wrong with it, as it came.
    """

    def __init__(self, reason: str, value: Any) -> None:
        super().__init__(reason)
        self.value = value

    def __str__(self) -> str:
        return f"{self.args[0]}: {shown(self.value)}"


def shown(value: Any) -> str:
    """A value as it came, made safe to show and cut to :data:`SHOWN` characters."""
    if isinstance(value, bytes):
        return text_of(value.decode(errors="backslashreplace"), SHOWN) or "(empty)"
    try:
        return text_of(json.dumps(value, ensure_ascii=False), SHOWN)
    except RecursionError:
        return "…"


def text_of(value: Any, most: int = 200) -> str:
    """What somebody says, made safe to show: printable, one line, not long."""
    text = value if isinstance(value, str) else ""
    return "".join(char if char.isprintable() else " " for char in text[:most]).strip()


def message(line: bytes) -> dict[str, Any]:
    """A line of JSON that holds an object."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("no JSON", line) from error
    if not isinstance(value, dict):
        raise ProtocolError("no object", value)
    return value


def request_id(value: Any) -> int | None:
    """The number of a request as it comes back: a number, or one in a string; else ``None``."""
    try:
        return whole(value, "id", -(1 << 53), 1 << 53)
    except ProtocolError:
        return None


def number(value: Any, what: str) -> float:
    """A finite number, or one in a string."""
    found = value
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        found = float(value)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ProtocolError(f"{what} must be a number", value)
    try:
        found = float(found)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ProtocolError(f"{what} must be finite", value)
    return found


def whole(value: Any, what: str, least: int, most: int) -> int:
    """A whole number within bounds, however it is written."""
    found = number(value, what)
    if not found.is_integer() or not least <= found <= most:
        raise ProtocolError(f"{what} must be a whole number from {least} to {most}", value)
    return int(found)


def _digits(value: Any, what: str) -> str:
    found = _DIGITS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ProtocolError(f"{what} must be hexadecimal", value)
    return found[2]


def _bytes(value: Any, what: str, least: int, most: int) -> bytes:
    """Bytes; a zero that was left out at their start is put back."""
    digits = _digits(value, what)
    data = bytes.fromhex("0" * (len(digits) % 2) + digits)
    if not least <= len(data) <= most:
        raise ProtocolError(f"{what} must have {least} to {most} bytes, not {len(data)}", value)
    return data


def _hash(value: Any, what: str) -> bytes:
    """32 bytes; zeros that were left out at their start are put back."""
    digits = _digits(value, what)
    if not 1 <= len(digits) <= 64:
        raise ProtocolError(f"{what} must have 64 hexadecimal digits, not {len(digits)}", value)
    return bytes.fromhex(digits.zfill(64))


def _word(value: Any, what: str) -> int:
    """A number of 32 bits: up to eight hexadecimal digits, or a number of JSON."""
    if isinstance(value, int | float):
        return whole(value, what, 0, 0xFFFFFFFF)
    digits = _digits(value, what)
    if not 1 <= len(digits) <= 8:
        raise ProtocolError(f"{what} must have up to 8 hexadecimal digits", value)
    return int(digits, 16)


def mask(value: Any) -> int:
    """A version mask."""
    return _word(value, "version mask")


def difficulty(params: Any) -> float:
    """Of ``mining.set_difficulty``."""
    if not isinstance(params, list) or not params:
        raise ProtocolError("difficulty is missing", params)
    found = number(params[0], "difficulty")
    if not 1e-12 <= found <= 1e30:
        raise ProtocolError("difficulty must be between 1e-12 and 1e30", params[0])
    return found


def extranonce(first: Any, size: Any) -> tuple[bytes, int]:
    """Extranonce1, and how many bytes extranonce2 has."""
    data = _bytes(first, "extranonce1", 0, MOST_EXTRANONCE)
    return data, whole(size, "extranonce2 size", 0, MOST_EXTRANONCE)


def _flag(rest: list[Any]) -> bool:
    """The last part of a job; a new previous hash says as much where it is left out.

    There may be more before it or after it, which means nothing here.
    """
    for value in rest:
        text = json.dumps(value).strip('"').lower() if isinstance(value, bool | int | str) else ""
        if text in _FLAGS:
            return _FLAGS[text]
    if rest:
        raise ProtocolError("the ninth part of a job must be true or false", rest[0])
    return False


@dataclass(frozen=True, kw_only=True)
class Notify:
    """``mining.notify``.

    Attributes
    ----------
    job_id
        As it came: it goes back with shares.
    previous
        In the order of the header.
    clean
        Whether earlier jobs are void. False as well if the pool does not say.
    """

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
        """Take its parameters apart.

        Raises
        ------
        ProtocolError
            Names the part that cannot be used.
        """
        if not isinstance(params, list) or len(params) < 8:
            raise ProtocolError("a job must have nine parts", params)
        job_id, previous, first, last, branch, version, bits, ntime = params[:8]
        if isinstance(job_id, int | float):
            number(job_id, "job id")
        elif not isinstance(job_id, str) or len(job_id) > 256:
            raise ProtocolError("job id must be a short string", job_id)
        if not isinstance(branch, list) or len(branch) > MOST_BRANCHES:
            raise ProtocolError(f"merkle branch must be a list of up to {MOST_BRANCHES}", branch)
        target = _word(bits, "nbits")
        try:
            target_from_bits(target)
        except ValueError as error:
            raise ProtocolError(str(error), bits) from error
        words = _hash(previous, "previous hash")
        return cls(
            job_id=job_id,
            # Each word of it comes with its bytes the other way round.
            previous=b"".join(words[at : at + 4][::-1] for at in range(0, 32, 4)),
            coinbase1=_bytes(first, "coinbase", 0, MOST_COINBASE),
            coinbase2=_bytes(last, "coinbase", 0, MOST_COINBASE),
            branch=tuple(_hash(node, "merkle branch") for node in branch),
            version=_word(version, "version"),
            bits=target,
            time=_word(ntime, "ntime"),
            clean=_flag(params[8:]),
        )
