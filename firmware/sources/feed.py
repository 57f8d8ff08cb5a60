"""The templates of a node, one after the other: by long poll, and from time to time."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from ..addresses import Network
from ..config import SoloSettings
from .base import SourceError
from .gbt import BlockTemplate
from .networks import RULES, latest_time
from .rpc import ForbiddenError, Node, RpcError, SlowError

__all__ = ["Feed"]

#: Seconds that a long poll may take: nodes answer sooner when there is something new.
LONG_POLL = 600.0

#: Seconds between two polls at most while no long poll tells of new blocks.
ALONE = 5.0

#: Seconds before a long poll that has failed is tried again: at first, and in the end. One that
#: took so long before it failed was only cut short by somebody on the way.
FIRST, LONGEST, PATIENT = 1.0, 60.0, 30.0


class Feed:
    """Asks a node for templates while a connection to it lasts.

    A long poll is a help and nothing more: whether it fails, is slow, or is not offered, polling
    goes on, and is quicker then.

    Parameters
    ----------
    node
        Whom to ask.
    settings
        Of it.
    take
        Called with each new template, and with the time that no header made of it may go beyond.
    complain
        Called with what is wrong with the long poll, when that changes.
    """

    def __init__(
        self,
        node: Node,
        settings: SoloSettings,
        take: Callable[[BlockTemplate, int | None], None],
        complain: Callable[[str], None],
    ) -> None:
        self._node = node
        self._settings = settings
        self._take = take
        self._complain = complain
        self._loop = asyncio.get_running_loop()
        self._newest: BlockTemplate | None = None
        #: When it came, and the time that its headers may not go beyond.
        self._came_at = 0.0
        self._latest: int | None = None
        #: A long poll is under way, and the last new block was told of by one.
        self._follows, self._told = False, True
        self._woken = asyncio.Event()
        self._wrong = ""
        #: The block before, and its time.
        self._parent: tuple[str, int | None] = ("", None)

    async def run(self) -> None:
        """For ever.

        Raises
        ------
        SourceError
            The node cannot be asked, or its template not be used; inside an exception group.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._refresh())

    async def fetch(self) -> None:
        """Ask for a template now."""
        before = self._newest
        source = await self._ask()
        now = self._newest
        if now is not before and not _same_block(now, source):
            # A long poll was answered: which of the two is newer nobody can say.
            source = await self._ask()
        if before is not None and not _same_block(self._newest, source):
            self._told = False
        await self._deliver(source)

    async def _ask(self, longpollid: str | None = None, path: str = "/") -> BlockTemplate:
        signet = self._settings.network is Network.SIGNET
        request: dict[str, object] = {
            "capabilities": ["coinbasevalue", "longpoll", "workid"],
            "rules": [rule for rule in RULES if rule != "signet" or signet],
        }
        if longpollid is None:
            return BlockTemplate.parse(await self._node.call("getblocktemplate", request))
        request["longpollid"] = longpollid
        answer = await self._node.call("getblocktemplate", request, timeout=LONG_POLL, path=path)
        return BlockTemplate.parse(answer)

    async def _deliver(self, source: BlockTemplate) -> None:
        latest = await self._latest_time(source)
        self._newest, self._latest, self._came_at = source, latest, self._loop.time()
        self._take(source, latest)
        self._woken.set()

    async def _latest_time(self, source: BlockTemplate) -> int | None:
        """On a test network the difficulty changes when a header's time goes beyond this."""
        network, bits, before = self._settings.network, int(source.bits, 16), self._parent[0]
        if latest_time(network, source.height, bits, None) is None:
            return None
        if before != source.previousblockhash:
            parent = None
            with contextlib.suppress(RpcError, ForbiddenError):
                header = await self._node.call("getblockheader", source.previousblockhash)
                found = header.get("time") if isinstance(header, dict) else None
                parent = found if isinstance(found, int) else None
            self._parent = (source.previousblockhash, parent)
        return latest_time(network, source.height, bits, self._parent[1])

    # From time to time.

    def _due(self) -> float:
        """When to ask again without news, in the loop's time."""
        newest = self._newest
        if newest is None:
            return self._loop.time()
        wait = self._settings.poll
        if not (self._follows and self._told):
            wait = min(wait, ALONE)
        if newest.expires is not None:
            wait = min(wait, max(newest.expires / 2, 1.0))
        if self._latest:
            # The first second that the old bits are wrong in, by the node's clock.
            wait = min(wait, max(self._latest + 1 - newest.curtime, 1.0))
        return self._came_at + wait

    async def _refresh(self) -> None:
        while True:
            self._woken.clear()
            wait = self._due() - self._loop.time()
            if wait <= 0:
                await self.fetch()
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    # By long poll.

    async def _follow(self) -> None:
        wait = FIRST
        while True:
            newest = self._newest
            if newest is None or newest.longpollid is None:
                await asyncio.sleep(min(self._settings.poll, ALONE))
                continue
            begun = self._loop.time()
            self._set_follows(follows=True)
            try:
                source = await self._ask(newest.longpollid, self._path(newest))
            except SlowError:
                # A quiet chain.
                continue
            except SourceError as error:
                self._set_follows(follows=False)
                self._say(str(error))
                if isinstance(error, ForbiddenError):
                    # Not without somebody who mends it, says BIP 22.
                    return
            else:
                self._say("")
                if not _same_block(newest, source):
                    self._told, wait = True, FIRST
                if not source.same_as(self._newest or newest):
                    await self._deliver(source)
                    wait = FIRST
                    continue
                # Without news, or with what was fetched meanwhile for other reasons.
                self._newest = source
            if self._loop.time() - begun > PATIENT:
                wait = FIRST
            await asyncio.sleep(random.uniform(0.5, 1.5) * wait)
            wait = min(2 * wait, LONGEST)

    def _set_follows(self, *, follows: bool) -> None:
        if follows != self._follows:
            self._follows = follows
            self._woken.set()

    def _path(self, source: BlockTemplate) -> str:
        """Where long polls go (BIP 22); to no other host, which would see the password."""
        if source.longpolluri is None:
            return "/"
        there = urljoin(self._settings.url, source.longpolluri)
        if urlsplit(there)[:2] != urlsplit(self._settings.url)[:2]:
            raise ForbiddenError(f"longpolluri leads to another host, {source.longpolluri[:80]!r}")
        return there

    def _say(self, wrong: str) -> None:
        if wrong and wrong != self._wrong:
            every = min(self._settings.poll, ALONE)
            self._complain(f"long poll: {wrong}; the node is asked every {every:g} s meanwhile")
        self._wrong = wrong


def _same_block(one: BlockTemplate | None, other: BlockTemplate) -> bool:
    return one is not None and one.previousblockhash == other.previousblockhash
