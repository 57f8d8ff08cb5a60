"""The reference: known hashes, and masks against the hash that people read."""

import pytest

from sluice.rtl.protocol.header import Header
from sluice.sim import reference
from sluice.sim.catalogue import block, blocks

GENESIS = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"


def test_genesis():
    header = block(0).header
    assert reference.block_hash(header) == GENESIS
    assert reference.leading_zeros(header) == 43
    assert reference.digest_word(header) == 0
    assert reference.target_of(header) == 0xFFFF << 208


@pytest.mark.parametrize("found", blocks(), ids=lambda found: str(found.height))
def test_blocks_reach_their_target(found):
    assert int(reference.block_hash(found.header), 16) <= reference.target_of(found.header)


def test_masks_are_leading_zeros(rng):
    for _ in range(200):
        header = Header.from_bytes(rng.randbytes(80))
        zeros = f"{int(reference.block_hash(header), 16):0256b}".index("1")
        assert reference.leading_zeros(header) == zeros
        for bits in range(33):
            hit = reference.digest_word(header) & reference.mask_of(bits) == 0
            assert hit == (zeros >= bits)


@pytest.mark.parametrize("bits", [-1, 33])
def test_mask_range(bits):
    with pytest.raises(ValueError, match=f"mask bits must be 0 to 32, not {bits}"):
        reference.mask_of(bits)


@pytest.mark.parametrize(("bits", "target"), [(0x03123456, 0x123456), (0x02008000, 0x80)])
def test_small_targets(bits, target):
    header = Header(version=1, previous=bytes(32), merkle_root=bytes(32), time=0, bits=bits)
    assert reference.target_of(header) == target
