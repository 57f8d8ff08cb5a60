"""Why a pool says no, in whichever form it says so: of a share, a user or a subscription alike.

Pools agree on some codes (stratum-mining's ``lib/exceptions.py``, 2012), not on where they stand:
``[21, "Job not found", null]`` (most), ``{"code": 21, "message": …}`` (miningcore, p2poolv2), a
bare string, or ``"result": false`` with ``"reject-reason": "Stale"`` beside it (ckpool).
"""

import re
from dataclasses import dataclass
from typing import Any

from .messages import request_id, text_of

__all__ = ["Refusal"]

#: Codes that pools agree on.
_CODES = {21: "stale", 22: "duplicate", 23: "low-difficulty", 24: "unauthorized"}

#: The same in their words.
_WORDS = {
    "stale": re.compile(
        r"stale|(job|work)[ _-]?(id)?[ _-]?(is )?(not found|unknown|expired)"
        r"|(unknown|invalid|expired|old|no such)[ _-]?(job|work)"
    ),
    "duplicate": re.compile(r"duplicate"),
    "low-difficulty": re.compile(
        r"low[ _-]?(share[ _-]?)?diff|difficulty (is )?too low|above target|high-hash"
    ),
    "unauthorized": re.compile(r"unauthori[sz]ed|not authori[sz]ed"),
}

#: Where an object says why.
_KEYS = ("message", "reason", "error", "data")

#: Longest reason that is kept.
LONGEST = 40


@dataclass(frozen=True)
class Refusal:
    """A no.

    Attributes
    ----------
    code
        The pool's, if it gave one.
    words
        The pool's, safe to show.
    """

    code: int | None = None
    words: str = ""

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Refusal | None":
        """What a reply refuses; ``None`` if it does not."""
        error, beside = said.get("error"), text_of(said.get("reject-reason"))
        if _empty(error):
            return cls(None, beside) if beside or said.get("result") is False else None
        code, words = _parts(error)
        return cls(code, words or beside)

    @property
    def reason(self) -> str:
        """A short word: ``stale`` if it is that, whatever the form."""
        if self.code in _CODES:
            return _CODES[self.code]
        words = self.words.lower()
        for reason, pattern in _WORDS.items():
            if pattern.search(words):
                return reason
        return words[:LONGEST].strip() or "refused"

    def __str__(self) -> str:
        return self.words or (self.reason if self.code in _CODES else "")


def _empty(error: Any) -> bool:
    """Whether a pool says in its way that there is no error."""
    if isinstance(error, list):
        return all(_empty(part) for part in error)
    return not error


def _parts(error: Any) -> tuple[int | None, str]:
    """Code and words out of any form of error."""
    if isinstance(error, list):
        if len(error) == 1 and isinstance(error[0], list | dict):
            return _parts(error[0])
        words = next((text_of(part) for part in error if _is_text(part)), "")
        return request_id(error[0]), words
    if isinstance(error, dict):
        words = next((text_of(error[key]) for key in _KEYS if _is_text(error.get(key))), "")
        return request_id(error.get("code")), words
    code = request_id(error)
    return code, "" if code is not None else text_of(error)


def _is_text(part: Any) -> bool:
    return request_id(part) is None and text_of(part) != ""
