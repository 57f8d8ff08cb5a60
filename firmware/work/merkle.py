"""Merkle trees: the branch from the coinbase to the root."""

from collections.abc import Iterable, Sequence

from .target import double_sha256

__all__ = ["branch_for", "root_of"]


def root_of(coinbase: bytes, branch: Iterable[bytes]) -> bytes:
    """The merkle root, in header order, given the coinbase without witness and its branch."""
    root = double_sha256(coinbase)
    for other in branch:
        root = double_sha256(root + other)
    return root


def branch_for(hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The branch of the first transaction, given the hashes of all others in header order."""
    branch: list[bytes] = []
    # The level without its first node, which depends on the coinbase.
    level = list(hashes)
    while level:
        branch.append(level[0])
        rest = level[1:]
        if len(rest) % 2:
            rest.append(rest[-1])
        level = [double_sha256(rest[at] + rest[at + 1]) for at in range(0, len(rest), 2)]
    return tuple(branch)
