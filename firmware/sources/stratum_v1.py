"""What is said between a pool and a miner: Stratum v1 with version rolling (BIP 310)."""

import json
from collections.abc import Callable, Set
from functools import partial
from typing import Any

from ..config import StratumSettings
from ..work.verify import Result
from . import messages
from .base import MistakeError, RefusedError, Source, UnknownStateError
from .greeting import AGENT, FIRST_SUBMIT, OPTIONAL, ROLLING, Ask, greeting
from .messages import ProtocolError
from .refusal import Refusal
from .share_state import ShareState
from .shares import Shares

__all__ = ["ReconnectError", "StratumV1"]

#: Longest wait that a pool may ask for before a reconnection, seconds.
LONGEST_WAIT = 60.0

#: Characters of the name of a host (RFC 1035, section 2.3.4).
LONGEST_HOST = 255

#: Kinds of messages beside the methods that are known, as they are counted: lines that are no
#: message, replies to nothing that was asked, and methods that nobody knows.
LINE, REPLY, METHOD = "line", "reply", "method"


class ReconnectError(Exception):
    """The pool asks to be left and called again.

    Attributes
    ----------
    endpoint, wait
        Where, and after how many seconds.
    """

    def __init__(self, endpoint: tuple[str, int], wait: float) -> None:
        super().__init__(f"{endpoint[0]}:{endpoint[1]}" + (f" in {wait:g} s" if wait else ""))
        self.endpoint = endpoint
        self.wait = wait


