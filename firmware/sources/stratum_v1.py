"""What is said between a pool and a miner: Stratum v1 with version rolling (BIP 310)."""

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version as version_of
from typing import Any

from ..addresses import guess_network
from ..config import StratumSettings
from ..work.coinbase import describe
from ..work.template import Template
from ..work.verify import Result
from . import messages
from .base import RefusedError, Source
from .messages import Notify, ProtocolError
from .shares import Shares

__all__ = ["ReconnectError", "StratumV1"]

#: Version bits to ask for (BIP 320).
ROLLING = 0x1FFFE000

#: Requests before the first share, by their ids, which also come back in replies.
CONFIGURE, SUBSCRIBE, AUTHORIZE, SUGGEST, EXTRANONCE = range(1, 6)
FIRST_SUBMIT = 10

#: Longest wait that a pool may ask for before a reconnection, seconds.
LONGEST_WAIT = 60.0


class ReconnectError(Exception):
    """The pool asks to be left and called again.

    Attributes
    ----------
    endpoint, wait
        Where, and after how many seconds.
    """

    def __init__(self, endpoint: tuple[str, int], wait: float) -> None:
        super().__init__(f"{endpoint[0]}:{endpoint[1]} after {wait:g} s")
        self.endpoint = endpoint
        self.wait = wait


