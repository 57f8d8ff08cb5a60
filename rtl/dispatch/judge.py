"""The judge of hits: whether a hash is to be reported, and how good it is."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from .engine import Addressed
from .isa import Told


class Judge(wiring.Component):
    """Takes what a check tells: the job id, the hit mask of the job, and ``H7`` down to ``H0``.

    A hit is to be reported if ``H7`` has no bit in the hit mask and ``H6`` none in the ticket mask.

    Members
    -------
    tell : In(stream of Addressed)
        In the order of a check program.
    ticket_mask : In(32)
        Bits of ``H6`` that must be zero.
    job : Out(8)
        The job id byte.
    wrong : Out(1)
        ``H7`` does not pass the hit mask: the core should not have reported the nonce.
    passed : Out(1)
        It is to be reported.
    excess : Out(8)
        Leading zero bits of the hash, as people read it, beyond 32 and the ones of the ticket mask;
        0 to 224.
    """

    tell: In(stream.Signature(Addressed))
    ticket_mask: In(32)
    job: Out(8)
    wrong: Out(1)
    passed: Out(1)
    excess: Out(8)

    def elaborate(self, platform: object) -> Module:
        """Zeros are counted a bit a clock, between the words."""
        m = Module()
        word = self.tell.payload.data
        shift, left = Signal(32), Signal(range(33))
        ticket, ended, missed = Signal(), Signal(), Signal()
        # Between -64, with a full ticket mask, and 224, with a hash of zeros.
        excess = Signal(signed(9))
        busy = Signal()
        # The hash that people read begins with the last byte of the last word.
        turned = Cat(word[24:32], word[16:24], word[8:16], word[0:8])
        m.d.comb += [
            busy.eq(left != 0),
            self.tell.ready.eq(~busy),
            self.passed.eq(~self.wrong & ~missed),
            self.excess.eq(Mux(excess < 0, 0, excess)),
        ]
        with m.If(busy):
            m.d.sync += [shift.eq(shift << 1), left.eq(left - 1)]
            with m.If(ticket & shift[-1]):
                m.d.sync += excess.eq(excess - 1)
            with m.If(~ticket & ~ended):
                m.d.sync += [ended.eq(shift[-1]), excess.eq(excess + ~shift[-1])]
        with m.Elif(self.tell.valid):
            m.d.sync += [left.eq(32), shift.eq(turned), ticket.eq(0)]
            with m.Switch(self.tell.payload.address):
                with m.Case(Told.JOB):
                    m.d.sync += [
                        self.job.eq(word),
                        self.wrong.eq(0),
                        missed.eq(0),
                        ended.eq(0),
                        excess.eq(-32),
                        shift.eq(self.ticket_mask),
                        ticket.eq(1),
                    ]
                with m.Case(Told.HIT_MASK):
                    # It stays in the shift register until H7 comes, which is next.
                    m.d.sync += left.eq(0)
                with m.Case(Told.H7):
                    m.d.sync += self.wrong.eq((turned & shift).any())
                with m.Case(Told.H6):
                    m.d.sync += missed.eq((word & self.ticket_mask).any())
        return m
