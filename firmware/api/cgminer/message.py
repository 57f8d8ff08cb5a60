"""Requests and replies of cgminer's API, in both of their forms."""

import json
import re
from dataclasses import dataclass, field

__all__ = ["Reply", "Request", "RequestError", "as_json", "as_text", "parse"]

Value = str | int | float

#: What ends a reply, after which the connection is closed.
END = b"\x00"

_SPECIAL = re.compile(r"[|,=\\]")


class RequestError(ValueError):
    """A request that says nothing; ``code`` is cgminer's number for why."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Request:
    """Commands, one or several joined with ``+``; their parameter; and whether JSON is spoken."""

    commands: tuple[str, ...]
    parameter: str
    joined: bool
    json: bool


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A status, and a section of rows.

    Attributes
    ----------
    status
        ``S`` success, ``E`` error.
    code, message
        cgminer's number for it, and words.
    section
        Its name in JSON; empty if there is none.
    item
        What begins a row as text; followed by its number if the rows are numbered.
    rows
        Names and values.
    """

    status: str = "S"
    code: int
    message: str
    section: str = ""
    item: str = ""
    numbered: bool = False
    rows: list[dict[str, Value]] = field(default_factory=list)


def parse(data: bytes) -> Request:
    """Take apart what a client sent.

    Raises
    ------
    RequestError
        If it is no request.
    """
    text = data.decode("utf-8", errors="replace").strip("\x00\r\n\t ")
    if not text.startswith("{"):
        command, _, parameter = text.partition("|")
        return _request(command, parameter, spoken=False)
    try:
        message = json.loads(text)
    except ValueError as error:
        raise RequestError(23, "Invalid JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("command"), str):
        raise RequestError(24, "Missing JSON 'command'")
    return _request(message["command"], str(message.get("parameter", "")), spoken=True)


def _request(command: str, parameter: str, *, spoken: bool) -> Request:
    names = tuple(name.strip() for name in command.split("+"))
    return Request(names, parameter, len(names) > 1, spoken)


def _status(reply: Reply, when: int, name: str) -> dict[str, Value]:
    return {
        "STATUS": reply.status,
        "When": when,
        "Code": reply.code,
        "Msg": reply.message,
        "Description": name,
    }


def _body(reply: Reply, when: int, name: str) -> dict[str, object]:
    body: dict[str, object] = {"STATUS": [_status(reply, when, name)]}
    if reply.section:
        rows = reply.rows
        if reply.numbered:
            rows = [{reply.item: number, **row} for number, row in enumerate(rows)]
        body[reply.section] = rows
    return {**body, "id": 1}


def as_json(replies: dict[str, Reply], when: int, name: str, *, joined: bool) -> bytes:
    """Replies by their commands; `when` is unix time, `name` says who answers."""
    bodies = {command: _body(reply, when, name) for command, reply in replies.items()}
    if joined:
        whole: dict[str, object] = {command: [body] for command, body in bodies.items()}
        whole["id"] = 1
    else:
        (whole,) = bodies.values()
    return json.dumps(whole, separators=(",", ":")).encode() + END


def _escaped(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.6f}" if abs(value) < 1e6 else f"{value:.2f}"
    return _SPECIAL.sub(r"\\\g<0>", str(value))


def _fields(row: dict[str, Value]) -> str:
    return ",".join(f"{_escaped(name)}={_escaped(value)}" for name, value in row.items())


def _text(reply: Reply, when: int, name: str) -> str:
    parts = [_fields(_status(reply, when, name))]
    for number, row in enumerate(reply.rows):
        head = f"{reply.item}={number}" if reply.numbered else reply.item
        parts.append(f"{head},{_fields(row)}" if row else head)
    return "".join(f"{part}|" for part in parts)


def as_text(replies: dict[str, Reply], when: int, name: str, *, joined: bool) -> bytes:
    """The same as text: fields end with a comma, rows with a bar."""
    texts = [
        (f"CMD={command}|" if joined else "") + _text(reply, when, name)
        for command, reply in replies.items()
    ]
    return "".join(texts).encode() + END
