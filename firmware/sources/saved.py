"""A block as it is written down while it is on its way to a node."""

import json
from dataclasses import asdict

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from ..work.target import double_sha256

__all__ = ["SavedBlock"]

#: Bytes of a header: a block has more.
HEADER = 80


@dataclass(frozen=True, kw_only=True, config=ConfigDict(strict=True))
class SavedBlock:
    """A block on its way.

    Attributes
    ----------
    hash
        As people read it.
    height
        Of it.
    url
        The node that it is for.
    found_at
        Unix time.
    block
        The whole of it, in hexadecimal digits.
    workid
        What the node called the work (BIP 22), if it did.
    """

    hash: str
    height: int
    url: str
    found_at: float
    block: str
    workid: str | None = None

    def text(self, **more: str) -> str:
        """As it is written to a file, with whatever else there is to say of it."""
        return json.dumps(asdict(self) | more)

    @classmethod
    def parse(cls, text: bytes) -> "SavedBlock":
        """Read what :meth:`text` has written.

        Raises
        ------
        ValueError
            Says what is wrong: a part is missing, or the block has another hash than it says.
        """
        try:
            saved = _ADAPTER.validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise ValueError(": ".join(filter(None, (field, first["msg"].lower())))) from None
        try:
            block = bytes.fromhex(saved.block)
        except ValueError:
            raise ValueError("block: must be hexadecimal") from None
        if len(block) <= HEADER:
            raise ValueError(f"block: must be more than a header, not {len(block)} bytes")
        if double_sha256(block[:HEADER])[::-1].hex() != saved.hash:
            raise ValueError(f"hash: is not that of the block, {saved.hash[:80]!r}")
        return saved


_ADAPTER = TypeAdapter(SavedBlock)
