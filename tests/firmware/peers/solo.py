"""The smallest solo miner there can be, written for tests only: a processor, one thread, no daemon.

It shows that the node and the judge work, and is what the daemon's blocks are compared with.
"""

from dataclasses import dataclass

from Crypto.Hash import SHA256

#: Anyone can spend it: a witness program of version 0 would need a key.
ANYONE = bytes.fromhex("51")


def sha256d(data):
    return SHA256.new(SHA256.new(data).digest()).digest()


def number(value, width):
    return value.to_bytes(width, "little")


def compact_size(value):
    if value < 0xFD:
        return number(value, 1)
    return b"\xfd" + number(value, 2)


def push(data):
    assert len(data) < 0x4C
    return number(len(data), 1) + data


def script_number(value):
    """A height as BIP34 wants it: the shortest signed number, small ones as an opcode."""
    if value <= 16:
        return number(0x50 + value, 1)
    return push(number(value, value.bit_length() // 8 + 1))


def merkle_root(hashes):
    hashes = list(hashes)
    while len(hashes) > 1:
        if len(hashes) % 2:
            hashes.append(hashes[-1])
        hashes = [sha256d(a + b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def target_of(bits):
    """The number that a hash must not exceed, from a header's field `bits`."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    return mantissa << 8 * (exponent - 3) if exponent > 3 else mantissa >> 8 * (3 - exponent)


@dataclass(frozen=True)
class Coinbase:
    """A coinbase with and without its witness."""

    plain: bytes
    full: bytes


def coinbase(template, *, height=None, script=ANYONE, extra=b"test"):
    """For a template of getblocktemplate; another `height` makes it wrong on purpose."""
    height = template["height"] if height is None else height
    outputs = [number(template["coinbasevalue"], 8) + compact_size(len(script)) + script]
    segwit = "segwit" in [rule.lstrip("!") for rule in template["rules"]]
    if segwit:
        commitment = bytes.fromhex(template["default_witness_commitment"])
        outputs.append(number(0, 8) + compact_size(len(commitment)) + commitment)
    entry = script_number(height) + push(extra)
    before = number(1, 4)
    middle = (
        compact_size(1)
        + bytes(32)
        + b"\xff" * 4
        + compact_size(len(entry))
        + entry
        + b"\xff" * 4
        + compact_size(len(outputs))
        + b"".join(outputs)
    )
    plain = before + middle + number(0, 4)
    if not segwit:
        return Coinbase(plain, plain)
    witness = compact_size(1) + compact_size(32) + bytes(32)
    return Coinbase(plain, before + b"\x00\x01" + middle + witness + number(0, 4))


def mine(template, *, version=None, time=None, **choices):
    """A whole block for a template; only for regtest, where every second hash will do."""
    first = coinbase(template, **choices)
    others = template["transactions"]
    ids = [sha256d(first.plain), *(bytes.fromhex(other["txid"])[::-1] for other in others)]
    bits = int(template["bits"], 16)
    head = (
        number(template["version"] if version is None else version, 4)
        + bytes.fromhex(template["previousblockhash"])[::-1]
        + merkle_root(ids)
        + number(template["curtime"] if time is None else time, 4)
        + number(bits, 4)
    )
    nonce = 0
    while int.from_bytes(sha256d(head + number(nonce, 4)), "little") > target_of(bits):
        nonce += 1
    body = first.full + b"".join(bytes.fromhex(other["data"]) for other in others)
    return head + number(nonce, 4) + compact_size(1 + len(others)) + body
