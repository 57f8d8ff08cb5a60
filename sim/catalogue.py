"""Headers of real blocks of Bitcoin's main chain, 2009 to 2024."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sluice.rtl.protocol.header import Header

__all__ = ["Block", "block", "blocks"]

FILE = Path(__file__).with_name("catalogue.tsv")


@dataclass(frozen=True)
class Block:
    """A block of the catalogue.

    Parameters
    ----------
    height
        Its place in the chain.
    date
        The day of its time stamp, in UTC.
    rolled
        Whether its miner rolled version bits (BIP 320).
    header
        Its header, with the nonce that makes it valid.
    """

    height: int
    date: str
    rolled: bool
    header: Header


@cache
def blocks() -> tuple[Block, ...]:
    """All of them, by height."""
    lines = FILE.read_text(encoding="utf-8").splitlines()[1:]
    found = []
    for line in lines:
        height, date, rolled, header = line.split("\t")
        found.append(Block(int(height), date, rolled == "1", Header.from_hex(header)))
    return tuple(found)


def block(height: int) -> Block:
    """One block.

    Raises
    ------
    KeyError
        The catalogue does not have it.
    """
    return {found.height: found for found in blocks()}[height]
