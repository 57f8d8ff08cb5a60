"""The far side: what the next chip is told, and what it and those behind it answer."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.config import RESET_DIVIDER, LinkConfig
from sluice.rtl.link.frame_fifo import FrameFifo
from sluice.rtl.link.interface import FrameStream, FrameWrite
from sluice.rtl.link.responses import ResponseReceiver
from sluice.rtl.link.transmitter import FrameTransmitter
from sluice.rtl.link.uart import BaudGenerator, UartReceiver, UartTransmitter
from sluice.rtl.protocol.frames import COMMAND_PREAMBLE

__all__ = ["Downstream"]


class Downstream(wiring.Component):
    """Relays frames towards the next chip, and responses from it.

    Whole good frames only, in both directions, each delayed by its own length. That costs a
    long chain some milliseconds, and means that no damage travels.

    Parameters
    ----------
    config
        The link's.

    Members
    -------
    forward
        Frames for the next chip.
    divider, divider_changed
        Of the baud rate. When it changes, the frames that are in the queue still leave at the old
        rate, those that come later at the new one.
    long
        Responses have 11 bytes, not 9.
    pin_tx, pin_rx
        The lines to and from the next chip.
    frames
        Responses from behind.
    dropped_forward
        No room for a frame to the next chip. Up for a cycle.
    dropped_relay
        No room for a response, or it was damaged. Up for a cycle.
    """

    forward: In(FrameWrite)
    divider: In(8)
    divider_changed: In(1)
    long: In(1)
    pin_tx: Out(1, init=1)
    pin_rx: In(1, init=1)
    frames: Out(FrameStream)
    dropped_forward: Out(1)
    dropped_relay: Out(1)

    def __init__(self, config: LinkConfig) -> None:
        self._config = config
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        if not self._config.chain:
            return m
        m.submodules.baud = baud = BaudGenerator(self._config)
        m.submodules.forwards = forwards = FrameFifo(depth=self._config.queue)
        m.submodules.frames_tx = frames_tx = FrameTransmitter(preamble=COMMAND_PREAMBLE)
        m.submodules.uart_tx = uart_tx = UartTransmitter()
        m.submodules.uart_rx = uart_rx = UartReceiver()
        m.submodules.receiver = receiver = ResponseReceiver(self._config)
        m.submodules.responses = responses = FrameFifo(depth=self._config.queue)

        # A command is obeyed before the next frame can be committed, so the queue ends with the
        # one that changes the rate.
        divider = Signal(8, init=RESET_DIVIDER)
        pending = Signal()
        last = Signal(range(self._config.queue))
        barrier = Signal()
        m.d.comb += barrier.eq(pending & (forwards.head == last))
        with m.If(self.divider_changed):
            m.d.sync += [pending.eq(1), last.eq(forwards.mark)]
        with m.Elif(barrier & frames_tx.idle & uart_tx.idle):
            m.d.sync += [pending.eq(0), divider.eq(self.divider)]

        wiring.connect(m, wiring.flipped(self.forward), forwards.write)
        wiring.connect(m, frames_tx.data, uart_tx.data)
        wiring.connect(m, uart_rx.byte, receiver.byte)
        wiring.connect(m, receiver.frames, responses.write)
        wiring.connect(m, responses.frames, wiring.flipped(self.frames))
        m.d.comb += [
            baud.divider.eq(divider),
            frames_tx.frames.payload.eq(forwards.frames.payload),
            frames_tx.frames.valid.eq(forwards.frames.valid & ~barrier),
            forwards.frames.ready.eq(frames_tx.frames.ready & ~barrier),
            uart_tx.tick.eq(baud.tick),
            uart_rx.tick.eq(baud.tick),
            receiver.tick.eq(baud.tick),
            receiver.long.eq(self.long),
            self.pin_tx.eq(uart_tx.pin),
            uart_rx.pin.eq(self.pin_rx),
            self.dropped_forward.eq(forwards.dropped),
            self.dropped_relay.eq(receiver.bad | responses.dropped),
        ]
        return m
