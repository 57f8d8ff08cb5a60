"""The catalogue: valid blocks, of all years, enough of them with rolled versions."""

from datetime import UTC, datetime

import pytest
from Crypto.Hash import SHA256

from sluice.sim.catalogue import block, blocks

IDS = [str(found.height) for found in blocks()]


@pytest.mark.parametrize("found", blocks(), ids=IDS)
def test_is_valid(found):
    data = bytes(found.header)
    digest = SHA256.new(SHA256.new(data).digest()).digest()
    exponent, mantissa = data[75], int.from_bytes(data[72:75], "little")
    assert int.from_bytes(digest, "little") <= mantissa << 8 * (exponent - 3)
    time = datetime.fromtimestamp(int.from_bytes(data[68:72], "little"), UTC)
    assert time.date().isoformat() == found.date
    # BIP 9 deployments signal below bit 13; whatever is above it and below 29 was rolled.
    version = int.from_bytes(data[:4], "little")
    assert found.rolled == (version >> 29 == 1 and version >> 13 & 0xFFFF != 0)


def test_covers():
    assert len(blocks()) == 32
    assert sum(found.rolled for found in blocks()) >= 8
    assert {found.date[:4] for found in blocks()} == {str(year) for year in range(2009, 2025)}
    heights = [found.height for found in blocks()]
    assert heights == sorted(set(heights))


def test_genesis():
    genesis = block(0)
    assert genesis.header.nonce == 2083236893
    assert genesis.header.previous == bytes(32)


def test_unknown():
    with pytest.raises(KeyError):
        block(1)
