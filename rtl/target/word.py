"""A value of Amaranth as a word."""

from dataclasses import dataclass
from functools import reduce
from operator import xor

from amaranth.hdl import Value

from sluice.rtl.sha256.word import Sigma


@dataclass(frozen=True)
class ValueWord:
    """An unsigned value of 32 bits as a :class:`sluice.rtl.hls.ops.Number`."""

    value: Value

    def __add__(self, other: "ValueWord", /) -> "ValueWord":
        return ValueWord((self.value + other.value)[:32])

    def __sub__(self, other: "ValueWord", /) -> "ValueWord":
        return ValueWord((self.value - other.value)[:32])

    def parity(self, b: "ValueWord", c: "ValueWord", /) -> "ValueWord":
        """The exclusive-or of three words."""
        return ValueWord(self.value ^ b.value ^ c.value)

    def doubled(self) -> "ValueWord":
        """Twice the word."""
        return ValueWord((self.value << 1)[:32])

    def choose(self, f: "ValueWord", g: "ValueWord", /) -> "ValueWord":
        """``Ch``, with one operation less than its definition."""
        return ValueWord(((f.value ^ g.value) & self.value) ^ g.value)

    def majority(self, b: "ValueWord", c: "ValueWord", /) -> "ValueWord":
        """``Maj``, with one operation less than its definition."""
        return ValueWord((self.value & (b.value | c.value)) | (b.value & c.value))

    def choose_or_majority(
        self, f: "ValueWord", g: "ValueWord", /, *, majority: Value
    ) -> "ValueWord":
        """``Maj`` in bits in which `majority` is set, else ``Ch``: a table of four inputs."""
        other = self.value ^ ~majority
        return ValueWord((self.value & f.value) | (g.value & (f.value | other)))

    def sigma(self, which: Sigma, /) -> "ValueWord":
        """One of the sigmas."""
        rotated = [self.value.rotate_right(amount) for amount in which.rotr]
        return ValueWord(reduce(xor, rotated + [self.value >> amount for amount in which.shr]))
