"""One round with registers: what the simulation of cells is checked on."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from amaranth.hdl import Const, Module, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.hls.ops import Op
from sluice.rtl.sha256.constants import ROUND_CONSTANTS
from sluice.rtl.sha256.function import round_
from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Sigma
from sluice.rtl.target import Technology, by_name

#: Its round constant, and the address of ``W``, behind the state.
CONSTANT, LAST = ROUND_CONSTANTS[0], 8
_WORK = data.StructLayout({"address": 8, "data": 32})


@dataclass(frozen=True)
class _Cells:
    """A word as hardware of a technology."""

    m: Module
    technology: Technology
    value: Value

    def _emit(self, op: Op, *others: "_Cells", which: Sigma | None = None) -> "_Cells":
        args = [self.value, *(other.value for other in others)]
        return _Cells(self.m, self.technology, self.technology.emit(self.m, op, args, which))

    def __add__(self, other: "_Cells", /) -> "_Cells":
        return self._emit(Op.ADD, other)

    def choose(self, f: "_Cells", g: "_Cells", /) -> "_Cells":
        return self._emit(Op.CHOOSE, f, g)

    def majority(self, b: "_Cells", c: "_Cells", /) -> "_Cells":
        return self._emit(Op.MAJORITY, b, c)

    def sigma(self, which: Sigma, /) -> "_Cells":
        return self._emit(Op.SIGMA, which=which)


class Round(wiring.Component):
    """The round of SHA-256 whose state is its next input, over and over.

    Parameters
    ----------
    technology
        What operations are built of.

    Members
    -------
    work : In(stream of words)
        Words that load it, see :class:`RoundJob`. It begins behind the last one.
    last : Out(32)
        The last word of the state, ``h``.
    """

    def __init__(self, technology: str) -> None:
        self._technology = by_name(technology)
        super().__init__({"work": In(stream.Signature(_WORK)), "last": Out(32)})

    def elaborate(self, platform: object) -> Module:
        """Eight registers of state, one of ``W``."""
        m = Module()
        state = [Signal(32, name=f"state_{name}") for name in "abcdefgh"]
        w, running, work = Signal(32), Signal(), self.work
        k = Const(CONSTANT, 32)
        given = [*state, k, w]
        *words, k_word, w_word = (_Cells(m, self._technology, value) for value in given)
        after = round_(words, k_word, w_word)
        m.d.comb += [work.ready.eq(1), self.last.eq(state[-1])]
        with m.If(running):
            m.d.sync += [
                register.eq(word.value) for register, word in zip(state, after, strict=True)
            ]
        with m.If(work.valid):
            m.d.sync += running.eq(work.payload.address == LAST)
            for address, register in enumerate([*state, w]):
                with m.If(work.payload.address == address):
                    m.d.sync += register.eq(work.payload.data)
        return m


@dataclass(frozen=True)
class RoundJob:
    """Words that load a round: address in bits 0 to 7, the state from ``a`` on and then ``W``."""

    words: list[int]

    @classmethod
    def random(cls, seed: int) -> "RoundJob":
        """Any words."""
        source = random.Random(seed)
        return cls([address | source.getrandbits(32) << 8 for address in range(LAST + 1)])

    def states(self) -> Iterator[int]:
        """The state after each round, ``a`` in the highest 32 bits, by the model on integers."""
        *loaded, w = (Word32(word >> 8) for word in self.words)
        state = tuple(loaded)
        while True:
            state = round_(state, Word32(CONSTANT), w)
            yield sum(word << 32 * place for place, word in enumerate(reversed(state)))
