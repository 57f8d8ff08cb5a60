"""An engine: a unit that does rounds, and whence it takes its words."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.operations import Brought, Operand, Operation, Result, Unit
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import ROUND_CONSTANTS

from .message import Message

#: ``a`` to ``h``: what the last four slots have made of each chain.
State = Sequence[Result]


class Loaded(NamedTuple):
    """What a slot of a load is to make.

    Members
    -------
    e, a
        The words of the state.
    w
        What the schedule gives in that slot.
    """

    e: GraphWord
    a: GraphWord
    w: GraphWord


def chains(state: Sequence[GraphWord], words: Sequence[GraphWord]) -> list[Loaded]:
    """The words of a state in the order in which they are loaded: the oldest ones first."""
    return [Loaded(*word) for word in zip(state[7:3:-1], state[3::-1], words, strict=True)]


def shifted(operation: Operation, state: State) -> State:
    """The state after a round."""
    return [operation[0], *state[:3], operation[1], *state[4:7]]


class Policy(ABC):
    """How a state comes into an engine, see :mod:`.load`."""

    @abstractmethod
    def text(self, unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
        """A round of hardware."""

    @abstractmethod
    def load(self, engine: "Engine", begin: int, words: Sequence[Loaded]) -> State:
        """Bind what loads a state, in four slots from `begin` on."""

    def begins(self, words: Sequence[Loaded]) -> GraphWord | None:
        """What is to be added to the constant of the first round, if anything is."""
        del words
        return None

    def leaves(self, engine: "Engine", slot: int, d: Operand) -> Operand:
        """The word ``d`` of a slot, to be added to another one."""
        del engine, slot
        return d


@dataclass(frozen=True)
class Engine:
    """A unit that does rounds, and whence it takes its words.

    Members
    -------
    name
        Of the unit.
    policy
        How a state is loaded.
    message
        The units of its schedule.
    job
        The graph of words of jobs.
    k, m, x
        The inputs that bring round constants, and what is loaded.
    """

    name: str
    policy: Policy
    message: Message
    job: Graph
    k: str = "k"
    m: str = "m"
    x: str = ""

    @property
    def table(self) -> ReservationTable:
        """Where its operations go."""
        return self.message.table

    def known(self, number: int) -> GraphWord:
        """A number that a job brings."""
        return GraphWord.constant(self.job, number)

    def use(self, slot: int, *operands: Operand, kind: str = "") -> Operation:
        """Bind an operation."""
        return self.table.use(self.name, slot, *operands, kind=kind)

    def compress(self, first: int, rounds: range, words: Sequence[Loaded], last: int = 0) -> State:
        """Load a state, and do rounds; that of number 0 has the slot `first`.

        `last` is added to the constant of the last round.
        """
        begin = first + rounds[0]
        state = self.policy.load(self, begin - 4, words)
        more = self.policy.begins(words)
        for t in rounds:
            k = self.known(ROUND_CONSTANTS[t] + last * (t == rounds[-1]))
            if t == rounds[0] and more is not None:
                k = more + k
            made = self.use(first + t, *state, Brought(self.k, k), self.message.at(first + t))
            state = shifted(made, state)
        return state
