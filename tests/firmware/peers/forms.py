"""Forms in which pools say what the protocol has another form for: see `docs/pools.md`."""

from collections.abc import Callable
from dataclasses import dataclass

#: Parts of a job: version, bits and time are numbers of four bytes, these are strings of bytes.
NUMBERS, HASHES, COINBASES = (5, 6, 7), (1, 4), (2, 3)


def _same(message):
    return message


def _as_asked(_request, answer):
    return answer


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a pool writes.

    `tell` is what it makes of a notification, `reply` of an answer and the request that it is for,
    `read` of the parameters of a share. `extranonce1` and `size` of extranonce2 are in bytes, if it
    has its own mind about them; `alone` leaves the size out where it has not changed; `early` has
    the first job before the answer to the subscription. Lines end with `end`.
    """

    tell: Callable = _same
    reply: Callable = _as_asked
    read: Callable = _same
    extranonce1: int = 4
    size: int | None = None
    alone: bool = False
    early: bool = False
    end: bytes = b"\n"


def _params(method, change):
    """A notification's parameters changed, if it is that method."""

    def tell(message):
        if message["method"] != method or not isinstance(message["params"], list):
            return message
        return {**message, "params": change(list(message["params"]))}

    return tell


def _each(*changes):
    def tell(message):
        for change in changes:
            message = change(message)
        return message

    return tell


def _subscribed(change):
    """The answer to a subscription changed."""

    def reply(request, answer):
        if request["method"] != "mining.subscribe" or not isinstance(answer["result"], list):
            return answer
        return {**answer, "result": change(answer["result"])}

    return reply


def _configured(change):
    """The mask in the answer about extensions changed."""

    def reply(request, answer):
        result = answer["result"]
        if request["method"] != "mining.configure" or not isinstance(result, dict):
            return answer
        key = "version-rolling.mask"
        return (
            {**answer, "result": {**result, key: change(result[key])}} if key in result else answer
        )

    return reply


def _both(*replies):
    def reply(request, answer):
        for one in replies:
            answer = one(request, answer)
        return answer

    return reply


def _hex(change):
    """A change of a string of hexadecimal digits, or of a list of them; of nothing else."""

    def apply(value):
        if isinstance(value, list):
            return [apply(item) for item in value]
        is_hex = isinstance(value, str) and value and not set(value) - set("0123456789abcdef")
        return change(value) if is_hex else value

    return apply


def _parts(places, change):
    """Some parts of a job changed."""
    apply = _hex(change)

    def parts(params):
        return [apply(part) if at in places else part for at, part in enumerate(params)]

    return _params("mining.notify", parts)


def _first(method, change):
    """The first parameter of a notification changed."""
    apply = _hex(change)
    return _params(method, lambda params: [*map(apply, params[:1]), *params[1:]])


def _plain(part):
    return isinstance(part, int | float) and not isinstance(part, bool)


def _texts(params):
    return [str(part) if _plain(part) else part for part in params]


def _points(params):
    return [float(part) if _plain(part) else part for part in params]


def _prefixed(digits):
    return "0x" + digits


def _short(digits):
    return digits.lstrip("0") or "0"


def _one_short(digits):
    """Bytes whose first digit is left out if it is a zero: one, or how many would not be known."""
    return digits[1:] if digits.startswith("0") and len(digits) > 1 else digits


def _number(digits):
    return int(digits, 16)


def _echo(request, answer):
    return {"method": request["method"], "params": request["params"], **answer}


def _without_error(_request, answer):
    return answer if answer["error"] else {"id": answer["id"], "result": answer["result"]}


def _id_as(change):
    def reply(_request, answer):
        return {**answer, "id": change(answer["id"])}

    return reply


def _difficulty_as_answer(request, answer):
    if request["method"] != "mining.suggest_difficulty":
        return answer
    # It is what was suggested, as far as this pool goes.
    return {"id": answer["id"], "method": "mining.set_difficulty", "params": request["params"]}


def _clean(change):
    return _params("mining.notify", lambda params: [*params[:8], *map(change, params[8:])])


def _refused(change):
    """The answer to a share that was refused, from its code and words."""

    def reply(request, answer):
        if request["method"] != "mining.submit" or not answer["error"]:
            return answer
        return {"id": answer["id"], **change(*answer["error"][:2])}

    return reply


