"""What the network of a node asks of a miner, and whether this one can give it."""

from collections.abc import Iterable
from typing import Any

from ..addresses import Network
from .base import MistakeError, SourceError

__all__ = [
    "RULES",
    "check_challenge",
    "check_network",
    "check_rules",
    "latest_time",
]

#: What nodes call their networks in ``getblockchaininfo``: Bitcoin Core, bcoin, btcd.
_NAMES = {
    Network.MAIN: ("main", "mainnet"),
    Network.TEST: ("test", "testnet", "testnet3"),
    Network.TESTNET4: ("testnet4",),
    Network.SIGNET: ("signet",),
    Network.REGTEST: ("regtest",),
}

#: Rules (BIP 9) that blocks are made by, if the node says that they are in force.
RULES = ("csv", "segwit", "taproot", "signet")

#: Difficulty 1, which is the least there is on the test networks; seconds after its parent from
#: which on a block there has to have it, and may not have it before; and blocks of a period, of
#: which the first one is an exception (BIP 94, "20-minute Exception Rule"; testnet3 has it too).
_EASIEST, _LATE, _PERIOD = 0x1D00FFFF, 1200, 2016


def check_network(network: Network, said: Any) -> None:
    """Compare with what a node answers to ``getblockchaininfo``.

    Raises
    ------
    MistakeError
        Its network is another one, or its signet wants signatures.
    """
    chain = said.get("chain") if isinstance(said, dict) else None
    if chain not in _NAMES[network]:
        raise MistakeError(f"network: is {network}, but the node's is {str(chain)[:80]}")
    if network is Network.SIGNET:
        check_challenge(said.get("signet_challenge"))


def check_challenge(challenge: Any) -> None:
    """Whether blocks need no signature (BIP 325): ``None`` if the node does not say.

    Raises
    ------
    MistakeError
        They do, and a miner has none.
    """
    # OP_1 to OP_16 are satisfied by nothing at all.
    trivial = isinstance(challenge, str) and challenge in {f"{0x50 + n:02x}" for n in range(1, 17)}
    if challenge is not None and not trivial:
        raise MistakeError(
            "network: is signet, and blocks of the node's need a signature, which a miner has not: "
            f"signet_challenge {str(challenge)[:80]}"
        )


def check_rules(rules: Iterable[str]) -> None:
    """Whether a template may be used by who knows :data:`RULES` only (BIP 9).

    Raises
    ------
    SourceError
        It has a rule with an exclamation mark that is none of them.
    """
    for rule in rules:
        if rule.startswith("!") and rule[1:] not in RULES:
            raise SourceError(
                f"template: rules: {rule[:80]!r} has to be understood to make a block (BIP 9), and "
                "this miner does not know it"
            )


def latest_time(network: Network, height: int, bits: int, parent: int | None) -> int | None:
    """The latest time that a header with these bits may have; ``None`` if there is no such limit.

    Parameters
    ----------
    network, height, bits
        Of the block to be found.
    parent
        Time of the block before it, if it is known; if not, time must not move at all, which is
        what 0 says.
    """
    if network not in (Network.TEST, Network.TESTNET4):
        return None
    if bits == _EASIEST or height % _PERIOD == 0:
        return None
    return 0 if parent is None else parent + _LATE
