"""Several sources in order of preference: the best that works is the one that counts."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from ..config import ConfigError
from ..stats import PoolState
from ..work.template import Template
from .base import FaultError, Listener, MistakeError, RefusedError, Source, SourceError

__all__ = ["Failover"]

_LOG = structlog.get_logger()

#: Seconds that a source has for its first work before the next one is tried besides it.
PATIENCE = 5.0

#: Seconds without a verdict on any share, while some wait for one, after which a source is left;
#: and between two looks at that.
UNANSWERED, LOOK = 20.0, 1.0

#: Seconds between the first two attempts; a session that lasts less is no success.
FIRST, LASTS = 1.0, 5.0

#: Seconds that a source which is no longer needed has to answer for the last shares.
LINGER = 5.0


@dataclass
class _Place:
    """What is known of one source."""

    source: Source
    working: bool = False
    #: It has failed, or has kept everybody waiting.
    troubled: bool = False
    #: What it failed of is a mistake of the configuration.
    mistaken: bool = False
    #: Only another configuration mends it.
    hopeless: bool = False
    connecting: bool = False
    error: str = ""
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    unwanted: asyncio.Event = field(default_factory=asyncio.Event)


class Failover:
    """Keeps the best source at work.

    A source is tried as soon as all before it are in trouble, and left when one of them works
    again. All that are in trouble are tried again with growing, jittered waits. A source whose
    session has ended, for whatever reason, is in trouble until it gives work again: the next one
    does not wait for it.

    Parameters
    ----------
    sources
        In order of preference.
    listener
        Who is told what happens.
    longest_wait
        Seconds between two attempts at most.
    """

    def __init__(
        self, sources: Sequence[Source], listener: Listener, *, longest_wait: float = 60.0
    ) -> None:
        self._first, self._longest = min(FIRST, longest_wait), longest_wait
        self._listener = listener
        self._places = [_Place(source) for source in sources]
        self._has_worked = self._none_left = False
        self._hopeless = asyncio.Event()
        self.active: int | None = None

    async def run(self) -> None:
        """For ever, or until every source is a mistake of the configuration and none ever worked.

        Raises
        ------
        ConfigError
            That is so.
        """
        self._update()
        async with asyncio.TaskGroup() as group:
            keeping = [group.create_task(self._keep(place)) for place in self._places]
            await self._hopeless.wait()
            for task in keeping:
                task.cancel()
        raise ConfigError(*(_named(place) for place in self._places))

    def _update(self) -> None:
        """Who is wanted, and who is active."""
        better_works, better_in_trouble = False, True
        active = None
        for index, place in enumerate(self._places):
            if better_works:
                place.wanted.clear()
                place.unwanted.set()
            elif better_in_trouble:
                place.unwanted.clear()
                place.wanted.set()
            if place.working and active is None:
                active = index
            better_works = better_works or place.working
            better_in_trouble = better_in_trouble and place.troubled and not place.working
        if active != self.active:
            self._switch(active)
        none_left = all(place.troubled and place.error for place in self._places)
        if none_left and not self._none_left:
            self._listener.say("warning", "no source of work is left")
        self._none_left = none_left

    def _switch(self, active: int | None) -> None:
        before, self.active = self.active, active
        if before is not None:
            # Its shares would go to a pool that has been left.
            self._places[before].source.epoch.end()
        if active is None or not self._places[active].source.epoch.alive:
            self._listener.on_idle()
        if active is not None:
            kind = self._places[active].source.kind
            self._listener.say("info", f"work now comes from pools.{active} ({kind})")

    def on_template(self, template: Template) -> bool:
        """A source has work; whether it is the one that counts."""
        place = self._places[template.source]
        if not place.working:
            place.working, place.troubled, place.error = True, False, ""
            place.connecting = place.mistaken = False
            self._has_worked = True
            self._update()
        return self.active == template.source

    async def _keep(self, place: _Place) -> None:
        while True:
            await place.wanted.wait()
            retrying = AsyncRetrying(
                retry=retry_if_exception_type(SourceError),
                wait=wait_exponential(multiplier=self._first, max=self._longest)
                + wait_random(0, self._first),
                before_sleep=lambda state: self._failed(place, state),
                sleep=asyncio.sleep,
            )
            work: asyncio.Task[None] = asyncio.create_task(retrying(self._session, place))
            leave = asyncio.create_task(place.unwanted.wait())
            try:
                await asyncio.wait((work, leave), return_when=asyncio.FIRST_COMPLETED)
                if not work.done() and place.working:
                    await asyncio.wait((work,), timeout=LINGER)
            finally:
                for task in (work, leave):
                    task.cancel()
                await asyncio.gather(work, leave, return_exceptions=True)
            if not work.cancelled() and (error := work.exception()) is not None:
                raise error
            if place.unwanted.is_set():
                # What was wrong with it is forgotten: it begins anew when it is needed again.
                place.connecting, place.troubled, place.error = False, False, ""
                self._update()

    async def _session(self, place: _Place) -> None:
        """One connection. Raises unless it was a good one, so that waits grow only then."""
        place.connecting = True
        loop = asyncio.get_running_loop()
        begun = loop.time()
        slow = loop.call_later(PATIENCE, self._slow, place)
        try:
            await _answered(place.source)
        except SourceError as error:
            lasted = place.working and loop.time() - begun >= LASTS
            if isinstance(error, FaultError) or not lasted:
                raise
            self._ended(place, error)
        except Exception as error:
            # One source that is not understood must not end the others.
            _LOG.exception("internal error", pool=place.source.index)
            raise SourceError(f"internal error: {error!r}") from error
        except asyncio.CancelledError:
            place.working = False
            raise
        else:
            self._ended(place, None)
        finally:
            slow.cancel()
        await asyncio.sleep(random.uniform(0.5, 1.5) * self._first)

    def _slow(self, place: _Place) -> None:
        if not place.working:
            place.troubled = True
            self._complain(place, f"{place.source.lacks} for {PATIENCE:g} s")
            self._update()

    def _failed(self, place: _Place, state: RetryCallState) -> None:
        assert state.outcome is not None
        self._ended(place, state.outcome.exception())

    def _ended(self, place: _Place, error: BaseException | None) -> None:
        """A session is over: the next source is tried at once."""
        place.mistaken = isinstance(error, MistakeError)
        place.hopeless = isinstance(error, MistakeError) and not error.passing
        if error is not None:
            place.source.counts.failures += 1
            self._complain(place, str(error))
        place.troubled, place.working, place.connecting = True, False, False
        self._update()
        if not self._has_worked and all(place.hopeless for place in self._places):
            self._hopeless.set()

    def _complain(self, place: _Place, error: str) -> None:
        before, place.error = place.error, error
        if error != before:
            self._listener.say("warning", _named(place))

    def state(self, index: int) -> tuple[PoolState, str]:
        """What is going on with a source, and what is wrong with it."""
        place = self._places[index]
        if place.working and index == self.active:
            return PoolState.ACTIVE, ""
        if place.error and not place.working:
            return PoolState.DEAD, place.error
        if place.connecting and not place.working:
            return PoolState.CONNECTING, ""
        return PoolState.STANDBY, ""


def _named(place: _Place) -> str:
    """What is wrong with a source; a mistake of the configuration begins with its key."""
    return f"pools.{place.source.index}{'.' if place.mistaken else ': '}{place.error}"


async def _answered(source: Source) -> None:
    """A session, for as long as verdicts come on the shares that are handed in.

    Raises
    ------
    RefusedError
        Shares wait, and none has been judged for :data:`UNANSWERED` seconds: a pool that hangs may
        keep its connection for ever.
    """
    loop = asyncio.get_running_loop()
    limit = asyncio.timeout(None)
    waiting = 0

    async def watch() -> None:
        nonlocal waiting
        counts = source.counts
        judged, since = counts.judged, 0.0
        while not waiting:
            await asyncio.sleep(LOOK)
            now = loop.time()
            if not counts.unanswered or counts.judged != judged:
                judged, since = counts.judged, 0.0
            elif not since:
                since = now
            elif now - since >= UNANSWERED:
                waiting = counts.unanswered
        limit.reschedule(loop.time())

    watching = asyncio.create_task(watch())
    try:
        async with limit:
            await source.session()
    except TimeoutError as error:
        if not limit.expired():
            raise
        shares = f"{waiting} share{'s' if waiting > 1 else ''}"
        raise RefusedError(f"no answer to {shares} for {UNANSWERED:g} s") from error
    finally:
        watching.cancel()
