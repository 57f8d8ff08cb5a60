"""What a binding tells the hardware around its datapath."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from sluice.rtl.hls.brought import InputWord, brought
from sluice.rtl.hls.ir import Node
from sluice.rtl.hls.reservation import ReservationTable


class RangeWord(Enum):
    """A word that belongs to the range of a job and not to its header.

    Members
    -------
    NONCE
        The nonce, or the first one of those that enter together.
    LAST
        The last nonce of the range, with each bit inverted.
    MASK
        The bits of `H7` that must be zero.
    MINUS_ONE
        All ones: what a nonce becomes its predecessor with.
    """

    NONCE = "nonce"
    LAST = "last"
    MASK = "mask"
    MINUS_ONE = "minus one"


@dataclass(frozen=True, kw_only=True)
class Binding:
    """A folded graph, and the words that it needs in each slot.

    Members
    -------
    table
        What the graph was folded by. Its slots are the folding factor ``N``; its outputs are
        ``H7``.
    inputs
        For each input of the graph that is not known with the job, what it brings, by slot.
    gap
        Periods without nonces between two jobs.
    job_words
        The words of a job, in the order of their addresses on the work bus; empty if they are
        those that the schedule finds (:attr:`~sluice.rtl.hls.schedule.Schedule.job_uses`), in
        registers.
    """

    table: ReservationTable
    inputs: Mapping[str, tuple[InputWord, ...]]
    gap: int = 0
    job_words: tuple[Node, ...] = ()

    @classmethod
    def of(cls, table: ReservationTable, names: Sequence[Sequence[str]], gap: int = 0) -> "Binding":
        """That of a table whose inputs bring the words of jobs, see :func:`brought`."""
        inputs, words = brought(table, names)
        return cls(table=table, inputs=inputs, gap=gap, job_words=words)

    @property
    def tap(self) -> int:
        """The slot of a period in which the outputs are there."""
        return self.table.told % self.table.slots

    @property
    def periods(self) -> int:
        """Periods from the one in which a nonce begins to the one in which its outputs are there.

        So many nonces are on their way in a thread.
        """
        return self.table.told // self.table.slots

    @property
    def load_from(self) -> int:
        """The number of the first slot of a period of its own in which the words of a job come in,
        between two others; 0 if there is none.
        """
        return self.table.slots_aside.start

    def slot_of(self, name: str, word: InputWord) -> int:
        """The first slot in which an input brings a word.

        Raises
        ------
        ValueError
            It never does.
        """
        return self.inputs[name].index(word)

    @property
    def nonce(self) -> tuple[str, int]:
        """The input that brings the nonce, and its slot."""
        for name, words in self.inputs.items():
            if RangeWord.NONCE in words:
                return name, words.index(RangeWord.NONCE)
        raise ValueError("no input brings the nonce")
