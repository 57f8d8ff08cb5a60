"""What a binding tells the hardware around its datapath."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sluice.rtl.hls.ir import Graph, Node, Source
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord


@dataclass(frozen=True)
class JobWord:
    """A word that a job brings.

    Members
    -------
    number
        Its address on the work bus.
    period
        The period of the nonce, counted from 0, in which it is needed.
    """

    number: int
    period: int = 0


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


#: What an input brings in a slot: a number, a word of a job, or nothing that matters.
InputWord = int | JobWord | RangeWord | None


@dataclass(frozen=True, kw_only=True)
class Binding:
    """A folded graph, and the words that it needs in each slot.

    Members
    -------
    graph
        One slot of the hardware: a pass of the graph is a slot, with the words of earlier slots as
        back-edges and out of memories.
    slots
        The folding factor ``N``.
    periods
        How many periods of ``N`` slots a nonce takes: so many nonces are on their way in a thread.
    gap
        Periods without nonces between two jobs.
    inputs
        For each input of the graph that is not known with the job, what it brings, by slot.
    tap
        The slot in which the outputs are ``H7``, `periods` periods after the nonce's first slot 0.
    constants
        Words in memories, by their places, which are above those of the slots.
    job_words
        The words of a job, in the order of their addresses on the work bus; empty if they are
        those that the schedule finds (:attr:`~sluice.rtl.hls.schedule.Schedule.job_uses`), in
        registers.
    load_from
        If it is not zero, the number of the first slot of a period of its own in which the words of
        a job come in, between two others; :attr:`inputs` has its slots too.
    table
        What the graph was folded by, for pictures; none if it was not folded.
    """

    graph: Graph
    slots: int
    inputs: Mapping[str, tuple[InputWord, ...]]
    tap: int
    periods: int = 1
    gap: int = 0
    constants: Mapping[int, int] = field(default_factory=dict)
    job_words: tuple[Node, ...] = ()
    load_from: int = 0
    table: ReservationTable | None = None

    @classmethod
    def of(
        cls,
        table: ReservationTable,
        *,
        tap: int,
        inputs: Sequence[Sequence[str]],
        periods: int = 1,
        gap: int = 0,
        load_from: int = 0,
    ) -> "Binding":
        """That of a folded graph.

        If an input brings something in most slots, it brings zero in the others.

        Parameters
        ----------
        table
            The table that the graph is folded by, and what its inputs bring.
        tap
            The slot in which its outputs are, counted from the beginning of a nonce.
        inputs
            Groups of names of inputs, in the order of the addresses of the words that they bring.
            A word that several inputs of a group bring has one address.
        periods, gap, load_from
            See above.
        """
        graph, slots = table.graph, table.slots
        numbers: dict[tuple[int, Node], int] = {}
        brought: dict[str, tuple[InputWord, ...]] = {}
        for group, name in ((i, name) for i, names in enumerate(inputs) for name in names):
            words: list[InputWord] = [None] * graph.slots
            for slot, word in table.inputs[name].items():
                if isinstance(word, GraphWord) and word.node.kind is Source.CONSTANT:
                    words[slot] = word.node.value
                elif isinstance(word, GraphWord):
                    number = numbers.setdefault((group, word.node), len(numbers))
                    words[slot] = JobWord(number, table.periods.get((name, slot), 0))
                else:
                    assert isinstance(word, (int, RangeWord)), word
                    words[slot] = word
            if 2 * words[:slots].count(None) < slots:
                words = [0 if word is None else word for word in words]
            brought[name] = tuple(words)
        return cls(
            graph=graph,
            slots=slots,
            periods=periods,
            gap=gap,
            inputs=brought,
            tap=tap % slots,
            constants=table.constants,
            job_words=tuple(node for _, node in numbers),
            load_from=load_from,
            table=table,
        )

    def slot_of(self, name: str, word: InputWord) -> int:
        """The first slot in which an input brings a word.

        Raises
        ------
        ValueError
            It never does.
        """
        return self.inputs[name].index(word)

    def first_job_slot(self, name: str) -> int | None:
        """The first slot in which an input brings a word of a job to a nonce that begins.

        ``None`` if it brings none: what it brings is the same for all jobs.
        """
        for slot, word in enumerate(self.inputs[name]):
            if isinstance(word, JobWord) and word.period == 0:
                return slot
        return None

    @property
    def nonce(self) -> tuple[str, int]:
        """The input that brings the nonce, and its slot."""
        for name, words in self.inputs.items():
            if RangeWord.NONCE in words:
                return name, words.index(RangeWord.NONCE)
        raise ValueError("no input brings the nonce")
