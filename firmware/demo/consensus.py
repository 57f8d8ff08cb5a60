"""The judge: Bitcoin Core's own consensus code, fed with every block of a chain.

bcoin accepts some blocks that Bitcoin Core refuses (a wrong height in the coinbase, for one), so
what a node says of a block is only half the proof.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass

import pbk

__all__ = ["Verdict", "replay"]


@dataclass(frozen=True)
class Verdict:
    """What the consensus code says of one block.

    Attributes
    ----------
    hash
        Of the block, as people read it.
    version
        Of its header, 32 bits without sign.
    valid
        Whether it is valid and now the end of the longest chain.
    reason
        Of a refusal: the name of a `BlockValidationResult`, or what else went wrong.
    """

    hash: str
    version: int
    valid: bool
    reason: str = ""


class _States:
    """Keeps what the kernel said while it checked a block."""

    def __init__(self) -> None:
        self.reason = ""

    def checked(self, _data: object, _block: pbk.Block, state: pbk.BlockValidationState) -> None:
        if state.validation_mode != pbk.ValidationMode.VALID:
            self.reason = state.block_validation_result.name.lower().replace("_", "-")


def _parsed(data: bytes) -> pbk.Block | None:
    try:
        return pbk.Block(data)
    except RuntimeError:
        return None


def _tip(chain: pbk.ChainstateManager) -> pbk.BlockHash:
    active = chain.get_active_chain()
    return active.block_tree_entries[active.height].block_hash


def replay(blocks: Iterable[bytes]) -> list[Verdict]:
    """Judge a regtest chain, block after block, beginning with the one at height 1.

    Parameters
    ----------
    blocks
        Serialized, with their witnesses, each built on the one before.
    """
    verdicts = []
    states = _States()
    callbacks = pbk.ValidationInterfaceCallbacks(block_checked=states.checked)
    with tempfile.TemporaryDirectory(prefix="sluice-kernel-") as folder:
        chain = pbk.load_chainman(folder, pbk.ChainType.REGTEST, callbacks)
        for data in blocks:
            states.reason = ""
            block = _parsed(data)
            if block is None:
                verdicts.append(Verdict("", 0, valid=False, reason="not a block"))
                continue
            try:
                new = chain.process_block(block)
            except pbk.ProcessBlockException as error:
                states.reason = states.reason or f"refused, code {error.code}"
                new = False
            valid = new and _tip(chain) == block.block_hash
            reason = "" if valid else states.reason or "not the longest chain"
            version = int.from_bytes(data[:4], "little")
            verdicts.append(Verdict(str(block.block_hash), version, valid=valid, reason=reason))
        # The kernel's threads end before its folder does.
        del chain
    return verdicts
