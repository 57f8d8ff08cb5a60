"""A chip's place in the chain: its address, and which nonces are its own."""

from amaranth import C, Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.protocol.registers import Number, field_of

__all__ = ["Addressing"]

_ENABLED, _OFFSET = (field_of(Number.NONCE_OFFSET, name) for name in ("enabled", "offset"))


class Addressing(wiring.Component):
    """Takes addresses and nonce offsets as they are dealt out along the chain.

    Bits 31:25 of a nonce, read as ``W19``, are divided among the cores of a chip. Of the 2^25
    nonces that are left to each core a chip has those

    - whose bits 24:17 are from its address up to the one before the next chip's, which it learns
      as that address passes; or
    - once register NONCE_OFFSET is enabled, whose bits 24:9 are from its offset up to the one
      before the next higher offset, which it learns as writes to others pass. (BM1370: the offset
      is where the counter of a core starts; mujina's BM13xx reference, CHIP_NONCE_OFFSET.)

    Without a next chip both go up to the last nonce. Hosts may deal out more addresses than there
    are chips (Bitmain's firmware sends 128 to 65): a next chip is only believed in once something
    from behind has been heard. Chips answer the host's count before they are addressed.

    Parameters
    ----------
    chain
        Whether there is a port for a next chip.

    Members
    -------
    address : In(8)
        Of the command that comes.
    inactive, set_address : In(1)
        It deals out addresses anew; it deals out that address. Up for a cycle.
    offset : In(32)
        What is written to register NONCE_OFFSET: bit 31 enables it, bits 15:0 are the offset.
    own, others : In(1)
        It is written, on this chip or on another one. Up for a cycle.
    everyone : In(1)
        With `own`: on all chips.
    behind : In(1)
        A good response has come from behind.
    waiting : Out(1), init 0
        The next address is for this chip.
    number : Out(8), init 0
        Its address.
    first, last : Out(16), init 0 and 0xFFFF
        Bits 24:9 of its first and of its last nonce of each core.
    """

    address: In(8)
    inactive: In(1)
    set_address: In(1)
    offset: In(32)
    own: In(1)
    others: In(1)
    everyone: In(1)
    behind: In(1)
    waiting: Out(1)
    number: Out(8)
    first: Out(16)
    last: Out(16)

    def __init__(self, *, chain: bool) -> None:
        self._chain = chain
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        enabled, start = Signal(), Signal(16)
        with m.If(self.own):
            m.d.sync += [
                enabled.eq(self.offset[_ENABLED.bits]),
                start.eq(self.offset[_OFFSET.bits]),
            ]
        with m.If(self.set_address & self.waiting):
            m.d.sync += [self.number.eq(self.address), self.waiting.eq(0)]
        with m.If(self.inactive):
            m.d.sync += self.waiting.eq(1)
        m.d.comb += [
            self.first.eq(Mux(enabled, start, Cat(C(0, 8), self.number))),
            self.last.eq(0xFFFF),
        ]
        if self._chain:
            self._neighbours(m, enabled, start)
        return m

    def _neighbours(self, m: Module, enabled: Signal, start: Signal) -> None:
        """The last nonce, from what other chips are told."""
        heard, alone = Signal(), Signal()
        until, end = Signal(8, init=0xFF), Signal(16, init=0xFFFF)
        with m.If(self.behind):
            m.d.sync += heard.eq(1)
        with m.If(self.inactive):
            m.d.sync += [until.eq(0xFF), end.eq(0xFFFF)]
        with m.Elif(self.set_address & self.waiting):
            m.d.sync += alone.eq(1)
        with m.Elif(self.set_address & alone & (self.address > self.number)):
            # The next chip's: what lies between belongs to this one.
            m.d.sync += [until.eq(self.address - 1), alone.eq(0)]
        # Offsets may come in any order of the chips that rises or falls.
        other = self.offset[_OFFSET.bits]
        with m.If(self.own & (self.everyone | (other > end))):
            m.d.sync += end.eq(0xFFFF)
        with m.If(self.others & self.offset[_ENABLED.bits] & (other > start) & (other <= end)):
            m.d.sync += end.eq(other - 1)
        m.d.comb += self.last.eq(Mux(enabled, end, Cat(C(0xFF, 8), until | (~heard).replicate(8))))
