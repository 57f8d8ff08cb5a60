"""A queue of whole frames."""

from amaranth import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.interface import FrameByte, FrameStream, FrameWrite

__all__ = ["FrameFifo"]


class FrameFifo(wiring.Component):
    """Holds bodies until they are sent. A frame comes out only once it has been committed.

    A frame that finds no room is dropped as a whole when it is committed.

    Parameters
    ----------
    depth
        Bytes, a power of two. One less can be used.

    Members
    -------
    write
        Bytes in. ``commit`` keeps all since the last commit, ``rollback`` forgets them.
    frames
        Bytes out.
    level
        Bytes within.
    head, mark
        Places in the memory: of the byte that comes out next, and where the frames that were
        committed end.
    dropped
        The frame just committed found no room. Up for a cycle.
    """

    def __init__(self, *, depth: int) -> None:
        if depth < 16 or depth & (depth - 1):
            raise ValueError(f"depth must be a power of two from 16 on, not {depth!r}")
        self._depth = depth
        super().__init__(
            {
                "write": In(FrameWrite),
                "frames": Out(FrameStream),
                "level": Out(range(depth)),
                "head": Out(range(depth)),
                "mark": Out(range(depth)),
                "dropped": Out(1),
            }
        )

    @property
    def depth(self) -> int:
        """Bytes."""
        return self._depth

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        m.submodules.memory = memory = Memory(
            shape=FrameByte, depth=self.depth, init=[], attrs={"no_rw_check": 1}
        )
        write, read = memory.write_port(), memory.read_port()

        head, mark = self.head, self.mark
        tail = Signal.like(head)
        after = Signal.like(head)
        lost = Signal()
        fetched = Signal()

        m.d.comb += [
            after.eq(tail + 1),
            self.level.eq(tail - head),
            write.addr.eq(tail),
            Cat(write.data).eq(Cat(self.write.byte)),
            write.en.eq(self.write.valid & (after != head)),
        ]
        with m.If(self.write.commit & ~lost):
            m.d.sync += mark.eq(tail)
        with m.If(self.write.rollback | self.write.commit):
            m.d.sync += lost.eq(0)
            with m.If(self.write.rollback | lost):
                m.d.sync += tail.eq(mark)
            m.d.comb += self.dropped.eq(self.write.commit & lost)
        with m.Elif(write.en):
            m.d.sync += tail.eq(after)
        with m.Elif(self.write.valid):
            m.d.sync += lost.eq(1)

        # The memory answers a cycle after it was asked, so every other cycle gives a byte. It is
        # never read while it is written: memories differ in what comes of that.
        taken = self.frames.valid & self.frames.ready
        m.d.comb += [
            read.addr.eq(head),
            read.en.eq(~write.en),
            self.frames.payload.eq(read.data),
            self.frames.valid.eq(fetched),
        ]
        m.d.sync += fetched.eq((head != mark) & ~taken & (fetched | read.en))
        with m.If(taken):
            m.d.sync += head.eq(head + 1)
        return m
