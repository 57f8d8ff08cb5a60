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

__all__ = ["BlockTemplate", "GbtTemplate"]

#: Header version bits that may roll (BIP 320).
ROLLING = 0x1FFFE000

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
    coinbasevalue: int = Field(ge=0)
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

    @classmethod
    def parse(cls, answer: Any) -> "BlockTemplate":
        """From what the node says.

        Raises
        ------
        SourceError
            Names the field that is wrong.
        """
        try:
            return cls.model_validate(answer)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise SourceError(f"template: {field}: {first['msg'].lower()}") from None

    def same_as(self, other: "BlockTemplate") -> bool:
        """Whether it is the same work but for the time."""
        changed = {"curtime": other.curtime, "longpollid": other.longpollid}
        changed |= {"maxtime": other.maxtime, "mintime": other.mintime}
        return self.model_copy(update=changed) == other

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
    ) -> "GbtTemplate":
        """Everything but extranonce2, time, version bits and nonce.

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
            flags = bytes.fromhex(str(source.coinbaseaux.get("flags", "")))
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
        latest = source.maxtime if source.maxtime is not None else source.curtime + 600
        start = max(source.curtime, source.mintime)
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
            roll=max(0, min(latest - start, 600)),
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
