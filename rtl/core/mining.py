"""What is mined: SHA-256 of SHA-256 of a block header, over any word."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sluice.rtl.dataflow.node import Binding, Graph
from sluice.rtl.dataflow.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import ROUNDS, compress
from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Word

W = TypeVar("W", bound=Word)

#: Words of a header: ``W0`` version, ``W1`` to ``W8`` previous hash, ``W9`` to ``W16`` merkle root,
#: ``W17`` time, ``W18`` bits, ``W19`` nonce. Each is four bytes of the header, the first byte the
#: most significant.
HEADER_WORDS = 20
VERSION, NONCE = 0, 19


def header_hash(
    header: Sequence[W],
    constant: Callable[[int], W],
    rounds: int = ROUNDS,
    observe: Callable[[str, W], None] | None = None,
) -> tuple[W, ...]:
    """Digest words ``H0`` to ``H7`` of the double hash of the twenty words of a header.

    The hash that people read is these words' bytes in reverse: ``H7 == 0`` is its first eight
    digits being zero.
    """

    def compression(name: str, chaining: Sequence[W], block: Sequence[W]) -> tuple[W, ...]:
        def tell(t: int, w: W, state: tuple[W, ...]) -> None:
            if observe:
                observe(f"{name}_w{t}", w)
                observe(f"{name}_a{t + 1}", state[0])
                observe(f"{name}_e{t + 1}", state[4])

        return compress(chaining, block, constant, rounds, tell)

    def padding(words: int, bits: int) -> list[W]:
        return [constant(1 << 31)] + [constant(0)] * (14 - words) + [constant(bits)]

    initial = [constant(word) for word in INITIAL_STATE]
    midstate = compression("m", initial, header[:16])
    inner = compression("p", midstate, [*header[16:], *padding(4, 640)])
    return compression("s", initial, [*inner, *padding(8, 256)])


def header_hash_model(header: Sequence[int], rounds: int = ROUNDS) -> tuple[int, ...]:
    """:func:`header_hash` on numbers."""
    words = [Word32(word) for word in header]
    return tuple(int(word) for word in header_hash(words, Word32, rounds))


def header_inputs(header: Sequence[int], versions: Sequence[int]) -> dict[str, int]:
    """Numbers of the inputs of :func:`mining_graph`: words of a header, a version for each lane."""
    named = {f"w{i}": word for i, word in enumerate(header) if i not in (VERSION, NONCE)}
    named |= {f"version{lane}": version for lane, version in enumerate(versions)}
    return named | {"nonce": header[NONCE]}


def mining_graph(lanes: int = 1, rounds: int = ROUNDS) -> Graph:
    """The graph of ``H7`` for `lanes` headers that differ in their version only.

    Inputs are ``w1`` to ``w18`` and ``version0`` to ``version[lanes - 1]``, known with the job, and
    ``nonce``; outputs are ``nonce`` and ``h7_0`` to ``h7_[lanes - 1]``.
    """
    graph = Graph()
    shared = {i: GraphWord.input(graph, f"w{i}", Binding.JOB) for i in range(1, NONCE)}
    nonce = GraphWord.input(graph, "nonce", Binding.NONCE)
    graph.outputs["nonce"] = nonce.node
    for lane in range(lanes):
        version = GraphWord.input(graph, f"version{lane}", Binding.JOB)
        header = [version, *shared.values(), nonce]

        def observe(name: str, word: GraphWord, lane: int = lane) -> None:
            word.named(f"{name}_{lane}")

        digest = header_hash(header, lambda n: GraphWord.constant(graph, n), rounds, observe)
        graph.outputs[f"h7_{lane}"] = digest[7].node
    return graph