#: Forms in which everything can be understood: no good share may be refused.
GOOD = {
    "extranonce1-28": Form(extranonce1=28),
    "extranonce1-32": Form(extranonce1=32, size=32),
    "extranonce2-3": Form(extranonce1=9, size=3),
    "extranonce2-16": Form(extranonce1=2, size=16),
    "extranonce2-0": Form(extranonce1=8, size=0),
    "extranonce1-alone": Form(alone=True),
    "ids-strings": Form(reply=_id_as(str)),
    "ids-floats": Form(reply=_id_as(float)),
    "method-in-replies": Form(reply=_echo),
    "no-error-in-replies": Form(reply=_without_error),
    "difficulty-as-answer": Form(reply=_difficulty_as_answer),
    "numbers-strings": Form(
        tell=_each(
            _params("mining.set_difficulty", _texts), _params("mining.set_extranonce", _texts)
        ),
        reply=_subscribed(_texts),
    ),
    "numbers-floats": Form(
        tell=_each(
            _params("mining.set_difficulty", _points), _params("mining.set_extranonce", _points)
        ),
        reply=_subscribed(_points),
    ),
    "hex-0x": Form(
        tell=_each(
            _parts((*HASHES, *COINBASES, *NUMBERS), _prefixed),
            _first("mining.set_extranonce", _prefixed),
            _first("mining.set_version_mask", _prefixed),
        ),
        reply=_both(
            _subscribed(lambda result: [result[0], _prefixed(result[1]), result[2]]),
            _configured(_prefixed),
        ),
    ),
    "hex-short": Form(
        tell=_each(
            _parts((*HASHES, *NUMBERS), _short),
            _parts(COINBASES, _one_short),
            _first("mining.set_extranonce", _one_short),
            _first("mining.set_version_mask", _short),
        ),
        reply=_both(
            _subscribed(lambda result: [result[0], _one_short(result[1]), result[2]]),
            _configured(_short),
        ),
    ),
    "hex-numbers": Form(
        tell=_each(_parts(NUMBERS, _number), _first("mining.set_version_mask", _number)),
        reply=_configured(_number),
    ),
    "jobs-eight-parts": Form(tell=_params("mining.notify", lambda params: params[:8])),
    "jobs-ten-parts": Form(
        tell=_params("mining.notify", lambda params: [*params[:8], *params[7:]])
    ),
    "clean-number": Form(
        tell=_clean(lambda clean: int(clean) if clean in (True, False) else clean)
    ),
    "clean-string": Form(tell=_clean(lambda clean: str(clean).lower())),
    "job-ids-numbers": Form(
        tell=_first("mining.notify", _number),
        read=lambda params: [
            *params[:1],
            *(f"{p:x}" if isinstance(p, int) else p for p in params[1:2]),
            *params[2:],
        ],
    ),
    "job-before-subscription": Form(early=True),
    # The id is that of the request for a subscription, which has not been answered yet.
    "ids-in-notifications": Form(early=True, tell=lambda message: {**message, "id": 2}),
    "lines-crlf": Form(end=b"\r\n"),
}

#: Forms of a refused share, and what a stale one is in them.
REFUSED = {
    "refused-list": (
        Form(reply=_refused(lambda code, words: {"result": None, "error": [code, words, ""]})),
        "stale",
    ),
    "refused-code-string": (
        Form(reply=_refused(lambda code, words: {"result": None, "error": [str(code), words]})),
        "stale",
    ),
    "refused-object": (
        Form(
            reply=_refused(
                lambda code, words: {"error": {"code": code, "message": words, "data": None}}
            )
        ),
        "stale",
    ),
    "refused-object-own-code": (
        Form(
            reply=_refused(
                lambda _, words: {"result": None, "error": {"code": -401, "message": words}}
            )
        ),
        "stale",
    ),
    "refused-string": (
        Form(reply=_refused(lambda _, words: {"result": None, "error": words})),
        "stale",
    ),
    "refused-reject-reason": (
        Form(
            reply=_refused(lambda _, __: {"reject-reason": "Stale", "result": False, "error": None})
        ),
        "stale",
    ),
    "refused-false": (Form(reply=_refused(lambda _, __: {"result": False})), "refused"),
}

#: All of them.
FORMS = GOOD | {name: form for name, (form, _) in REFUSED.items()}
