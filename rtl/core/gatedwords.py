"""Words whose functions can be zero: a gate is an input of their tables."""

from collections.abc import Callable
from dataclasses import dataclass

from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.word import Sigma


@dataclass(frozen=True)
class GatedWord(GraphWord):
    """A word whose functions are zero in some slots; its sums are not."""

    gate: Callable[[GraphWord], GraphWord]

    def choose(self, f: GraphWord, g: GraphWord, /) -> GraphWord:
        """``Ch``, gated."""
        return self.gate(super().choose(f, g))

    def majority(self, b: GraphWord, c: GraphWord, /) -> GraphWord:
        """``Maj``, gated."""
        return self.gate(super().majority(b, c))

    def sigma(self, which: Sigma, /) -> GraphWord:
        """A sigma, gated."""
        return self.gate(super().sigma(which))
