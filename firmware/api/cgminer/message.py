"""Requests and replies of cgminer's API, in both of their forms."""

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal

__all__ = ["Reply", "Request", "RequestError", "Row", "Value", "as_json", "as_text", "parse"]

#: A number with a point is a decimal: it has as many places as cgminer prints.
Value = str | bool | int | Decimal

Row = dict[str, Value]

#: What ends a reply, after which the connection is closed.
END = b"\x00"

#: Code of a command that does not exist. Its reply does not say who answers.
UNKNOWN = 14

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
        ``S`` success, ``I`` information, ``E`` error.
    code, message
        cgminer's number for it, and words.
    section
        Its name in JSON; empty if there is none.
    head
        What begins the only row as text. Without one there may be any number of rows, and each
        begins with its number.
    rows
        Names and values.
    """

    status: str = "S"
    code: int
    message: str
    section: str = ""
    head: str = ""
    rows: list[Row] = field(default_factory=list)


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
    except (ValueError, RecursionError) as error:
        raise RequestError(23, "Invalid JSON") from error
    if "command" not in message:
        raise RequestError(24, "Missing JSON 'command'")
    if not isinstance(message["command"], str):
        raise RequestError(UNKNOWN, "Invalid command")
    parameter = message.get("parameter", "")
    known = isinstance(parameter, str | int | float) and not isinstance(parameter, bool)
    return _request(message["command"], str(parameter) if known else "", spoken=True)


def _request(command: str, parameter: str, *, spoken: bool) -> Request:
    # Each once; parameters are for single commands.
    names = tuple(dict.fromkeys(name for part in command.split("+") if (name := part.strip())))
    if "+" not in command or not names:
        return Request(names or ("",), parameter, joined=False, json=spoken)
    return Request(names, "", joined=True, json=spoken)


def _status(reply: Reply, when: int, name: str) -> Row:
    row: Row = {
        "STATUS": reply.status,
        "When": when,
        "Code": reply.code,
        "Msg": reply.message,
    }
    return row if reply.code == UNKNOWN else {**row, "Description": name}


def _number(value: bool | int | Decimal) -> str:
    """The same in both forms."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _object(row: Row) -> str:
    fields = (
        f"{json.dumps(key)}:{json.dumps(value) if isinstance(value, str) else _number(value)}"
        for key, value in row.items()
    )
    return "{" + ",".join(fields) + "}"


def _body(reply: Reply, when: int, name: str) -> str:
    parts = [f'"STATUS":[{_object(_status(reply, when, name))}]']
    if reply.section:
        parts.append(f'"{reply.section}":[{",".join(map(_object, reply.rows))}]')
    return "{" + ",".join(parts) + ',"id":1}'


def as_json(replies: dict[str, Reply], when: int, name: str, *, joined: bool) -> bytes:
    """Replies by their commands; `when` is unix time, `name` says who answers."""
    bodies = {command: _body(reply, when, name) for command, reply in replies.items()}
    if joined:
        parts = [f"{json.dumps(command)}:[{body}]" for command, body in bodies.items()]
        whole = "{" + ",".join([*parts, '"id":1']) + "}"
    else:
        (whole,) = bodies.values()
    return whole.encode() + END


def _escaped(value: Value) -> str:
    return _SPECIAL.sub(r"\\\g<0>", value) if isinstance(value, str) else _number(value)


def _fields(row: Row) -> str:
    return ",".join(f"{key}={_escaped(value)}" for key, value in row.items())


def _text(reply: Reply, when: int, name: str) -> str:
    parts = [_fields(_status(reply, when, name))]
    parts += [f"{reply.head},{_fields(row)}" if reply.head else _fields(row) for row in reply.rows]
    return "".join(f"{part}|" for part in parts)


def as_text(replies: dict[str, Reply], when: int, name: str, *, joined: bool) -> bytes:
    """The same as text: fields end with a comma, rows with a bar."""
    texts = [
        (f"CMD={_escaped(command)}|" if joined else "") + _text(reply, when, name)
        for command, reply in replies.items()
    ]
    return "".join(texts).encode() + END
