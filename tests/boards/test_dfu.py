"""Files for dfu-util, and what `sluice program` finds of a build."""

import random
import struct

import pytest

from sluice.boards.catalogue import BOARDS
from sluice.boards.flow.dfu import LENGTH, with_suffix


def crc(data: bytes) -> int:
    """CRC-32 of IEEE 802.3, bit by bit, not inverted at its end."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
    return value


def test_the_suffix(rng: random.Random) -> None:
    data = rng.randbytes(rng.randrange(1, 200))
    made = with_suffix(data, 0x1209, 0x5AF0)
    assert made[: len(data)] == data
    suffix = made[len(data) :]
    assert len(suffix) == LENGTH == suffix[11]
    assert suffix[8:11] == b"UFD"
    assert struct.unpack("<HHHH", suffix[:8]) == (0xFFFF, 0x5AF0, 0x1209, 0x0100)
    assert struct.unpack("<I", suffix[12:]) == (crc(made[:-4]),)


@pytest.mark.parametrize("name", BOARDS)
def test_the_programmer_is_given_what_a_build_leaves(name: str) -> None:
    board = BOARDS[name]
    assert (board.program[0] == "dfu-util") == (board.dfu is not None)
    assert board.file == ("top.dfu" if board.dfu else board.family.bitstream)
