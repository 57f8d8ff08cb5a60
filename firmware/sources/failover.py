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

from ..stats import PoolState
from ..work.template import Template
from .base import Listener, RefusedError, Source, SourceError

__all__ = ["Failover"]

_LOG = structlog.get_logger()

#: Seconds that a source has for its first work before the next one is tried besides it.
PATIENCE = 15.0

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
    connecting: bool = False
    error: str = ""
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    unwanted: asyncio.Event = field(default_factory=asyncio.Event)


class Failover:
    """Keeps the best source at work.

    A source is tried as soon as all before it are in trouble, and left when one of them works
    again. All that are in trouble are tried again with growing, jittered waits.

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
        self.active: int | None = None

    async def run(self) -> None:
        """For ever."""
        self._update()
        async with asyncio.TaskGroup() as group:
            for place in self._places:
                group.create_task(self._keep(place))

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
        elif before is not None:
            self._listener.say("warning", "no source of work is left")

    def on_template(self, template: Template) -> bool:
        """A source has work; whether it is the one that counts."""
        place = self._places[template.source]
        if not place.working:
            place.working, place.troubled, place.error = True, False, ""
            place.connecting = False
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
            await place.source.session()
        except Exception as error:
            lasted = place.working and loop.time() - begun >= LASTS
            if not isinstance(error, SourceError):
                # One source that is not understood must not end the others.
                _LOG.exception("internal error", pool=place.source.index)
                raise SourceError(f"internal error: {error!r}") from error
            if isinstance(error, RefusedError) or not lasted:
                raise
            self._complain(place, str(error))
        except asyncio.CancelledError:
            place.working = False
            raise
        finally:
            slow.cancel()
            worked, place.working = place.working, False
            if worked:
                self._update()
        await asyncio.sleep(random.uniform(0.5, 1.5) * self._first)

    def _slow(self, place: _Place) -> None:
        if not place.working:
            place.troubled = True
            self._update()

    def _failed(self, place: _Place, state: RetryCallState) -> None:
        assert state.outcome is not None
        self._complain(place, str(state.outcome.exception()))
        place.troubled, place.connecting = True, False
        self._update()

    def _complain(self, place: _Place, error: str) -> None:
        if error != place.error:
            self._listener.say("warning", f"pools.{place.source.index}: {error}")
        place.error = error

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