class StratumV1:
    """One connection, without the connection: lines come in, lines go out.

    Nothing here waits for a reply: pools do not answer everything, nor in order.

    Parameters
    ----------
    source
        Whose counts are kept, and who delivers templates.
    settings
        Of the pool.
    write
        Called with each line to send, its end included.
    rolling
        Whether to ask for version rolling.
    """

    def __init__(
        self,
        source: Source,
        settings: StratumSettings,
        write: Callable[[bytes], None],
        *,
        rolling: bool,
    ) -> None:
        self._source = source
        self._settings = settings
        self._write_line = write
        self._rolling = rolling
        self._network = guess_network(settings.user.partition(".")[0])
        self._difficulty = 1.0
        self._extranonce: tuple[bytes, int] | None = None
        self._last: Notify | None = None
        self._rolls = False
        self._next_id = FIRST_SUBMIT
        #: Requests before the first share that have not been answered.
        self._asked: set[int] = set()
        self._shares = Shares(source)
        self._handlers: dict[str, Callable[[Any], None]] = {
            "mining.notify": self._notify,
            "mining.set_difficulty": self._set_difficulty,
            "mining.set_extranonce": self._set_extranonce,
            "mining.set_version_mask": self._set_version_mask,
            "client.reconnect": self._reconnect,
            "client.show_message": self._show_message,
        }
        source.version_mask = 0

    def greet(self) -> None:
        """Say everything that a pool has to hear before it gives work, all at once."""
        extensions = ["subscribe-extranonce"]
        options: dict[str, object] = {}
        if self._rolling:
            extensions.append("version-rolling")
            options |= {"version-rolling.mask": f"{ROLLING:08x}"}
            options |= {"version-rolling.min-bit-count": 2}
        if self._settings.minimum_difficulty is not None:
            extensions.append("minimum-difficulty")
            options |= {"minimum-difficulty.value": self._settings.minimum_difficulty}
        self._request(CONFIGURE, "mining.configure", [extensions, options])
        self._request(SUBSCRIBE, "mining.subscribe", [f"sluice/{version_of('sluice-miner')}"])
        password = self._settings.password.get_secret_value()
        self._request(AUTHORIZE, "mining.authorize", [self._settings.user, password])
        if self._settings.suggest_difficulty is not None:
            suggestion = [self._settings.suggest_difficulty]
            self._request(SUGGEST, "mining.suggest_difficulty", suggestion)
        if self._settings.extranonce_subscribe:
            self._request(EXTRANONCE, "mining.extranonce.subscribe", [])

    def _request(self, number: int, method: str, params: list[Any]) -> None:
        self._asked.add(number)
        self._send(number, method, params)

    def _send(self, number: int, method: str, params: list[Any]) -> None:
        self._write({"id": number, "method": method, "params": params})

    def _write(self, value: dict[str, Any]) -> None:
        self._write_line(json.dumps(value).encode() + b"\n")

    def take(self, line: bytes) -> bool:
        """Take a line; whether it made sense.

        Raises
        ------
        RefusedError
            The pool does not want this miner.
        ReconnectError
            It wants to be called again.
        """
        kind = "line"
        try:
            said = messages.message(line)
            method = said.get("method")
            kind = method if method in self._handlers else "reply"
            if isinstance(method, str):
                self._ask(method, said)
            else:
                self._reply(said)
        except ProtocolError:
            self._source.counts.unusable[kind] += 1
            return False
        return True

    def close(self) -> None:
        """Nothing more will be answered."""
        self._shares.forget()

    # What the pool asks.

    def _ask(self, method: str, said: dict[str, Any]) -> None:
        if handler := self._handlers.get(method):
            handler(said.get("params"))
        elif said.get("id") is not None and isinstance(said["id"], str | int):
            answers = {
                "client.get_version": f"sluice/{version_of('sluice-miner')}",
                "mining.ping": "pong",
            }
            error = None if method in answers else [20, "Unknown method", None]
            self._write({"id": said["id"], "result": answers.get(method), "error": error})

    def _notify(self, params: Any) -> None:
        notify = Notify.parse(params)
        # A new block makes the old one stale even if the pool does not say so.
        clean = notify.clean or self._last is None or self._last.previous != notify.previous
        self._last = notify
        if clean:
            self._source.renew_epoch()
        self._make()

    def _make(self) -> None:
        """A template of the newest job, as soon as extranonce1 is known."""
        notify = self._last
        if notify is None or self._extranonce is None:
            return
        first, size = self._extranonce
        coinbase = describe(
            notify.coinbase1 + first + bytes(size) + notify.coinbase2, self._network
        )
        self._source.pays = coinbase.pays
        self._source.counts.last_job_at = time.time()
        # Its last one may have been ended because another source was active for a while.
        epoch = self._source.epoch if self._source.epoch.alive else self._source.renew_epoch()
        template = Template(
            source=self._source.index,
            epoch=epoch,
            job_id=notify.job_id,
            version=notify.version,
            previous=notify.previous,
            bits=notify.bits,
            time=notify.time,
            coinbase1=notify.coinbase1,
            extranonce1=first,
            extranonce2_size=size,
            coinbase2=notify.coinbase2,
            branch=notify.branch,
            version_mask=self._source.version_mask,
            difficulty=self._difficulty,
            received=time.monotonic(),
            height=coinbase.height,
        )
        self._source.deliver(template)

    def _set_difficulty(self, params: Any) -> None:
        # From the next job on.
        self._difficulty = messages.difficulty(params)

    def _set_extranonce(self, params: Any) -> None:
        if not isinstance(params, list) or len(params) < 2:
            raise ProtocolError("set_extranonce must have two parts")
        # From the next job on, too.
        self._extranonce = messages.extranonce(params[0], params[1])

    def _set_version_mask(self, params: Any) -> None:
        if not isinstance(params, list) or not params:
            raise ProtocolError("set_version_mask must have a mask")
        mask = messages.mask(params[0])
        if self._rolling:
            self._roll(mask)

    def _roll(self, mask: int) -> None:
        self._rolls = True
        self._source.version_mask = mask & ROLLING
        running = self._source.template
        if running is None or not running.epoch.alive or not running.version_mask & ~mask:
            # Wider masks hold from the next job on: pools may judge shares by that of their job.
            return
        # Bits that have gone would have shares refused. All else is as when the job was given.
        self._source.deliver(replace(running, version_mask=running.version_mask & mask))

    def _reconnect(self, params: Any) -> None:
        host, port = self._settings.host, self._settings.port
        wait = 0.0
        if isinstance(params, list):
            if params and isinstance(params[0], str) and params[0]:
                host = params[0]
            if len(params) > 1:
                with contextlib.suppress(TypeError, ValueError, OverflowError):
                    port = int(params[1])
            if len(params) > 2:
                with contextlib.suppress(TypeError, ValueError):
                    wait = min(max(float(params[2]), 0.0), LONGEST_WAIT)
        if not 1 <= port <= 65535:
            raise ProtocolError("port must be 1 to 65535")
        if host.casefold() != self._settings.host.casefold() and not self._settings.allow_redirect:
            name = messages.text_of(host, 80)
            self._source.listener.say(
                "warning", f"{self._settings.url}: refused to go over to {name}:{port}"
            )
            return
        raise ReconnectError((host, port), wait)

    def _show_message(self, params: Any) -> None:
        said = params[0] if isinstance(params, list) and params else params
        if text := messages.text_of(said):
            self._source.listener.say("info", f"{self._settings.url}: {text}")

    # What the pool answers.

    def _reply(self, said: dict[str, Any]) -> None:
        number, result, error = said.get("id"), said.get("result"), said.get("error")
        if isinstance(number, bool) or not isinstance(number, int):
            raise ProtocolError("a reply must have the id of a request")
        if number >= FIRST_SUBMIT:
            if not self._shares.judge(number, result, error):
                raise ProtocolError("a reply to nothing that was asked")
            return
        if number not in self._asked:
            # A second one too: a pool that repeats itself does not mean what it says then.
            raise ProtocolError("a reply to nothing that was asked")
        if number == CONFIGURE:
            if self._rolling and isinstance(result, dict) and result.get("version-rolling") is True:
                self._roll(messages.mask(result.get("version-rolling.mask", f"{ROLLING:08x}")))
        elif number == SUBSCRIBE:
            if not isinstance(result, list) or len(result) < 3:
                raise ProtocolError("a subscription must have three parts")
            self._extranonce = messages.extranonce(result[1], result[2])
            self._make()
        elif number == AUTHORIZE and (error or result is False):
            why = messages.text_of(error[1]) if isinstance(error, list) and error[1:] else ""
            raise RefusedError(f"refused user {self._settings.user}" + (f": {why}" if why else ""))
        # One that makes no sense may still be put right.
        self._asked.discard(number)

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
        if self._rolls:
            params.append(f"{result.version ^ template.version:08x}")
        number, self._next_id = self._next_id, self._next_id + 1
        self._shares.add(number, result)
        self._send(number, "mining.submit", params)
