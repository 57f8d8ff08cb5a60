"""Hits of a rolled core: what its units have found, in the order of the nonces."""

from amaranth.hdl import Module, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out

from sluice.rtl.hls.codegen.pipe import later

from .hits import hit_layout
from .rolledconfig import RolledConfig
from .rolledfound import RolledFound


class RolledHits(wiring.Component):
    """Gathers which nonces of a turn have passed, and looks them through, one a clock.

    Parameters
    ----------
    config
        Of the core.

    Members
    -------
    test : In(1)
        See :class:`~.rolledfound.RolledFound`.
    passed : In(bit for each lane of each unit of a group)
        Likewise.
    begin : In(1), nonce : In(32)
        The first nonce of the turn, some time before `test`.
    tag : In(8)
        The tag of its job, in the clock of `test`.
    amount : In(range(nonces + 1))
        How many nonces there are to be looked through, then.
    closing : In(1)
        From the next clock on, a hit that finds no room is lost; `looking` clocks of the
        configuration or more before `begin`.
    hits : Out(stream of hits)
        In the order of the nonces.
    lost : Out(32)
        Hits that found no room in all that time, since reset.
    busy : Out(1)
        A hit waits, or there may be one.
    """

    def __init__(self, config: RolledConfig) -> None:
        self._config = config
        super().__init__(
            {
                "test": In(1),
                "passed": In(config.units // config.groups * config.lanes),
                "begin": In(1),
                "nonce": In(32),
                "tag": In(8),
                "amount": In(range(config.nonces + 1)),
                "closing": In(1),
                "hits": Out(stream.Signature(hit_layout(config.lanes))),
                "lost": Out(32),
                "busy": Out(1),
            }
        )

    @property
    def latency(self) -> int:
        """Clocks from `test` to the first hit."""
        queue = 1 if self._config.queue == 1 else 2
        return self._config.gathering + queue + 4 * self._far

    @property
    def _far(self) -> bool:
        """Whether its parts may be far from each other, with a register wherever one follows."""
        return self._config.approach > 0

    def _reached(self, m: Module, value: Value, clocks: int = 1) -> Value:
        """So many clocks later, if it is far."""
        return later(m, value, clocks * self._far, reset_less=False)

    def elaborate(self, platform: object) -> Module:
        """What has passed, looked through, and a queue."""
        m = Module()
        config = self._config
        first, tag = Signal(32, reset_less=True), Signal(8, reset_less=True)
        index = Signal.like(self.amount, reset_less=True)
        left, amount = Signal.like(self.amount), Signal.like(self.amount, reset_less=True)
        look, hurry, ready, step = Signal(), Signal(), Signal(), Signal()
        layout = hit_layout(config.lanes)
        m.submodules.queue = queue = SyncFIFOBuffered(width=layout.size, depth=config.queue)
        m.submodules.found = found = RolledFound(config)
        hits = found.found.any() if config.lanes > 1 else found.found
        late = int(self._far and config.late_level)
        level = self._reached(m, queue.w_level, late)
        if config.queue > 4:
            # Known a clock before: there is room for what is on its way, or it is the last moment.
            room = level < config.queue - 2 - 2 * self._far - late
            m.d.sync += ready.eq(room | hurry)
        else:
            m.d.comb += ready.eq(queue.w_rdy | ~hits | hurry)

        nonce = first + index
        writing = step & hits
        busy = look | queue.w_en | (level != 0)
        if self._far:
            writing = self._reached(m, writing)
            on_way = writing | self._reached(m, queue.w_en) if late else writing
            busy |= on_way
        hit = Signal(layout)
        m.d.comb += [
            found.test.eq(self._reached(m, self.test)),
            found.passed.eq(self._reached(m, self.passed)),
            found.step.eq(step),
            step.eq(look & ready),
            hit.nonce.eq(self._reached(m, nonce[:32], 2)),
            hit.tag.eq(tag),
            hit.lanes.eq(self._reached(m, found.found, 2) if config.lanes > 1 else 1),
            queue.w_data.eq(hit.as_value()),
            queue.w_en.eq(self._reached(m, writing)),
            self.hits.payload.eq(queue.r_data),
            self.hits.valid.eq(queue.r_rdy),
            queue.r_en.eq(self.hits.ready),
            self.busy.eq(busy),
        ]
        with m.If(step):
            m.d.sync += [index.eq(index + 1), left.eq(left - 1), look.eq(left != 1)]
        with m.If(self._reached(m, queue.w_en & ~queue.w_rdy)):
            m.d.sync += self.lost.eq(self.lost + 1)
        with m.If(self.closing):
            m.d.sync += hurry.eq(1)
        with m.If(self.begin):
            m.d.sync += first.eq(self.nonce)
        with m.If(self.test):
            m.d.sync += [
                index.eq(0),
                tag.eq(self.tag),
                amount.eq(self.amount),
                hurry.eq(0),
            ]
        with m.If(self._reached(m, found.gathered)):
            due = self.amount if config.gathering == 1 else amount
            m.d.sync += [left.eq(due), look.eq(due != 0)]
        return m
