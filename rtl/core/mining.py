"""What is mined: SHA-256 of SHA-256 of a block header, over any word."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from sluice.rtl.hls.ir import BindingTime, Graph
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import ROUNDS, compress
from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Word

W = TypeVar("W", bound=Word)

#: Words of a header: ``W0`` version, ``W1`` to ``W8`` previous hash, ``W9`` to ``W16`` merkle root,
#: ``W17`` time, ``W18`` bits, ``W19`` nonce. Each is four bytes of the header, the first byte the
#: most significant.
HEADER_WORDS = 20
NONCE = 19


def midstate(block: Sequence[W], constant: Callable[[int], W], rounds: int = ROUNDS) -> Sequence[W]:
    """The chaining value after ``W0`` to ``W15``: all that the version and the job's data do."""
    return compress([constant(word) for word in INITIAL_STATE], block, constant, rounds)


def padding(words: int, bits: int, constant: Callable[[int], W]) -> list[W]:
    """What follows `words` words of a message of `bits` bits in its last block."""
    return [constant(1 << 31)] + [constant(0)] * (14 - words) + [constant(bits)]


def digest(
    middle: Sequence[W],
    tail: Sequence[W],
    constant: Callable[[int], W],
    rounds: int = ROUNDS,
    observe: Callable[[str, W], None] | None = None,
) -> tuple[W, ...]:
    """Digest words ``H0`` to ``H7`` of the double hash, from the midstate and ``W16`` to ``W19``.

    The hash that people read is these words' bytes in reverse: ``H7 == 0`` is its first eight
    digits being zero. `observe` is called with names and words inside both compressions.
    """

    def compression(name: str, chaining: Sequence[W], block: Sequence[W]) -> tuple[W, ...]:
        def tell(t: int, w: W, state: tuple[W, ...]) -> None:
            if observe:
                observe(f"{name}_w{t}", w)
                observe(f"{name}_a{t + 1}", state[0])
                observe(f"{name}_e{t + 1}", state[4])

        return compress(chaining, block, constant, rounds, tell)

    inner = compression("p", middle, [*tail, *padding(4, 640, constant)])
    initial = [constant(word) for word in INITIAL_STATE]
    return compression("s", initial, [*inner, *padding(8, 256, constant)])


def header_inputs(
    header: Sequence[int], versions: Sequence[int], rounds: int = ROUNDS
) -> dict[str, int]:
    """Numbers of the inputs of :func:`mining_graph`, from a header and a version for each lane.

    Raises
    ------
    ValueError
        A word or a version is not a number of 32 bits.
    """
    named = {f"w{i}": word for i, word in enumerate(header)}
    rolled = {f"version{lane}": version for lane, version in enumerate(versions)}
    for name, value in (named | rolled).items():
        if not 0 <= value < 1 << 32:
            raise ValueError(f"{name} must be a number of 32 bits, not {value}")
    inputs = {f"w{i}": header[i] for i in range(16, NONCE)} | {"nonce": header[NONCE]}
    for lane, version in enumerate(versions):
        block = [Word32(word) for word in (version, *header[1:16])]
        middle = midstate(block, Word32, rounds)
        inputs |= {f"mid{lane}_{i}": int(word) for i, word in enumerate(middle)}
    return inputs


def header_words(graph: Graph) -> list[GraphWord]:
    """The words of the header behind its first block, up to the nonce."""
    return [GraphWord.input(graph, f"w{i}", BindingTime.JOB) for i in range(16, NONCE)]


def midstate_words(graph: Graph, lane: int = 0) -> list[GraphWord]:
    """The midstate of a lane."""
    return [GraphWord.input(graph, f"mid{lane}_{i}", BindingTime.JOB) for i in range(8)]


def mining_graph(lanes: int = 1, rounds: int = ROUNDS, graph: Graph | None = None) -> Graph:
    """The graph of ``H7`` for `lanes` headers that differ in their version only.

    Inputs are ``w16`` to ``w18`` and, for each lane, the midstate ``mid0_0`` to ``mid0_7``, known
    with the job, and ``nonce``; outputs are ``nonce`` and ``h7_0`` to ``h7_[lanes - 1]``. It is
    made in `graph`, if that is given.
    """
    graph = graph or Graph()
    tail = header_words(graph)
    nonce = GraphWord.input(graph, "nonce", BindingTime.NONCE)
    graph.outputs["nonce"] = nonce.node
    for lane in range(lanes):

        def observe(name: str, word: GraphWord, lane: int = lane) -> None:
            word.named(f"{name}_{lane}")

        constant = partial(GraphWord.constant, graph)
        middle = midstate_words(graph, lane)
        words = digest(middle, [*tail, nonce], constant, rounds, observe)
        graph.outputs[f"h7_{lane}"] = words[7].node
    return graph
