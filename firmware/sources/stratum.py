"""A pool that speaks Stratum v1: the connection."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Set

from ..config import StratumSettings
from ..work.verify import Result
from .base import NO_CONNECTION, NO_WORD, NO_WORK, Listener, Source, SourceError, UnknownStateError
from .greeting import OPTIONAL, Ask
from .lines import lines
from .reasons import other_protocol, words_for, words_for_tls
from .stratum_v1 import ReconnectError, StratumV1

__all__ = ["StratumSource", "connect"]

#: Bytes that a pool has not taken yet, beyond which it counts as dead.
MOST_UNSENT = 1 << 20

#: A pool that hangs up within so many seconds may have been asked for too much.
HASTY = 5.0

#: Seconds to connect in.
CONNECT = 20.0


def _context(settings: StratumSettings) -> ssl.SSLContext | None:
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SourceError(f"ca_file cannot be used: {error}") from error


async def connect(
    settings: StratumSettings, endpoint: tuple[str, int]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a pool, where the settings say or where it has sent us.

    Raises
    ------
    SourceError
        There is no connection, or its certificate is not trusted.
    """
    host, port = endpoint
    try:
        async with asyncio.timeout(CONNECT):
            return await asyncio.open_connection(host, port, ssl=_context(settings))
    except TimeoutError as error:
        raise SourceError(f"no connection within {CONNECT:.0f} s") from error
    except ssl.SSLError as error:
        raise SourceError(words_for_tls(error)) from error
    except OSError as error:
        raise SourceError(f"no connection: {words_for(error)}") from error
    except UnicodeError as error:
        raise SourceError(f"no connection: {host!r} is no name of a host") from error


class StratumSource(Source):
    """A pool."""

    kind = "stratum"

    def __init__(
        self,
        index: int,
        settings: StratumSettings,
        listener: Listener,
        *,
        version_rolling: bool = True,
    ) -> None:
        super().__init__(index, listener)
        self.settings = settings
        self._rolling = version_rolling
        self._endpoint = (settings.host, settings.port)
        self._wait = 0.0
        self._without: Set[Ask] = frozenset()
        self._v1: StratumV1 | None = None

    async def session(self) -> None:
        """Connect, and listen until the pool goes away or asks for it."""
        # What the last session has left counts once: then it begins as it is configured.
        endpoint, self._endpoint = self._endpoint, (self.settings.host, self.settings.port)
        wait, self._wait = self._wait, 0.0
        without, self._without = self._without, frozenset()
        if wait:
            self.lacks = f"{NO_CONNECTION} (it asked to be called again in {wait:g} s)"
            await asyncio.sleep(wait)
        reader, writer = await connect(self.settings, endpoint)
        self._v1 = v1 = StratumV1(
            self, self.settings, writer.write, rolling=self._rolling, without=without
        )
        self.renew_epoch()
        self.counts.connections += 1
        self.counts.connected_at, began = time.time(), time.monotonic()
        self.peer = str(writer.get_extra_info("peername")[0])
        self.lacks = NO_WORD
        try:
            v1.greet()
            await self._listen(v1, reader, writer)
            self._hung_up(v1, began)
            silently = " without a word" if self.lacks == NO_WORD else ""
            raise SourceError(f"the pool closed the connection{silently}")
        except ReconnectError as wish:
            # The wait comes before the next connection: nobody reads this one any more.
            self.listener.say("info", f"{self.settings.url}: asks to reconnect to {wish}")
            self._endpoint, self._wait = wish.endpoint, wish.wait
        except UnknownStateError:
            self._leave_out(v1.unusable & OPTIONAL)
            # Nothing more is of interest, and the next source need not wait for a proper end.
            writer.transport.abort()
            raise
        except (OSError, ssl.SSLError) as error:
            self._hung_up(v1, began)
            raise SourceError(f"the connection broke: {words_for(error)}") from error
        finally:
            v1.close()
            self._v1 = None
            self.over()
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()

    def _hung_up(self, v1: StratumV1, began: float) -> None:
        """A pool that goes at once may have been asked for what it does not know."""
        if time.monotonic() - began < HASTY:
            self._leave_out(v1.unanswered)

    def _leave_out(self, asks: Set[Ask]) -> None:
        """Do without these the next time."""
        self._without = asks
        if asks:
            named = ", ".join(ask.method for ask in sorted(asks))
            self.listener.say("warning", f"{self.settings.url}: the next try is without {named}")

    async def _listen(
        self, v1: StratumV1, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        heard = asyncio.timeout(self.settings.silence)
        try:
            async with heard:
                async for line in lines(reader):
                    if self.lacks == NO_WORD and (other := other_protocol(line or b"")):
                        raise SourceError(f"what answers there speaks {other}, not Stratum")
                    self.lacks = NO_WORK
                    if v1.take(line) and self.template is not None:
                        heard.reschedule(loop.time() + self.settings.silence)
                    if writer.transport.get_write_buffer_size() > MOST_UNSENT:
                        raise SourceError("the pool does not read what it is sent")
        except TimeoutError as error:
            raise SourceError(
                f"silent, or without work, for {self.settings.silence:g} s"
            ) from error

    @property
    def welcome(self) -> bool:
        """Whether the pool has answered for the user."""
        return self._v1 is not None and self._v1.authorized

    @property
    def differs_next(self) -> bool:
        """Whether the pool has sent us elsewhere, or hung up on what can be left out."""
        elsewhere = self._endpoint != (self.settings.host, self.settings.port)
        return elsewhere or bool(self._without)

    def submit(self, result: Result) -> None:
        """Hand in a share."""
        if self._v1 is not None:
            self._v1.submit(result)
