"""Coinbase transactions: what a pool's says, and how one's own is made."""

import re
from io import BytesIO

from embit.base import EmbitError
from embit.script import Script
from embit.transaction import Transaction, TransactionInput, TransactionOutput

from ..addresses import Network, address_of
from ..stats import Coinbase, Output

__all__ = ["EXTRANONCE2_SIZE", "describe", "make", "push_number"]

#: Bytes of extranonce2 in a coinbase of one's own.
EXTRANONCE2_SIZE = 8

#: A scriptSig may have so many bytes.
MOST_SCRIPT = 100

_SATOSHIS = 100_000_000

#: What people write, and not an extranonce that happens to be letters.
_TEXT = re.compile(rb"[ -~]{4,}")


def push_number(number: int) -> bytes:
    """A script that pushes a number in the shortest way, as BIP 34 wants the height."""
    if number == 0:
        return b"\x00"
    if 1 <= number <= 16:
        return bytes([0x50 + number])
    # The highest bit is the sign.
    data = number.to_bytes(number.bit_length() // 8 + 1, "little")
    return bytes([len(data)]) + data


def _height(script: bytes) -> int | None:
    if not script:
        return None
    if 0x51 <= script[0] <= 0x60:
        return script[0] - 0x50
    size = script[0]
    if 1 <= size <= 5 and len(script) > size:
        return int.from_bytes(script[1 : 1 + size], "little")
    return None


def describe(data: bytes, network: Network | None) -> Coinbase:
    """What the coinbase says; nothing if it cannot be taken apart, which is the pool's affair."""
    try:
        transaction = Transaction.read_from(BytesIO(data))
        script = bytes(transaction.vin[0].script_sig.data)
        outputs = [
            (int(output.value), bytes(output.script_pubkey.data)) for output in transaction.vout
        ]
    except (EmbitError, ValueError, RuntimeError, TypeError, IndexError, OverflowError):
        return Coinbase()
    known = network or Network.MAIN
    paid = tuple(
        Output(value=value, address=address_of(script, known)) for value, script in outputs if value
    )
    return Coinbase(
        height=_height(script),
        pays=_words(paid),
        outputs=paid,
        text=" ".join(part.decode("ascii") for part in _TEXT.findall(script)),
    )


def _words(outputs: tuple[Output, ...]) -> str:
    """The greatest output, and how many more there are."""
    if not outputs:
        return ""
    greatest = max(outputs, key=lambda output: output.value)
    to = greatest.address or "a script without address"
    more = f", and {len(outputs) - 1} more" if len(outputs) > 1 else ""
    return f"{greatest.value / _SATOSHIS:.8f} to {to}{more}"


def make(
    *, height: int, text: bytes, flags: bytes, value: int, script: bytes, commitment: bytes | None
) -> tuple[bytes, bytes]:
    """A coinbase without witness, split where extranonce2 goes.

    Parameters
    ----------
    height
        Of the block.
    text, flags
        What is written into it; the second as the node wants it.
    value, script
        Satoshis, and to whom.
    commitment
        Script of the output that commits to the witnesses, if the block is to have one.

    Raises
    ------
    ValueError
        There is no room for all that.
    """
    place = bytes(EXTRANONCE2_SIZE)
    start = push_number(height) + flags
    start += bytes([len(text)]) + text if text else b""
    start += bytes([EXTRANONCE2_SIZE])
    if len(start) + len(place) > MOST_SCRIPT:
        raise ValueError(f"coinbase script must have {MOST_SCRIPT} bytes at most")
    outputs = [TransactionOutput(value, Script(script))]
    if commitment is not None:
        outputs.append(TransactionOutput(0, Script(commitment)))
    source = TransactionInput(bytes(32), 0xFFFFFFFF, Script(start + place), 0xFFFFFFFF)
    data = bytes(Transaction(2, [source], outputs, 0).serialize())
    # Version, number of inputs, what is spent, length of the script: all of one size.
    at = 4 + 1 + 36 + 1 + len(start)
    return data[:at], data[at + EXTRANONCE2_SIZE :]