class StratumV1:
    """One connection, without the connection: lines come in, lines go out.

    Nothing here waits for a reply: pools do not answer everything, nor in order. A message that
    cannot be used, or that nobody expects, is counted, and told of once a kind. If it was to
    change what shares depend on, the connection is of no use any more.

    Parameters
    ----------
    source
        Whose counts are kept, and who delivers templates.
    settings
        Of the pool.
    write
        Called with one line to send or more, their ends included.
    rolling
        Whether to ask for version rolling.
    without
        Requests to leave out.
    """

    def __init__(
        self,
        source: Source,
        settings: StratumSettings,
        write: Callable[[bytes], None],
        *,
        rolling: bool,
        without: Set[Ask] = frozenset(),
    ) -> None:
        self._source = source
        self._settings = settings
        self._write_lines = write
        self._rolling = rolling and Ask.CONFIGURE not in without
        self._without = without
        self._work = ShareState(source, settings.user)
        self._next_id = FIRST_SUBMIT
        #: Requests before the first share that have not been answered.
        self._asked: set[int] = set()
        #: Requests whose replies could not be used.
        self.unusable: set[Ask] = set()
        #: Kinds of unusable messages that have been told of.
        self._told: set[str] = set()
        self._shares = Shares(source)
        #: What changes the state that shares depend on, and what does not.
        self._state: dict[str, Callable[[Any], None]] = {
            "mining.notify": self._work.notify,
            "mining.set_difficulty": self._work.set_difficulty,
            "mining.set_extranonce": self._work.set_extranonce,
        }
        if self._rolling:
            self._state["mining.set_version_mask"] = self._work.set_mask
        self._other: dict[str, Callable[[Any], None]] = {
            "client.reconnect": self._reconnect,
            "client.show_message": self._show_message,
            "mining.set_version_mask": self._no_mask,
        }

    @property
    def unanswered(self) -> Set[Ask]:
        """Optional requests without a reply."""
        return frozenset(ask for ask in OPTIONAL if ask in self._asked)

    def greet(self) -> None:
        """Say everything that a pool has to hear before it gives work, all at once.

        In one piece: what hangs up on the first line could not be heard after the second.
        """
        settings, rolling = self._settings, self._rolling
        lines = []
        for ask, params in greeting(settings, rolling=rolling, without=self._without):
            self._asked.add(ask)
            lines.append(_line({"id": int(ask), "method": ask.method, "params": params}))
        self._write_lines(b"".join(lines))

    def _write(self, value: dict[str, Any]) -> None:
        self._write_lines(_line(value))

    def take(self, line: bytes | None) -> bool:
        """Take a line, ``None`` for one that was too long; whether it was of use.

        Raises
        ------
        RefusedError
            The pool does not want this miner.
        UnknownStateError
            What shares depend on is not known any more.
        ReconnectError
            The pool wants to be called again.
        """
        kind, state, act = self._sort(line)
        try:
            act()
        except ProtocolError as error:
            self._source.counts.unusable[kind] += 1
            if state:
                raise UnknownStateError(f"unusable {kind}: {error}") from error
            if kind not in self._told:
                self._told.add(kind)
                self._say("warning", f"unusable {kind}: {error}")
            return False
        return True

    def _sort(self, line: bytes | None) -> tuple[str, bool, Callable[[], None]]:
        """Of which kind a line is, whether shares depend on it, and what is to be done."""
        if line is None:
            return LINE, False, partial(_useless, "too long", None)
        try:
            said = messages.message(line)
        except ProtocolError as error:
            state = any(method.encode() in line for method in self._state)
            return LINE, state, partial(_useless, str(error.args[0]), error.value)
        method, number = said.get("method"), messages.request_id(said.get("id"))
        if isinstance(method, str) and not self._is_reply(method, said):
            if (method, number) == ("mining.set_difficulty", Ask.SUGGEST):
                # public-pool once answered so. Any other id is the pool's own.
                self._asked.discard(Ask.SUGGEST)
            known = method in self._state or method in self._other
            kind = method if known else METHOD
            return kind, method in self._state, partial(self._ask, method, said)
        if number in self._asked:
            ask = Ask(number)
            # Where a pool says nothing of extensions there are none.
            extended = ask is Ask.CONFIGURE and isinstance(said.get("result"), dict)
            state = ask is Ask.SUBSCRIBE or extended
            return ask.method, state, partial(self._answered, ask, said)
        return REPLY, False, partial(self._judged, number, said)

    def _say(self, level: str, text: str) -> None:
        self._source.listener.say(level, f"{self._settings.url}: {text}")

    @property
    def authorized(self) -> bool:
        """Whether the pool has answered for the user."""
        return Ask.AUTHORIZE not in self._asked

    def close(self) -> None:
        """Nothing more will be answered."""
        self._shares.forget()

    # What the pool asks.

    def _is_reply(self, method: str, said: dict[str, Any]) -> bool:
        """Whether it is one although it has a method: some pools send that of the request back."""
        notification = method in self._state or method in self._other
        return not notification and ("result" in said or "error" in said)

    def _ask(self, method: str, said: dict[str, Any]) -> None:
        if handler := self._state.get(method) or self._other.get(method):
            handler(said.get("params"))
            return
        answer = {"client.get_version": AGENT, "mining.ping": "pong"}.get(method)
        if isinstance(said.get("id"), str | int | float):
            error = None if answer else [20, "Unknown method", None]
            self._write({"id": said["id"], "result": answer, "error": error})
        if answer is None:
            raise ProtocolError("it is not known", method)

    def _no_mask(self, params: Any) -> None:
        raise ProtocolError("no version bits were asked for", params)

    def _reconnect(self, params: Any) -> None:
        given = [*params, None, None, None] if isinstance(params, list) else [None] * 3
        host, port, wait = self._settings.host, self._settings.port, 0.0
        if given[0] is not None and messages.text_of(given[0], LONGEST_HOST) != given[0]:
            raise ProtocolError("host must be a name", given[0])
        host = given[0] or host
        if given[1] not in (None, ""):
            port = messages.whole(given[1], "port", 1, 65535)
        if given[2] is not None:
            wait = min(max(messages.number(given[2], "wait"), 0.0), LONGEST_WAIT)
        if host.casefold() != self._settings.host.casefold() and not self._settings.allow_redirect:
            raise ProtocolError("another host, and allow_redirect is false", f"{host}:{port}")
        raise ReconnectError((host, port), wait)

    def _show_message(self, params: Any) -> None:
        said = params[0] if isinstance(params, list) and params else params
        text = messages.text_of(said)
        if not text:
            raise ProtocolError("no text", params)
        self._say("info", text)

    # What the pool answers.

    def _answered(self, ask: Ask, said: dict[str, Any]) -> None:
        """A request before the first share has its reply."""
        self._asked.discard(ask)
        self.unusable.add(ask)
        result, refusal = said.get("result"), Refusal.of(said)
        if refusal is not None:
            why = f": {refusal}" if str(refusal) else ""
            if ask is Ask.AUTHORIZE:
                # Pools err, and lose their lists of users for a while.
                raise MistakeError(
                    f"user: {self._settings.user} is refused by the pool{why}", passing=True
                )
            if ask is Ask.SUBSCRIBE:
                raise RefusedError(f"refused {ask.method}{why}")
            self._say("info", f"refused {ask.method}{why}")
        elif ask is Ask.CONFIGURE:
            self._configured(result)
        elif ask is Ask.SUBSCRIBE:
            self._work.subscribed(result)
        self.unusable.discard(ask)

    def _configured(self, result: Any) -> None:
        if not isinstance(result, dict):
            raise ProtocolError("extensions must be an object", result)
        if result.get("minimum-difficulty", True) is not True:
            self._say("info", f"refused minimum-difficulty {self._settings.minimum_difficulty}")
        if self._rolling and result.get("version-rolling") is True:
            self._work.roll(messages.mask(result.get("version-rolling.mask", f"{ROLLING:08x}")))

    def _judged(self, number: int | None, said: dict[str, Any]) -> None:
        """A share has its verdict."""
        if number is None or not self._shares.judge(number, said):
            raise ProtocolError("no request waits for it", said)

    # What the miner says after that.

    def submit(self, result: Result) -> None:
        """Hand in a share."""
        job, template = result.job, result.template
        params = [
            self._settings.user,
            template.job_id,
            job.extranonce2.hex(),
            f"{job.time:08x}",
            f"{result.nonce:08x}",
        ]
        if self._work.rolls:
            params.append(f"{result.version ^ template.version:08x}")
        number, self._next_id = self._next_id, self._next_id + 1
        self._shares.add(number, result)
        self._write({"id": number, "method": "mining.submit", "params": params})


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _useless(reason: str, value: Any) -> None:
    raise ProtocolError(reason, value)
