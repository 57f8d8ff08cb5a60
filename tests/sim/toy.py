"""A core with the ports of a real one, and a function that a test can compute in its head."""

from amaranth import Module, Signal
from amaranth.lib import data, fifo, stream, wiring
from amaranth.lib.wiring import In, Out

FACTOR = 0x9E3779B1
FIRST, LAST, MASK, KEY, TAG = range(5)


def mix(nonce, key, lane=0):
    return (nonce * FACTOR ^ key ^ lane * 0x01010101) & 0xFFFFFFFF


def words(*, first, last, mask, key, tag):
    return [(FIRST, first), (LAST, last), (MASK, mask), (KEY, key), (TAG, tag)]


def expected(*, first, last, mask, key, tag, lanes=1):
    def hit(nonce):
        return sum((mix(nonce, key, k) & mask == 0) << k for k in range(lanes))

    return [(nonce, tag, bits) for nonce in range(first, last + 1) if (bits := hit(nonce))]


class ToyCore(wiring.Component):
    """Every nonce of a job takes one cycle; a full queue loses hits; the tag's write activates."""

    def __init__(self, lanes=1, depth=4):
        self.lanes = lanes
        self.depth = depth
        word = data.StructLayout({"address": 8, "data": 32})
        hit = data.StructLayout({"nonce": 32, "tag": 8, "lanes": lanes})
        super().__init__(
            {
                "work": In(stream.Signature(word)),
                "hits": Out(stream.Signature(hit)),
                "idle": Out(1),
                "hashing": Out(1),
                "starved": Out(1),
                "turned": Out(1),
                "hits_lost": Out(32),
                "refused": Out(32),
            }
        )

    def elaborate(self, platform):
        m = Module()
        width = len(self.hits.payload.as_value())
        m.submodules.queue = queue = fifo.SyncFIFO(width=width, depth=self.depth)
        word = self.work.payload
        job = [Signal(32, name=f"job{address}") for address in range(5)]
        busy = Signal()
        nonce = Signal(32)
        m.d.comb += [
            self.work.ready.eq(~busy),
            self.idle.eq(~busy),
            self.hashing.eq(busy),
            self.starved.eq(~busy),
            self.hits.valid.eq(queue.r_rdy),
            self.hits.payload.as_value().eq(queue.r_data),
            queue.r_en.eq(self.hits.ready),
        ]
        with m.If(self.work.valid & self.work.ready):
            with m.Switch(word.address):
                for address, register in enumerate(job):
                    with m.Case(address):
                        m.d.sync += register.eq(word.data)
            with m.If(word.address == TAG):
                with m.If(job[FIRST] > job[LAST]):
                    m.d.sync += self.refused.eq(self.refused + 1)
                with m.Else():
                    m.d.sync += [busy.eq(1), nonce.eq(job[FIRST])]
        value = Signal(32)
        m.d.comb += value.eq(nonce * FACTOR ^ job[KEY])
        lanes = Signal(self.lanes)
        for k in range(self.lanes):
            m.d.comb += lanes[k].eq(((value ^ k * 0x01010101) & job[MASK]) == 0)
        m.d.comb += [
            queue.w_en.eq(busy & lanes.any()),
            queue.w_data[:32].eq(nonce),
            queue.w_data[32:40].eq(job[TAG]),
            queue.w_data[40:].eq(lanes),
        ]
        with m.If(queue.w_en & ~queue.w_rdy):
            m.d.sync += self.hits_lost.eq(self.hits_lost + sum(lanes))
        with m.If(busy):
            m.d.sync += nonce.eq(nonce + 1)
            with m.If(nonce == job[LAST]):
                m.d.sync += busy.eq(0)
        return m
