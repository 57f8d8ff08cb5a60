"""Bitcoin addresses of every kind and network, and the scripts that pay to them."""

from enum import StrEnum
from typing import Any

from embit import base58, bech32
from embit.networks import NETWORKS
from embit.script import Script

__all__ = ["AddressError", "Network", "address_of", "guess_network", "script_for"]


class Network(StrEnum):
    """The networks of Bitcoin."""

    MAIN = "main"
    TEST = "test"
    TESTNET4 = "testnet4"
    SIGNET = "signet"
    REGTEST = "regtest"

    @property
    def parameters(self) -> dict[str, Any]:
        """Prefixes of its addresses."""
        # Testnet4 has those of testnet3.
        name = "test" if self is Network.TESTNET4 else self.value
        parameters: dict[str, Any] = NETWORKS[name]
        return parameters


class AddressError(ValueError):
    """An address that cannot be paid to, in words."""


def _segwit(address: str) -> tuple[str, int, bytes] | None:
    """Prefix, witness version and program of a Bech32 or Bech32m address."""
    prefix = address.lower().rpartition("1")[0]
    if not prefix:
        return None
    version, program = bech32.decode(prefix, address)
    return None if version is None else (prefix, version, bytes(program))


def _base58(address: str) -> tuple[bytes, bytes] | None:
    """Version byte and hash of an address of the old kind."""
    try:
        data = bytes(base58.decode_check(address))
    except (ValueError, AssertionError, IndexError):
        return None
    return (data[:1], data[1:]) if len(data) == 21 else None


def _networks_of(address: str) -> list[Network]:
    if segwit := _segwit(address):
        return [network for network in Network if network.parameters["bech32"] == segwit[0]]
    if old := _base58(address):
        kinds = ("p2pkh", "p2sh")
        return [
            network for network in Network if old[0] in [network.parameters[kind] for kind in kinds]
        ]
    return []


def guess_network(text: str) -> Network | None:
    """The first network that `text` is an address of; ``None`` if it is no address."""
    return next(iter(_networks_of(text)), None)


def script_for(address: str, network: Network) -> bytes:
    """The output script that pays to P2PKH, P2SH, P2WPKH, P2WSH or P2TR.

    Raises
    ------
    AddressError
        It is no address, one of another network, or of a kind that nobody can spend yet.
    """
    found = _networks_of(address)
    if not found:
        raise AddressError("is no Bitcoin address (or is mistyped: its checksum is wrong)")
    if network not in found:
        names = " or ".join(found)
        raise AddressError(f"is an address of network {names}, not of {network}")
    if segwit := _segwit(address):
        _, version, program = segwit
        if version > 1 or (version == 1 and len(program) != 32):
            raise AddressError(f"is for witness version {version}, which nobody can spend safely")
        return bytes([0x50 + version if version else 0, len(program)]) + program
    old = _base58(address)
    assert old is not None, "an address of a network is one of the two kinds"
    version_byte, digest = old
    if version_byte == network.parameters["p2pkh"]:
        return b"\x76\xa9\x14" + digest + b"\x88\xac"
    return b"\xa9\x14" + digest + b"\x87"


def address_of(script: bytes, network: Network) -> str:
    """The address that `script` pays to, or empty if there is none."""
    try:
        return str(Script(script).address(network.parameters))
    except ValueError:
        return ""
