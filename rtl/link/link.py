"""The link of a chip, all of it."""

from amaranth import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.interface import ChipControl, Increment, JobWord, ParameterWrite, Result, Status
from sluice.rtl.link.config import RESET_DIVIDER, LinkConfig
from sluice.rtl.link.downstream import Downstream
from sluice.rtl.link.frame_fifo import FrameFifo
from sluice.rtl.link.job_buffer import ByteJobBuffer, JobBuffer
from sluice.rtl.link.receiver import CommandReceiver
from sluice.rtl.link.registers.file import RegisterFile
from sluice.rtl.link.transmitter import Arbiter, FrameTransmitter
from sluice.rtl.link.uart import BaudGenerator, UartReceiver, UartTransmitter
from sluice.rtl.protocol.frames import RESPONSE_PREAMBLE

__all__ = ["Link"]


class Link(wiring.Component):
    """The serial ports of a chip and all that they understand.

    Parameters
    ----------
    config
        What it is made for.

    Members
    -------
    rx, tx
        The lines from and to the host. Idle high; need not be synchronous.
    next_tx, next_rx
        The lines to and from the next chip. Leave `next_rx` high if there is none.
    jobs
        Jobs as they arrive. One that has begun goes on to its end; one that has not is replaced by
        a newer one.
    results
        Nonces to report. They wait while there are too many responses to send; so nothing is lost
        here, and whoever is in front must count what he cannot keep.
    control
        What the registers ask of the chip.
    parameter
        A register that steers the chip changes.
    status
        What the registers tell of the chip.
    increments
        Amounts to be added to registers. They wait for at most an answer, and for the reset.
    counting
        A stale hit still waits to be counted.
    tick
        Eight times a bit of the rate at which the host is heard.
    good
        A good frame has been received. Up for a cycle.
    """

    rx: In(1, init=1)
    tx: Out(1, init=1)
    next_tx: Out(1, init=1)
    next_rx: In(1, init=1)
    jobs: Out(stream.Signature(JobWord))
    results: In(stream.Signature(Result))
    control: Out(ChipControl)
    parameter: Out(ParameterWrite)
    status: In(Status)
    increments: In(stream.Signature(Increment))
    counting: Out(1)
    tick: Out(1)
    good: Out(1)

    def __init__(self, config: LinkConfig) -> None:
        self._config = config
        super().__init__()

    @property
    def config(self) -> LinkConfig:
        """What it is made for."""
        return self._config

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        config = self._config
        m.submodules.baud = baud = BaudGenerator(config)
        m.submodules.uart_rx = uart_rx = UartReceiver()
        m.submodules.receiver = receiver = CommandReceiver(config)
        m.submodules.job_buffer = job_buffer = ByteJobBuffer() if config.compact else JobBuffer()
        m.submodules.registers = registers = RegisterFile(config)
        m.submodules.answers = answers = FrameFifo(depth=config.queue)
        m.submodules.far = far = Downstream(config)
        m.submodules.arbiter = arbiter = Arbiter()
        m.submodules.frames_tx = frames_tx = FrameTransmitter(preamble=RESPONSE_PREAMBLE)
        m.submodules.uart_tx = uart_tx = UartTransmitter()

        # From the host.
        m.d.comb += [
            uart_rx.pin.eq(self.rx),
            uart_rx.tick.eq(baud.tick),
            receiver.tick.eq(baud.tick),
            receiver.byte.data.eq(uart_rx.byte.data),
            receiver.byte.valid.eq(uart_rx.byte.valid & registers.ready),
            receiver.byte.error.eq(uart_rx.byte.error),
            receiver.keep.eq(registers.waiting),
            job_buffer.commit.eq(receiver.job),
            job_buffer.look.eq(registers.look),
            job_buffer.peek.eq(registers.peek),
            registers.value.eq(job_buffer.value),
            registers.command.eq(receiver.command),
            registers.opcode.eq(receiver.opcode),
        ]
        wiring.connect(m, receiver.store, job_buffer.store)
        wiring.connect(m, receiver.forward, far.forward)
        wiring.connect(m, job_buffer.jobs, wiring.flipped(self.jobs))

        m.d.comb += [self.tick.eq(baud.tick), self.good.eq(receiver.command | receiver.job)]

        # The chip itself.
        wiring.connect(m, wiring.flipped(self.results), registers.results)
        wiring.connect(m, wiring.flipped(self.increments), registers.increments)
        m.d.comb += [
            self.control.eq(registers.control),
            self.parameter.eq(registers.parameter),
            registers.status.eq(self.status),
            self.counting.eq(registers.counting),
            registers.events.eq(
                Cat(
                    receiver.bad_command,
                    receiver.bad_job,
                    receiver.command,
                    receiver.job,
                    job_buffer.replaced,
                    0,  # the register file's own
                    far.dropped_relay,
                    far.dropped_forward,
                    self.status.nonce_error,
                    self.status.batch,
                    self.status.stale,
                )
            ),
        ]

        behind = arbiter.sources[1]
        # To the host. Twelve nonces at most are in the queue, so there is room for more than
        # six answers besides.
        wiring.connect(m, registers.frames, answers.write)
        wiring.connect(m, answers.frames, arbiter.sources[0])
        wiring.connect(m, arbiter.frames, frames_tx.frames)
        wiring.connect(m, frames_tx.data, uart_tx.data)
        m.d.comb += [
            registers.room.eq(~answers.level[4:].all()),
            registers.spare.eq(~answers.level[-1]),
            uart_tx.tick.eq(baud.tick),
            self.tx.eq(uart_tx.pin),
        ]

        # To and from the next chip.
        m.d.comb += [
            far.long.eq(self.control.rolling),
            far.pin_rx.eq(self.next_rx),
            self.next_tx.eq(far.pin_tx),
        ]

        # A new rate waits until what was to be sent at the old one has left: on each side for
        # itself, so that the host is heard at the new rate while the next chip is still being told.
        # New responses, our own and those from behind, wait meanwhile.
        divider = Signal(8, init=RESET_DIVIDER)
        pending = Signal()
        m.d.comb += [
            baud.divider.eq(divider),
            registers.behind.eq(far.frames.valid),
            far.divider.eq(registers.divider),
            far.divider_changed.eq(registers.divider_changed),
            registers.hold.eq(pending),
            behind.payload.eq(far.frames.payload),
            behind.valid.eq(far.frames.valid & ~(pending & arbiter.idle)),
            far.frames.ready.eq(behind.ready),
        ]
        with m.If(registers.divider_changed):
            m.d.sync += pending.eq(1)
        with m.Elif(pending & (answers.level == 0) & arbiter.idle & frames_tx.idle & uart_tx.idle):
            m.d.sync += [pending.eq(0), divider.eq(registers.divider)]
        return m
