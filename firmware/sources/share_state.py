"""What a pool has said that shares depend on: job, difficulty, extranonce and version mask."""

import time
from dataclasses import replace
from typing import Any

from ..addresses import guess_network
from ..work.coinbase import describe
from ..work.template import Template
from . import messages
from .base import Source
from .greeting import ROLLING
from .messages import Notify, ProtocolError

__all__ = ["ShareState"]


class ShareState:
    """Of one connection. Delivers templates as soon as there is enough to make them of.

    Each method takes the parameters of a notification, or the result of a reply, as they came, and
    raises :class:`~.messages.ProtocolError` if they cannot be used. The state is unknown then.

    Parameters
    ----------
    source
        Who delivers templates, and whose version mask is kept.
    user
        Who mines: the address in it may tell the network.

    Attributes
    ----------
    rolls
        Whether the pool has agreed to version bits: shares have them then.
    """

    def __init__(self, source: Source, user: str) -> None:
        self._source = source
        self._network = guess_network(user.partition(".")[0])
        self._difficulty = 1.0
        self._extranonce: tuple[bytes, int] | None = None
        self._last: Notify | None = None
        self.rolls = False
        source.version_mask = 0

    def notify(self, params: Any) -> None:
        """``mining.notify``: a job."""
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
        self._source.coinbase = coinbase
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

    def set_difficulty(self, params: Any) -> None:
        """``mining.set_difficulty``: from the next job on."""
        self._difficulty = messages.difficulty(params)

    def set_extranonce(self, params: Any) -> None:
        """``mining.set_extranonce``: from the next job on, too."""
        if not isinstance(params, list) or not params:
            raise ProtocolError("extranonce1 is missing", params)
        if len(params) == 1 and self._extranonce is not None:
            # The size stays.
            params = [params[0], self._extranonce[1]]
        if len(params) == 1:
            raise ProtocolError("extranonce2 size is missing", params)
        self._extranonce = messages.extranonce(params[0], params[1])

    def set_mask(self, params: Any) -> None:
        """``mining.set_version_mask``."""
        if not isinstance(params, list) or not params:
            raise ProtocolError("version mask is missing", params)
        self.roll(messages.mask(params[0]))

    def roll(self, mask: int) -> None:
        """These version bits may roll; those that have gone may not even in the job at hand."""
        self.rolls = True
        self._source.version_mask = mask & ROLLING
        running = self._source.template
        if running is None or not running.epoch.alive or not running.version_mask & ~mask:
            # Wider masks hold from the next job on: pools may judge shares by that of their job.
            return
        # Bits that have gone would have shares refused. All else is as when the job was given.
        self._source.deliver(replace(running, version_mask=running.version_mask & mask))

    def subscribed(self, result: Any) -> None:
        """The reply to ``mining.subscribe``. A job may have come before it."""
        if not isinstance(result, list) or len(result) < 3:
            raise ProtocolError("a subscription must have three parts", result)
        self._extranonce = messages.extranonce(result[1], result[2])
        self._make()
