"""Boolean functions as Liberty writes them, as truth tables."""

import re
from collections.abc import Callable, Sequence

_WORD = re.compile(r"[A-Za-z_]\w*(?:\[\d+\])?|[!&*|+^()']|[01]")
Rows = int


def truth_table(function: str, pins: Sequence[str]) -> Rows:
    """The value of a function in each row, as bits: row number ``i`` has pin ``k`` as bit ``k``.

    Operators from the strongest to the weakest: ``'`` behind and ``!`` in front of what is
    inverted; ``&``, ``*`` or nothing between; ``^``; ``|`` and ``+``.

    Raises
    ------
    ValueError
        It is no function of these pins.
    """
    words = _WORD.findall(function)
    count = 1 << len(pins)
    every = (1 << count) - 1
    values = {
        pin: sum(1 << row for row in range(count) if row >> k & 1) for k, pin in enumerate(pins)
    }
    at = 0

    def peek() -> str:
        return words[at] if at < len(words) else ""

    def chain(
        inner: Callable[[], Rows], marks: str, join: Callable[[Rows, Rows], Rows]
    ) -> Callable[[], Rows]:
        def parse() -> Rows:
            nonlocal at
            result = inner()
            while peek() and peek() in marks:
                at += 1
                result = join(result, inner())
            return result

        return parse

    def one() -> Rows:
        nonlocal at
        word = peek()
        at += 1
        if word == "!":
            result = every ^ one()
        elif word == "(":
            result = either()
            if peek() != ")":
                raise ValueError(f"{function!r} has no closing bracket")
            at += 1
        elif word in {"0", "1"}:
            result = every * int(word)
        elif word in values:
            result = values[word]
        else:
            raise ValueError(f"{function!r} has {word!r}, which is none of {' '.join(pins)}")
        while peek() == "'":
            at += 1
            result = every ^ result
        return result

    def both() -> Rows:
        nonlocal at
        result = one()
        while (word := peek()) and word not in {")", "^", "|", "+", "'"}:
            at += word in {"&", "*"}
            result &= one()
        return result

    odd = chain(both, "^", lambda a, b: a ^ b)
    either = chain(odd, "|+", lambda a, b: a | b)
    result = either()
    if at < len(words) or not words:
        raise ValueError(f"{function!r} is no function")
    return result
