"""The hit detector: the mask test, and the queue of hits."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out


def hit_layout(lanes: int) -> data.StructLayout:
    """A hit: the nonce as a word, the tag of its job, and a bit for each lane that passed."""
    return data.StructLayout({"nonce": 32, "tag": 8, "lanes": lanes})


class HitDetector(wiring.Component):
    """Tests ``H7`` of each lane and keeps what passes until it is read.

    The pipeline cannot wait. A hit that finds the queue full is dropped and counted.

    Parameters
    ----------
    lanes
        Lanes.
    depth
        Hits that can wait.

    Members
    -------
    valid : In(1)
        A nonce is tested in this clock.
    nonce : In(32), tag : In(8), mask : In(32)
        The nonce, its job's tag and mask.
    h7 : In(32) for each lane
        The tested words.
    hits : Out(stream of hits)
        In the order of the nonces.
    lost : Out(32)
        Hits dropped since reset; lanes that hit with one nonce count once.
    empty : Out(1)
        No hit is waiting or under test.
    """

    def __init__(self, *, lanes: int, depth: int) -> None:
        self._lanes = lanes
        self._depth = depth
        super().__init__(
            {
                "valid": In(1),
                "nonce": In(32),
                "tag": In(8),
                "mask": In(32),
                "h7": In(32).array(lanes),
                "hits": Out(stream.Signature(hit_layout(lanes))),
                "lost": Out(32),
                "empty": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """A register for the outcome of the test, then a queue."""
        m = Module()
        layout = hit_layout(self._lanes)
        m.submodules.queue = queue = SyncFIFOBuffered(width=layout.size, depth=self._depth)
        found = Signal(layout)
        test = Signal()
        m.d.sync += [
            test.eq(self.valid),
            found.nonce.eq(self.nonce),
            found.tag.eq(self.tag),
            found.lanes.eq(Cat((word & self.mask) == 0 for word in self.h7)),
        ]
        hit = Signal()
        m.d.comb += [
            hit.eq(test & found.lanes.any()),
            queue.w_en.eq(hit),
            queue.w_data.eq(found.as_value()),
            self.hits.payload.eq(queue.r_data),
            self.hits.valid.eq(queue.r_rdy),
            queue.r_en.eq(self.hits.ready),
            self.empty.eq(~self.valid & ~test & (queue.level == 0)),
        ]
        with m.If(hit & ~queue.w_rdy):
            m.d.sync += self.lost.eq(self.lost + 1)
        return m
