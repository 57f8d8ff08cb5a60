"""The block header of Bitcoin: 80 bytes, twenty words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sluice.rtl.protocol.checks import check_length, check_range

__all__ = ["HEADER_BYTES", "HEADER_WORDS", "Header"]

HEADER_BYTES = 80
HEADER_WORDS = 20


@dataclass(frozen=True, kw_only=True)
class Header:
    """A block header.

    Parameters
    ----------
    version, time, bits, nonce
        Numbers of 32 bits, little-endian in the header. ``nonce`` is the number that Bitcoin knows;
        the chip's ``W19`` is :attr:`w19`.
    previous
        Hash of the previous block, 32 bytes in the order they have in the header.
    merkle_root
        Likewise.

    Raises
    ------
    ValueError
        If a field does not fit.
    """

    version: int
    previous: bytes
    merkle_root: bytes
    time: int
    bits: int
    nonce: int = 0

    def __post_init__(self) -> None:
        for field in ("version", "time", "bits", "nonce"):
            check_range(field, getattr(self, field), 32)
        for field in ("previous", "merkle_root"):
            object.__setattr__(self, field, check_length(field, getattr(self, field), 32))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Take apart the 80 bytes that are hashed."""
        check_length("header", data, HEADER_BYTES)

        def number(at: int) -> int:
            return int.from_bytes(data[at : at + 4], "little")

        return cls(
            version=number(0),
            previous=data[4:36],
            merkle_root=data[36:68],
            time=number(68),
            bits=number(72),
            nonce=number(76),
        )

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Take apart 160 hexadecimal digits; white space between bytes is allowed."""
        try:
            data = bytes.fromhex(text)
        except ValueError as error:
            raise ValueError(f"header must be hexadecimal digits, not {text!r}") from error
        return cls.from_bytes(data)

    @classmethod
    def from_words(cls, words: Sequence[int]) -> Self:
        """Put together ``W0`` to ``W19``."""
        if len(words) != HEADER_WORDS:
            raise ValueError(f"words must be {HEADER_WORDS}, not {len(words)}")
        return cls.from_bytes(
            b"".join(
                check_range(f"W{index}", word, 32).to_bytes(4, "big")
                for index, word in enumerate(words)
            )
        )

    def __bytes__(self) -> bytes:
        return b"".join(
            (
                self.version.to_bytes(4, "little"),
                self.previous,
                self.merkle_root,
                self.time.to_bytes(4, "little"),
                self.bits.to_bytes(4, "little"),
                self.nonce.to_bytes(4, "little"),
            )
        )

    @property
    def words(self) -> tuple[int, ...]:
        """``W0`` to ``W19``, big-endian as SHA-256 takes them."""
        data = bytes(self)
        return tuple(int.from_bytes(data[i : i + 4], "big") for i in range(0, HEADER_BYTES, 4))

    @property
    def w19(self) -> int:
        """The nonce as the chip counts and reports it: the last word of the header."""
        return int.from_bytes(self.nonce.to_bytes(4, "little"), "big")

    def with_w19(self, word: int) -> Self:
        """The same header with another last word."""
        nonce = int.from_bytes(check_range("w19", word, 32).to_bytes(4, "big"), "little")
        return replace(self, nonce=nonce)

    def with_version(self, version: int) -> Self:
        """The same header with another version."""
        return replace(self, version=version)
