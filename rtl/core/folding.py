"""The double hash folded: the same rounds of hardware for many rounds of SHA-256.

A nonce goes through `rounds` physical rounds `passes` times: the first half of the passes is the
first hash, the second half is the second. Rounds of a hash are told from its end: the last one is
the last of the last pass, so a hash starts some physical rounds into its first pass if there are
more rounds than needed, and the first rounds of the first hash, which only depend on the job, are
not made if there are less. `H7` needs 61 rounds of the second hash.
"""

from dataclasses import dataclass

from sluice.rtl.hls.ir import Binding, Graph
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.rtl.sha256.function import ROUNDS, next_word, round_, schedule

from .mining import NONCE, padding

#: Rounds of the second hash that `H7` depends on, and rounds of the first that the nonce changes.
NEEDED = ROUNDS - 3


@dataclass(frozen=True)
class Folding:
    """How the rounds of both hashes lie in passes.

    Parameters
    ----------
    rounds
        Physical rounds, 1 to 61.
    """

    rounds: int

    def __post_init__(self) -> None:
        if not 1 <= self.rounds <= NEEDED:
            raise ValueError(f"rounds must be 1 to {NEEDED}, not {self.rounds}")

    @property
    def half(self) -> int:
        """Passes of one hash."""
        return -(-NEEDED // self.rounds)

    @property
    def passes(self) -> int:
        """Passes of both hashes."""
        return 2 * self.half

    @property
    def entry(self) -> int:
        """The physical round that a hash begins with."""
        return max(0, self.half * self.rounds - ROUNDS)

    @property
    def skipped(self) -> int:
        """Rounds of the first hash that are done with the job, 0 to 3."""
        return ROUNDS - (self.half * self.rounds - self.entry)

    @property
    def tap(self) -> int:
        """The physical round, of the last pass, after which ``e`` is that of round 61."""
        return self.entry + NEEDED - 1 - (self.half - 1) * self.rounds

    def constants(self, physical: int) -> list[int]:
        """The round constant of a physical round in each pass; 0 where it does nothing useful."""
        first = [turn * self.rounds + physical - self.entry for turn in range(self.half)]
        numbers = [self.skipped + slot for slot in first] + first
        return [
            ROUND_CONSTANTS[number] if 0 <= number < ROUNDS and slot >= 0 else 0
            for number, slot in zip(numbers, first * 2, strict=True)
        ]


def folded_graph(folding: Folding, lanes: int = 1) -> Graph:
    """The graph of one pass, with the inputs of :func:`~.mining.mining_graph`.

    Its outputs ``h7_0`` to ``h7_[lanes - 1]`` are right in the last pass. Job words meet the nonce
    in the first pass, and the midstate once more in the first pass of the second hash.
    """
    graph = Graph(folding.passes)
    tail = [GraphWord.input(graph, f"w{i}", Binding.JOB) for i in range(16, NONCE)]
    nonce = GraphWord.input(graph, "nonce", Binding.NONCE)

    def constant(value: int) -> GraphWord:
        return GraphWord.constant(graph, value)

    block = [*tail, nonce, *padding(4, 640, constant)]
    words = list(schedule(block, 16 + folding.skipped))
    for lane in range(lanes):
        state: tuple[GraphWord, ...] = tuple(
            GraphWord.input(graph, f"mid{lane}_{i}", Binding.JOB) for i in range(8)
        )
        middle = state
        for t in range(folding.skipped):
            state = round_(state, constant(ROUND_CONSTANTS[t]), words[t])
        lane_graph = _Lane(graph, folding, lane)
        lane_graph.build(middle, state, words[folding.skipped :])
    return graph


class _Lane:
    """The rounds of one lane."""

    def __init__(self, graph: Graph, folding: Folding, lane: int) -> None:
        self.graph = graph
        self.folding = folding
        self.lane = lane
        self.state = [self._loop(name) for name in "abcdefgh"]
        self.window = [self._loop(f"w{i}") for i in range(16)]

    def _loop(self, name: str) -> GraphWord:
        return GraphWord(self.graph, self.graph.loop(f"{name}_{self.lane}"))

    def _enter(
        self, words: list[GraphWord], first: list[GraphWord], second: list[GraphWord]
    ) -> list[GraphWord]:
        """`first` or `second` in the pass that begins a hash, `words` in all others."""
        half, passes = self.folding.half, self.folding.passes
        result = []
        for word, one, two in zip(words, first, second, strict=True):
            choices = [word.node] * passes
            choices[0], choices[half] = one.node, two.node
            result.append(GraphWord(self.graph, self.graph.select(choices)))
        return result

    def build(
        self,
        middle: tuple[GraphWord, ...],
        state: tuple[GraphWord, ...],
        block: list[GraphWord],
    ) -> None:
        """All rounds: `state` and `block` enter in the first pass; `middle` is added after it."""

        def constant(value: int) -> GraphWord:
            return GraphWord.constant(self.graph, value)

        folding = self.folding
        ended = [*self.state]
        now, window = [*self.state], [*self.window]
        inner = [h + s for h, s in zip(middle, ended, strict=True)]
        for physical in range(folding.rounds):
            if physical == folding.entry:
                initial = [constant(word) for word in INITIAL_STATE]
                now = self._enter(now, [*state], initial)
                window = self._enter(window, block, [*inner, *padding(8, 256, constant)])
            k = GraphWord(self.graph, self.graph.table(folding.constants(physical)))
            now = [*round_(now, k, window[0])]
            now[0].named(f"a{physical}_{self.lane}")
            now[4].named(f"e{physical}_{self.lane}")
            window = [*window[1:], next_word(window).named(f"w{physical + 16}_{self.lane}")]
            if physical == folding.tap:
                last = now[4] + constant(INITIAL_STATE[7])
                self.graph.outputs[f"h7_{self.lane}"] = last.node
        for loop, word in zip([*self.state, *self.window], [*now, *window], strict=True):
            self.graph.loops[loop.node] = word.node
