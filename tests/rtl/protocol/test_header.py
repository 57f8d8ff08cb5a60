import pytest
from Crypto.Hash import SHA256
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.protocol.header import Header
from tests.rtl.protocol.vectors import VECTORS


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors(vector):
    header = Header.from_hex(vector.header)
    assert bytes(header).hex() == vector.header
    digest = SHA256.new(SHA256.new(bytes(header)).digest()).digest()
    assert digest[::-1].hex() == vector.hash
    assert f"{header.version:08x}" == vector.version
    assert f"{header.nonce:08x}" == vector.nonce
    assert header.words[0].to_bytes(4, "big") == bytes.fromhex(vector.header)[:4]
    assert header.words[19] == header.w19
    assert header.w19.to_bytes(4, "big") == bytes.fromhex(vector.header)[-4:]


@given(st.binary(min_size=80, max_size=80))
def test_round_trips(data):
    header = Header.from_bytes(data)
    assert bytes(header) == data
    assert Header.from_words(header.words) == header
    assert Header.from_hex(data.hex(" ")) == header
    assert header.with_w19(header.w19) == header
    assert header.with_version(7).words[1:] == header.words[1:]


FIELDS = {
    "version": 1,
    "previous": bytes(32),
    "merkle_root": bytes(32),
    "time": 2,
    "bits": 3,
    "nonce": 4,
}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("version", -1, "version must be between 0 and 0xffffffff, not -0x1"),
        ("time", 1 << 32, "time must be between 0 and 0xffffffff, not 0x100000000"),
        ("bits", 1 << 40, "bits must be between 0 and 0xffffffff, not 0x10000000000"),
        ("nonce", -2, "nonce must be between 0 and 0xffffffff, not -0x2"),
        ("previous", bytes(31), "previous must be 32 bytes, not 31"),
        ("merkle_root", bytes(33), "merkle_root must be 32 bytes, not 33"),
    ],
)
def test_refuses_fields(field, value, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Header(**{**FIELDS, field: value})


def test_refuses_shapes():
    with pytest.raises(ValueError, match=r"^header must be 80 bytes, not 79$"):
        Header.from_bytes(bytes(79))
    with pytest.raises(ValueError, match=r"^header must be hexadecimal digits, not 'zz'$"):
        Header.from_hex("zz")
    with pytest.raises(ValueError, match=r"^words must be 20, not 19$"):
        Header.from_words([0] * 19)
    with pytest.raises(ValueError, match=r"^W3 must be between 0 and 0xffffffff"):
        Header.from_words([0, 0, 0, 1 << 32] + [0] * 16)
    with pytest.raises(ValueError, match=r"^w19 must be between"):
        Header(**FIELDS).with_w19(1 << 32)
