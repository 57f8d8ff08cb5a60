"""Block templates of a node, and blocks made from them (BIP 22, 23, 141, 145)."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Annotated, Any

from embit import compact
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..work import coinbase
from ..work.merkle import branch_for
from ..work.target import difficulty_of, target_from_bits
from ..work.template import Epoch, Template
from .base import SourceError
from .networks import check_challenge, check_rules

__all__ = ["BlockTemplate", "GbtTemplate"]

#: Header version bits that may roll (BIP 320).
ROLLING = 0x1FFFE000

#: Seconds that a header's time moves on by at most, without a new template.
ROLL = 600

#: What `noncerange` says if there is no limit (BIP 23).
ALL_NONCES = "00000000ffffffff"

_Hex = Annotated[str, Field(pattern="^([0-9a-fA-F]{2})*$")]
_Hash = Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")]


class _Transaction(BaseModel):
    """One of the transactions to go into the block."""

    model_config = ConfigDict(frozen=True)

    data: _Hex
    txid: _Hash | None = None
    hash: _Hash | None = None

    @property
    def leaf(self) -> bytes:
        """What goes into the merkle tree, in header order."""
        name = self.txid or self.hash
        if name is None:
            raise SourceError("template: transactions: one has neither txid nor hash")
        return bytes.fromhex(name)[::-1]


class BlockTemplate(BaseModel):
    """The answer to ``getblocktemplate``, as far as it matters here."""

    model_config = ConfigDict(frozen=True)

    version: int = Field(ge=0, lt=1 << 32)
    previousblockhash: _Hash
    transactions: tuple[_Transaction, ...]
    # A sum of satoshis has 63 bits in a transaction.
    coinbasevalue: int = Field(ge=0, lt=1 << 63)
    bits: Annotated[str, Field(pattern="^[0-9a-fA-F]{8}$")]
    curtime: int = Field(ge=0, lt=1 << 32)
    mintime: int = 0
    maxtime: int | None = None
    height: int = Field(ge=0)
    rules: tuple[str, ...] = ()
    longpollid: str | None = None
    default_witness_commitment: _Hex | None = None
    coinbaseaux: dict[str, Any] = Field(default_factory=dict)
    vbrequired: int = 0
    mutable: tuple[str, ...] = ()
    maxtimeoff: int | None = None
    expires: float | None = Field(default=None, ge=0)
    noncerange: str = ALL_NONCES
    workid: str | None = None
    longpolluri: str | None = None
    signet_challenge: str | None = None

    @classmethod
    def parse(cls, answer: Any) -> "BlockTemplate":
        """From what the node says.

        Raises
        ------
        SourceError
            Names the field that is wrong, or asks for what this miner cannot do.
        MistakeError
            Blocks need a signature.
        """
        try:
            source = cls.model_validate(answer)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            parts = filter(None, ("template", field, first["msg"].lower()))
            raise SourceError(": ".join(parts)) from None
        check_rules(source.rules)
        check_challenge(source.signet_challenge)
        if source.noncerange != ALL_NONCES:
            raise SourceError(
                f"template: noncerange: chips do all nonces, not only {source.noncerange[:80]!r}"
            )
        return source

    def same_as(self, other: "BlockTemplate") -> bool:
        """Whether it is the same work but for the time."""
        changed = {"curtime": other.curtime, "longpollid": other.longpollid}
        changed |= {"maxtime": other.maxtime, "mintime": other.mintime}
        return self.model_copy(update=changed) == other

    @property
    def time_moves(self) -> bool:
        """Whether the header's time may go forward (BIP 23, "Mutations")."""
        implied = self.maxtime is not None or self.maxtimeoff is not None
        return implied or not {"time", "time/increment"}.isdisjoint(self.mutable)

    @property
    def segwit(self) -> bool:
        """Whether blocks have witnesses. A node may offer a commitment long before it takes one."""
        return any(rule.lstrip("!") == "segwit" for rule in self.rules)


@dataclass(frozen=True, kw_only=True)
class GbtTemplate:
    """What is hashed, and what is added to make a block of it."""

    template: Template
    source: BlockTemplate

    @classmethod
    def make(
        cls,
        source: BlockTemplate,
        *,
        index: int,
        epoch: Epoch,
        script: bytes,
        text: str,
        rolling: bool,
        received: float,
        job_id: Hashable,
        latest: int | None = None,
    ) -> "GbtTemplate":
        """Everything but extranonce2, time, version bits and nonce.

        Parameters
        ----------
        source
            What the node says.
        index, epoch, received, job_id
            See :class:`~..work.template.Template`.
        script, text
            What the coinbase pays to, and what is written into it.
        rolling
            Whether version bits may be used.
        latest
            Time that no header may go beyond, whatever the node says.

        Raises
        ------
        SourceError
            Something in the template cannot be used.
        """
        commitment = None
        if source.segwit and source.default_witness_commitment:
            commitment = bytes.fromhex(source.default_witness_commitment)
        bits = int(source.bits, 16)
        try:
            flags = b"".join(bytes.fromhex(str(value)) for value in source.coinbaseaux.values())
            first, last = coinbase.make(
                height=source.height,
                text=text.encode(),
                flags=flags,
                value=source.coinbasevalue,
                script=script,
                commitment=commitment,
            )
            difficulty = difficulty_of(target_from_bits(bits))
        except ValueError as error:
            raise SourceError(f"template: {error}") from error
        start = max(source.curtime, source.mintime)
        limits = [limit for limit in (source.maxtime, latest) if limit is not None]
        roll = min([ROLL, *(limit - start for limit in limits)]) if source.time_moves else 0
        template = Template(
            source=index,
            epoch=epoch,
            job_id=job_id,
            version=source.version,
            previous=bytes.fromhex(source.previousblockhash)[::-1],
            bits=bits,
            time=start,
            coinbase1=first,
            extranonce1=b"",
            extranonce2_size=coinbase.EXTRANONCE2_SIZE,
            coinbase2=last,
            branch=branch_for([transaction.leaf for transaction in source.transactions]),
            version_mask=ROLLING & ~source.vbrequired if rolling else 0,
            difficulty=difficulty,
            received=received,
            roll=max(0, roll),
            height=source.height,
            only_blocks=True,
        )
        return cls(template=template, source=source)

    def block(self, header: bytes, extranonce2: bytes) -> bytes:
        """The whole block."""
        transaction = self.template.coinbase(extranonce2)
        if self.source.segwit and self.source.default_witness_commitment:
            # Marker and flag after the version; one witness of 32 zero bytes before the lock time.
            witness = b"\x01\x20" + bytes(32)
            transaction = (
                transaction[:4] + b"\x00\x01" + transaction[4:-4] + witness + transaction[-4:]
            )
        count = bytes(compact.to_bytes(1 + len(self.source.transactions)))
        others = b"".join(bytes.fromhex(other.data) for other in self.source.transactions)
        return header + count + transaction + others
