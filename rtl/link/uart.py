"""Bits on the line: 8 data bits, no parity, one stop bit, least significant bit first."""

from amaranth import C, Cat, Module, Mux, Signal, signed
from amaranth.lib import cdc, stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.config import OVERSAMPLING, LinkConfig
from sluice.rtl.link.interface import Byte
from sluice.rtl.protocol.baud import CRYSTAL, EXACT, baud_rate

__all__ = ["BaudGenerator", "UartReceiver", "UartTransmitter"]


class BaudGenerator(wiring.Component):
    """Ticks at eight times the baud rate.

    Counts the periods of a 25 MHz crystal that go by in the cycles of the link clock, a whole and a
    fraction each; a tick is due whenever as many have gone by as the divider says. So no rate needs
    a multiple of itself as link clock: ticks come a cycle early or late, and right on average.

    Parameters
    ----------
    config
        ``clock`` and nothing else counts.

    Members
    -------
    divider
        As in register 0x28: :func:`~sluice.rtl.protocol.registers.baud_rate`. Must not be smaller
        than the ``fastest_divider`` of the configuration.
    tick
        Eight times a bit.
    """

    divider: In(8)
    tick: Out(1)

    def __init__(self, config: LinkConfig) -> None:
        super().__init__()
        self._config = config
        per_cycle = CRYSTAL / config.clock
        # Rounding errs by less than 1/2000.
        self._fraction = max(3, (int(1024 / per_cycle)).bit_length())
        self._step = min(round(per_cycle * (1 << self._fraction)), 27 << self._fraction)

    def model(self, divider: int) -> float:
        """The rate in bits a second that comes out."""
        period = CRYSTAL / (OVERSAMPLING * baud_rate(divider)) * (1 << self._fraction)
        return self._config.clock * self._step / period / OVERSAMPLING

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        fraction, step = self._fraction, self._step

        # Crystal periods until the next tick; at least minus one step.
        left = Signal(signed(9 + fraction))
        m.d.comb += self.tick.eq(left < 0)

        # Period less step. The divider is whole, so the fraction is that of the step, except of
        # those whose rate is not the crystal's: 3.125 for divider 2, and 25/24 for divider 0.
        rest = (1 << fraction) - step
        regular = Cat(C(rest & ((1 << fraction) - 1), fraction), self.divider + (rest >> fraction))
        period = regular
        for divider, rate in EXACT.items():
            if divider >= self._config.fastest_divider:
                crystals = round(CRYSTAL / (OVERSAMPLING * rate) * (1 << fraction))
                special = C(crystals - step, left.shape()).as_unsigned()
                period = Mux(self.divider == divider, special, period)
        m.d.sync += left.eq(left + Mux(self.tick, period[: len(left)].as_signed(), -step))
        return m


class UartReceiver(wiring.Component):
    """Bytes from a line.

    Synchronises on the falling edge of each start bit and samples in the middle of each bit, so it
    takes rates that are off by some per cent. A start bit that is over by its middle was a glitch
    and is ignored; a missing stop bit is reported, and the line must return to idle before the next
    byte.

    Members
    -------
    pin
        The line; need not be synchronous.
    tick
        From :class:`BaudGenerator`.
    byte
        What was received.
    """

    pin: In(1, init=1)
    tick: In(1)
    byte: Out(Byte)

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        pin = Signal(init=1)
        before = Signal(init=1)
        m.submodules.pin = cdc.FFSynchronizer(self.pin, pin, init=1)
        m.d.sync += before.eq(pin)

        phase = Signal(range(OVERSAMPLING))
        bit = Signal(4)
        busy = Signal()
        m.d.sync += [self.byte.valid.eq(0), self.byte.error.eq(0)]
        with m.If(~busy):
            m.d.sync += [phase.eq(OVERSAMPLING // 2), bit.eq(0), busy.eq(before & ~pin)]
        with m.Elif(self.tick):
            m.d.sync += phase.eq(phase + 1)
            with m.If(phase == OVERSAMPLING - 1):
                m.d.sync += bit.eq(bit + 1)
                with m.If(bit == 0):
                    m.d.sync += busy.eq(~pin)
                with m.Elif(bit == 9):
                    m.d.sync += [busy.eq(0), self.byte.valid.eq(pin), self.byte.error.eq(~pin)]
                with m.Else():
                    m.d.sync += self.byte.data.eq(Cat(self.byte.data[1:], pin))
        return m


class UartTransmitter(wiring.Component):
    """Bytes to a line, without a gap as long as there are any.

    Members
    -------
    data
        What to send.
    tick
        From :class:`BaudGenerator`.
    pin
        The line.
    idle
        Nothing is being sent.
    """

    data: In(stream.Signature(8))
    tick: In(1)
    pin: Out(1, init=1)
    idle: Out(1)

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        shift = Signal(9, init=0x1FF)
        # Ticks until the last one of the stop bit, with which the next byte may start.
        left = Signal(range(10 * OVERSAMPLING))
        m.d.comb += [
            self.pin.eq(shift[0]),
            self.idle.eq(left == 0),
            self.data.ready.eq(self.tick & self.idle),
        ]
        with m.If(self.tick):
            with m.If(~self.idle):
                m.d.sync += left.eq(left - 1)
                with m.If(left[:3] == 0):
                    m.d.sync += shift.eq(Cat(shift[1:], C(1, 1)))
            with m.Elif(self.data.valid):
                m.d.sync += [
                    shift.eq(Cat(C(0, 1), self.data.payload)),
                    left.eq(10 * OVERSAMPLING - 1),
                ]
        return m
