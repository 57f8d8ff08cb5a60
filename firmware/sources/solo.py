"""A node of one's own: blocks instead of shares."""

import asyncio
import time
from collections import OrderedDict

from ..config import SoloSettings
from ..groups import first_of
from ..work.coinbase import describe
from ..work.verify import Result
from .base import Listener, Source, SourceError
from .feed import Feed
from .gbt import BlockTemplate, GbtTemplate
from .journal import Journal, SavedBlock
from .networks import check_network
from .rpc import METHOD_NOT_FOUND, Node, RpcError
from .verdict import Verdict

__all__ = ["SoloSource"]

#: Seconds that blocks found last have to reach the node when mining ends.
FAREWELL = 5.0

#: Templates that blocks may still be made of.
KEPT = 64

#: Errors of the call itself that will not go away: the block cannot be read.
_MALFORMED = (-22, -8, -1)


class SoloSource(Source):
    """A node.

    Parameters
    ----------
    index, listener
        See :class:`~.base.Source`.
    settings
        Of it.
    journal
        Where blocks wait until the node has judged them.
    version_rolling
        Whether version bits may be used.
    """

    kind = "solo"

    def __init__(
        self,
        index: int,
        settings: SoloSettings,
        listener: Listener,
        journal: Journal,
        *,
        version_rolling: bool = True,
    ) -> None:
        super().__init__(index, listener)
        self.settings = settings
        self._journal = journal
        self._rolling = version_rolling
        self._templates: OrderedDict[int, GbtTemplate] = OrderedDict()
        self._number = 0
        self._previous = ""
        self._found = asyncio.Event()
        self._pending: OrderedDict[str, SavedBlock] = OrderedDict()
        self._results: dict[str, Result] = {}

    async def session(self) -> None:
        """Ask for templates and hand in blocks, until something is wrong."""
        for block in self._journal.waiting(self.settings.url):
            # What a crash has left.
            self._pending.setdefault(block.hash, block)
        self.lacks = "no answer"
        async with Node(self.settings) as node:
            try:
                await self._look_at(node)
                feed = Feed(node, self.settings, self._take, self._complain)
                await feed.fetch()
                self.counts.connections += 1
                self.counts.connected_at = time.time()
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._hand_in(node, feed))
                    group.create_task(feed.run())
            except BaseExceptionGroup as group:
                _, others = group.split(SourceError)
                if others is not None:
                    raise
                raise first_of(group) from group
            finally:
                self.over()
                self._previous = ""

    async def _look_at(self, node: Node) -> None:
        """Whether it is what the settings say: blocks of another network are of no use."""
        try:
            said = await node.call("getblockchaininfo")
        except RpcError as error:
            if error.code != METHOD_NOT_FOUND:
                raise
            self._complain(f"cannot say which network it is of: {error}")
            return
        check_network(self.settings.network, said)

    def _complain(self, text: str) -> None:
        self.listener.say("warning", f"pools.{self.index}: {text}")

    def _take(self, source: BlockTemplate, latest: int | None) -> None:
        # A template that was asked for before a block was found tells nothing of what came of that.
        over = not self.epoch.alive and not self._pending
        if source.previousblockhash != self._previous or over:
            self._previous = source.previousblockhash
            self.renew_epoch()
        self._number += 1
        made = GbtTemplate.make(
            source,
            index=self.index,
            epoch=self.epoch,
            script=self.settings.script,
            text=self.settings.coinbase_text,
            rolling=self._rolling,
            received=time.monotonic(),
            job_id=self._number,
            latest=latest,
        )
        self._templates[self._number] = made
        if len(self._templates) > KEPT:
            self._templates.popitem(last=False)
        self.version_mask = made.template.version_mask
        coinbase = made.template.coinbase(bytes(made.template.extranonce2_size))
        self.coinbase = describe(coinbase, self.settings.network)
        self.counts.last_job_at = time.time()
        self.deliver(made.template)

    def submit(self, result: Result) -> None:
        """Save a block; it is handed in as soon as the node can be reached."""
        number = result.template.job_id
        made = self._templates.get(number) if isinstance(number, int) else None
        if made is None or not result.is_block:
            return
        block = SavedBlock(
            hash=result.hash,
            height=made.source.height,
            url=self.settings.url,
            found_at=time.time(),
            block=made.block(result.header, result.job.extranonce2).hex(),
            workid=made.source.workid,
        )
        try:
            self._journal.save(block)
        except OSError as error:
            # Handed in all the same, from memory.
            self.listener.say("error", f"block {block.hash} cannot be saved: {error.strerror}")
        self._pending[block.hash] = block
        self._results[block.hash] = result
        # What else is found for the same place in the chain is of no use.
        self.epoch.end()
        self.counts.candidates += 1
        self.listener.on_block(self.index, result, accepted=None, reason="")
        self._found.set()

    async def _hand_in(self, node: Node, feed: Feed) -> None:
        """Hand blocks in as they are found, each until the node has judged it."""
        while True:
            self._found.clear()
            while self._pending:
                await self._hand_in_next(node)
                await feed.fetch()
            await self._found.wait()

    async def _hand_in_next(self, node: Node) -> None:
        block = next(iter(self._pending.values()))
        await self._settle(block)
        sent = time.monotonic()
        try:
            # Given back if the node gave one (BIP 22).
            more = [] if block.workid is None else [{"workid": block.workid}]
            answer = await node.call("submitblock", block.block, *more)
        except RpcError as error:
            if error.code not in _MALFORMED:
                raise
            answer = str(error)
        self.counts.responses.add(time.monotonic() - sent)
        self._judged(block, Verdict.of(answer))

    async def farewell(self) -> None:
        """Hand in what was found last. What the node does not take now waits for the next start."""
        await super().farewell()
        if not self._pending:
            return
        try:
            async with asyncio.timeout(FAREWELL), Node(self.settings) as node:
                while self._pending:
                    await self._hand_in_next(node)
        except (SourceError, TimeoutError) as error:
            why = str(error) or f"no answer within {FAREWELL:g} s"
            for name in self._pending:
                self.listener.say("warning", f"block {name} waits for the next start: {why}")

    async def _settle(self, block: SavedBlock) -> None:
        """Have it on the disk, without holding up everything else."""
        try:
            await asyncio.to_thread(self._journal.settle, block)
        except OSError as error:
            # Handed in all the same, from memory.
            self.listener.say("error", f"block {block.hash}: {error.strerror}")

    def _judged(self, block: SavedBlock, verdict: Verdict) -> None:
        del self._pending[block.hash]
        try:
            self._journal.judged(block, verdict.word or "accepted")
        except OSError as error:
            self.listener.say("error", f"block {block.hash}: {error.strerror}")
        result = self._results.pop(block.hash, None)
        if result is None:
            self._judged_late(block, verdict)
            return
        self.counts.blocks += verdict.accepted
        self.judged(result, accepted=verdict.accepted, reason=verdict.word)
        self.listener.on_block(self.index, result, accepted=verdict.accepted, reason=verdict.word)

    def _judged_late(self, block: SavedBlock, verdict: Verdict) -> None:
        """A block that an earlier run found and got no answer for."""
        named = f"block {block.hash} of an earlier run"
        if verdict.has_it:
            # It was handed in then, and may have been counted.
            self.listener.say("info", f"{named}: the node has it ({verdict.word})")
        elif verdict.accepted:
            self.counts.blocks += 1
            self.listener.say("info", f"{named} accepted")
        else:
            self.listener.say("error", f"{named} refused: {verdict.word}")
