"""The model of SHA-256: random messages against pycryptodome, and the vectors of NIST's CAVP."""

import re
from importlib.resources import files
from itertools import pairwise

import pytest
from Crypto.Hash import SHA256
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.sha256 import constants, word
from sluice.rtl.sha256.model import Word32, compress_words, digest, padded_blocks, words

VECTORS = files("cryptography_vectors") / "hashes" / "SHA2"


def records(name):
    """The records of a response file, each a mapping of its fields."""
    text = (VECTORS / f"{name}.rsp").read_text(encoding="utf-8")
    for paragraph in re.split(r"\n\s*\n", text.replace("\r", "")):
        if fields := dict(re.findall(r"^(\w+) = (\w+)$", paragraph, flags=re.MULTILINE)):
            yield fields


def messages(name):
    for fields in records(name):
        if "Msg" in fields:
            yield bytes.fromhex(fields["Msg"])[: int(fields["Len"]) // 8], fields["MD"]


@pytest.mark.parametrize(("name", "amount"), [("SHA256ShortMsg", 65), ("SHA256LongMsg", 64)])
def test_messages(name, amount):
    vectors = list(messages(name))
    assert len(vectors) == amount
    for message, wanted in vectors:
        assert digest(message).hex() == wanted


# A checkpoint is a thousand digests; all hundred take the model minutes. The reference runs through
# all of them, the model through the first, the last and three between: each starts from the one
# before, so none of them depends on the others being computed here.
@pytest.mark.parametrize("checkpoint", [0, 24, 49, 74, 99])
def test_monte_carlo(checkpoint):
    seeds = checkpoints()
    assert monte_carlo(seeds[checkpoint], digest) == seeds[checkpoint + 1]


def test_monte_carlo_reference():
    seeds = checkpoints()
    assert len(seeds) == 101
    for before, after in pairwise(seeds):
        assert monte_carlo(before, lambda message: SHA256.new(message).digest()) == after


def checkpoints():
    fields = list(records("SHA256Monte"))
    seed = next(record["Seed"] for record in fields if "Seed" in record)
    return [bytes.fromhex(text) for text in (seed, *(r["MD"] for r in fields if "MD" in r))]


def monte_carlo(seed, function):
    """A checkpoint of the SHA-2 Monte Carlo test (SHAVS section 6.4)."""
    last = [seed, seed, seed]
    for _ in range(1000):
        last = [*last[1:], function(b"".join(last))]
    return last[-1]


@given(st.binary(max_size=300))
def test_random_messages(message):
    assert digest(message) == SHA256.new(message).digest()


@pytest.mark.parametrize("length", [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128])
def test_padding_boundaries(length, rng):
    message = rng.randbytes(length)
    assert digest(message) == SHA256.new(message).digest()
    assert len(list(padded_blocks(message))) == (length + 9 + 63) // 64


def test_constants():
    # FIPS 180-4 sections 4.2.2 and 5.3.3, first and last of each.
    assert constants.INITIAL_STATE[0] == 0x6A09E667
    assert constants.INITIAL_STATE[7] == 0x5BE0CD19
    assert constants.ROUND_CONSTANTS[0] == 0x428A2F98
    assert constants.ROUND_CONSTANTS[63] == 0xC67178F2
    assert len(constants.ROUND_CONSTANTS) == 64


def test_words_are_big_endian():
    assert words(bytes(range(8))) == (0x00010203, 0x04050607)
    with pytest.raises(ValueError, match="whole words of 4 bytes, not 7 bytes"):
        words(bytes(7))


word32 = st.integers(0, 0xFFFFFFFF)


@given(word32, word32, word32)
def test_word_operations(x, y, z):
    assert Word32(x) + Word32(y) == (x + y) % (1 << 32)
    chosen, most = Word32(x).choose(y, z), Word32(x).majority(y, z)
    for bit in range(32):
        a, b, c = (value >> bit & 1 for value in (x, y, z))
        assert chosen >> bit & 1 == (b if a else c)
        assert most >> bit & 1 == (a + b + c >= 2)


@pytest.mark.parametrize(
    "sigma", [word.BIG_SIGMA0, word.BIG_SIGMA1, word.SMALL_SIGMA0, word.SMALL_SIGMA1]
)
@given(x=word32)
def test_sigmas_by_taps(sigma, x):
    result = Word32(x).sigma(sigma)
    for bit in range(32):
        assert result >> bit & 1 == sum(x >> tap & 1 for tap in sigma.taps(bit)) % 2


@given(st.lists(word32, min_size=8, max_size=8), st.lists(word32, min_size=16, max_size=16))
def test_fewer_rounds_are_a_prefix(chaining, block):
    # Zero rounds add the chaining value to itself.
    assert compress_words(chaining, block, 0) == tuple(2 * h % (1 << 32) for h in chaining)
    assert len(compress_words(chaining, block, 3)) == 8
