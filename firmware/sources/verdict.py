"""What a node says of a block that it was given (BIP 22), and how nodes differ in it."""

from dataclasses import dataclass

__all__ = ["Verdict"]

#: The node has the block already, or keeps it without having judged it.
_HAS_IT = ("duplicate", "inconclusive", "duplicate-inconclusive")

#: Longest reason that is kept.
LONGEST = 100


@dataclass(frozen=True)
class Verdict:
    """The end of a block's way.

    Attributes
    ----------
    word
        What the node said, without the ``rejected:`` that some put before it; empty if it simply
        took the block.
    """

    word: str

    @classmethod
    def of(cls, answer: object) -> "Verdict":
        """From the result of ``submitblock``; ``None`` is the best there is."""
        if answer is None:
            return cls("")
        # bcoin says "rejected: duplicate", Bitcoin Core "duplicate".
        words = str(answer)[:LONGEST].strip()
        if words.lower().startswith("rejected:"):
            words = words.partition(":")[2].strip()
        known = words.lower()
        return cls(known if known in _HAS_IT else words or "refused")

    @property
    def has_it(self) -> bool:
        """The node did not take the block now because it has it."""
        return self.word in _HAS_IT

    @property
    def accepted(self) -> bool:
        """The block is where it belongs: there is no reason to hand it in again."""
        return not self.word or self.has_it
