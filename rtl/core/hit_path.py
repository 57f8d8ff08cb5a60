"""The way of hits: what has passed, in the order of the nonces, into a queue."""

from amaranth.hdl import Module, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out

from sluice.rtl.hls.codegen.pipe import later
from sluice.rtl.hls.codegen.scan import Scan

from .config import CoreConfig
from .interface import hit_layout


class HitPath(wiring.Component):
    """A queue, and what looks nonces through that are tested together, one a cycle.

    Nothing in front of it can wait. A hit that finds no room is dropped and counted: at once where
    nonces are tested one at a time, and where they are tested together when those that come behind
    them are due.

    Parameters
    ----------
    config
        Of the core.

    Members
    -------
    test, passed, amount, first : In
        Which nonces pass, a bit for each lane: see :meth:`.ScanShape.ports`.
    tag : In(8)
        Of the job of these nonces; with `test`.
    closing : In(1)
        Where nonces are tested together: from the next cycle on, a hit that finds no room is lost;
        as many cycles before the next `first` as it takes to look them through.
    hits : Out(stream of hits)
        In the order of the nonces; lanes that hit with one nonce come together.
    lost : Out(32)
        Hits that found no room, since reset: those of all lanes are counted.
    busy : Out(1)
        A hit waits, or there may be one.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        #: Whether its parts may be far from each other, with a register wherever one follows.
        self._far = config.distance > 0 and config.together > 1
        super().__init__(
            {
                **config.results.ports(),
                "tag": In(8),
                "closing": In(1),
                "hits": Out(stream.Signature(hit_layout(config.lanes))),
                "lost": Out(32),
                "busy": Out(1),
            }
        )

    @property
    def latency(self) -> int:
        """Cycles from `test` to the first hit."""
        queue = 1 if self._config.queue == 1 else 2
        if self._config.together == 1:
            return queue
        return self._config.results.gathering + queue + 4 * self._far

    def _reached(self, m: Module, value: Value, cycles: int = 1) -> Value:
        """So many cycles later, if it is far."""
        return later(m, value, cycles * self._far, reset_less=False)

    def elaborate(self, platform: object) -> Module:
        """The queue; and what is written into it."""
        m = Module()
        config = self._config
        layout = hit_layout(config.lanes)
        m.submodules.queue = queue = SyncFIFOBuffered(width=layout.size, depth=config.queue)
        hit = Signal(layout)
        if config.together == 1:
            m.d.comb += [
                queue.w_en.eq(self.test & self.amount & self.passed.any()),
                hit.nonce.eq(self.first),
                hit.tag.eq(self.tag),
                hit.lanes.eq(self.passed if len(self.passed) > 1 else 1),
                self.busy.eq((self.test & self.amount) | (queue.level != 0)),
            ]
        else:
            self._look_through(m, queue, hit)
        m.d.comb += [
            queue.w_data.eq(hit.as_value()),
            self.hits.payload.eq(queue.r_data),
            self.hits.valid.eq(queue.r_rdy),
            queue.r_en.eq(self.hits.ready),
        ]
        dropped = Signal(range(config.lanes + 1))
        with m.If(queue.w_en & ~queue.w_rdy):
            m.d.comb += dropped.eq(sum(hit.lanes[1:], start=hit.lanes[0]))
        m.d.sync += self.lost.eq(self.lost + self._reached(m, dropped))
        return m

    def _look_through(self, m: Module, queue: SyncFIFOBuffered, hit: Signal) -> None:
        """Nonces that are tested together: one a cycle, while there is room or no more time."""
        config, depth = self._config, self._config.queue
        m.submodules.scan = scan = Scan(config.results)
        found, hurry, ready = scan.lanes.any(), Signal(), Signal()
        late = int(self._far and config.late_level)
        level = self._reached(m, queue.w_level, late)
        if depth > 4:
            # Known a cycle before: there is room for what is on its way, or no time is left.
            room = level < depth - 2 - 2 * self._far - late
            m.d.sync += ready.eq(room | hurry)
        else:
            m.d.comb += ready.eq(queue.w_rdy | ~found | hurry)
        with m.If(self.closing):
            m.d.sync += hurry.eq(1)
        tag = Signal(8, reset_less=True)
        with m.If(self.test):
            m.d.sync += [tag.eq(self.tag), hurry.eq(0)]
        writing = self._reached(m, scan.step & found)
        on_way = writing | self._reached(m, queue.w_en) if late else writing
        m.d.comb += [
            scan.test.eq(self.test),
            scan.arrives.eq(self._reached(m, self.test)),
            scan.passed.eq(self._reached(m, self.passed)),
            scan.amount.eq(self.amount),
            scan.first.eq(self.first),
            scan.ready.eq(ready),
            queue.w_en.eq(self._reached(m, writing)),
            hit.nonce.eq(self._reached(m, scan.nonce, 2)),
            hit.tag.eq(tag),
            hit.lanes.eq(self._reached(m, scan.lanes, 2) if len(scan.lanes) > 1 else 1),
            self.busy.eq(scan.looking | queue.w_en | (level != 0) | on_way),
        ]
