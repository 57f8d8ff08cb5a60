"""The text of SHA-256 (FIPS 180-4 section 6.2.2), over any :class:`~.word.Word`."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from .constants import ROUND_CONSTANTS
from .word import BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1, Word

W = TypeVar("W", bound=Word)

ROUNDS = len(ROUND_CONSTANTS)


def next_word(window: Sequence[W]) -> W:
    """``W[t]`` from the sixteen words ``W[t-16]`` to ``W[t-1]`` before it."""
    return window[14].sigma(SMALL_SIGMA1) + window[9] + window[1].sigma(SMALL_SIGMA0) + window[0]


def schedule(block: Sequence[W], rounds: int = ROUNDS) -> Iterator[W]:
    """Expand the sixteen words of `block` to ``W0`` up to, not including, ``W[rounds]``."""
    w = list(block)
    for t in range(rounds):
        if t >= 16:
            w.append(next_word(w[t - 16 :]))
        yield w[t]


def round_(state: Sequence[W], k: W, w: W) -> tuple[W, ...]:
    """One round: the state after it, from the state before, ``K[t]`` and ``W[t]``."""
    a, b, c, d, e, f, g, h = state
    t1 = h + e.sigma(BIG_SIGMA1) + e.choose(f, g) + k + w
    t2 = a.sigma(BIG_SIGMA0) + a.majority(b, c)
    return t1 + t2, a, b, c, d + t1, e, f, g


def compress(
    chaining: Sequence[W],
    block: Sequence[W],
    constant: Callable[[int], W],
    rounds: int = ROUNDS,
    observe: Callable[[int, W, tuple[W, ...]], None] | None = None,
) -> tuple[W, ...]:
    """The next chaining value.

    Parameters
    ----------
    chaining
        ``H0`` to ``H7``.
    block
        The message block, sixteen words.
    constant
        Makes a word of the type at hand from a number of 32 bits.
    rounds
        Rounds to run. Anything but 64 is not SHA-256: for benches and proofs of bounded size.
    observe
        Called after each round with its number, its schedule word, and the state after it.
    """
    state: tuple[W, ...] = tuple(chaining)
    for t, w in enumerate(schedule(block, rounds)):
        state = round_(state, constant(ROUND_CONSTANTS[t]), w)
        if observe:
            observe(t, w, state)
    return tuple(h + s for h, s in zip(chaining, state, strict=True))
