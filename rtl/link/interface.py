"""What passes between the parts of the link."""

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import Out

__all__ = ["Byte", "FrameByte", "FrameStream", "FrameWrite"]


class FrameByte(data.Struct):
    """A byte of a body, and whether it is the last."""

    data: 8
    last: 1


#: A byte from the line. It cannot wait: ``valid`` or ``error`` is up for one cycle, ``data`` stays
#: until half-way through the next byte. ``error`` means that there was no stop bit.
Byte = wiring.Signature({"data": Out(8), "valid": Out(1), "error": Out(1)})

#: Bytes into a :class:`~.frame_fifo.FrameFifo`, and then, in a later cycle, what becomes of them.
FrameWrite = wiring.Signature(
    {"byte": Out(FrameByte), "valid": Out(1), "commit": Out(1), "rollback": Out(1)}
)

#: Bodies, byte by byte.
FrameStream = stream.Signature(FrameByte)
