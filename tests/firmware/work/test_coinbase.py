"""Coinbases: one's own by a library's eyes, and what is read in those of pools."""

from io import BytesIO

import pytest
from embit.transaction import Transaction
from hypothesis import given
from hypothesis import strategies as st

from sluice.firmware.addresses import Network
from sluice.firmware.work.coinbase import EXTRANONCE2_SIZE, describe, make, push_number
from tests.firmware.work.templates import captured_template

SCRIPT = bytes.fromhex("00148b133a3868993176b613738816247a7f4d357cae")


@pytest.mark.parametrize(
    ("height", "script"),
    # As Bitcoin Core's CScript() << height makes them.
    [
        (0, "00"),
        (1, "51"),
        (16, "60"),
        (17, "0111"),
        (127, "017f"),
        (128, "028000"),
        (255, "02ff00"),
        (32767, "02ff7f"),
        (32768, "03008000"),
        (840000, "0340d10c"),
    ],
)
def test_heights(height, script):
    assert push_number(height).hex() == script


def made(**changes):
    values = {
        "height": 840000,
        "text": b"/sluice/",
        "flags": b"",
        "value": 312500000,
        "script": SCRIPT,
        "commitment": b"\x6a\x24\xaa\x21\xa9\xed" + bytes(32),
    }
    return make(**{**values, **changes})


@pytest.mark.parametrize("commitment", [None, b"\x6a\x24\xaa\x21\xa9\xed" + bytes(32)])
def test_made(commitment):
    first, last = made(commitment=commitment)
    place = b"\xa5" * EXTRANONCE2_SIZE
    transaction = Transaction.read_from(BytesIO(first + place + last))
    (spent,) = transaction.vin
    assert (spent.txid, spent.vout, spent.sequence) == (bytes(32), 0xFFFFFFFF, 0xFFFFFFFF)
    assert spent.script_sig.data == b"\x03\x40\xd1\x0c" + b"\x08/sluice/" + b"\x08" + place
    outputs = [(output.value, output.script_pubkey.data) for output in transaction.vout]
    assert outputs == [(312500000, SCRIPT)] + ([(0, commitment)] if commitment else [])
    assert transaction.serialize() == first + place + last


def test_no_room():
    with pytest.raises(ValueError, match=r"^coinbase script must have 100 bytes at most"):
        made(text=60 * b"a", flags=40 * b"b")


def test_described():
    first, last = made()
    said = describe(first + bytes(EXTRANONCE2_SIZE) + last, Network.REGTEST)
    assert said.height == 840000
    assert said.pays == "3.12500000 to bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648"
    (output,) = said.outputs
    assert (output.value, output.address) == (312_500_000, said.pays.split()[-1])
    assert said.text == "/sluice/"


def test_the_captured_one():
    said = describe(captured_template().coinbase(bytes(4)), None)
    # Its scriptSig begins with 03 30c30d, its first output with e5b5c612.
    assert said.height == 0x0DC330
    assert said.pays.startswith("3.15012581 to bc1qnp980s5fpp8l94p5")
    assert [output.value for output in said.outputs] == [315_012_581]


@given(st.binary(max_size=400))
def test_garbage_says_nothing(data):
    describe(data, None)


@given(st.integers(0), st.binary(min_size=1, max_size=12))
def test_damage(place, damage):
    first, last = made()
    whole = bytearray(first + bytes(EXTRANONCE2_SIZE) + last)
    at = place % len(whole)
    whole[at : at + len(damage)] = damage
    describe(bytes(whole), None)
