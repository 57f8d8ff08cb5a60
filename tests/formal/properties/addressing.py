"""A chip's slice of the nonces: from its own place up to the one before the next chip's.

``addressing`` is proved for all times by induction: :mod:`sluice.rtl.link.registers.addressing`,
whatever is dealt out to this chip and to others and in whatever order, with resets in any cycle.
The account here remembers the places themselves: its own, the first address above it that passed
since, and the lowest higher offset of another chip.
"""

from amaranth.hdl import Assert, Assume, Cat, Const, Elaboratable, Module, Mux, Signal

from sluice.rtl.link.registers.addressing import Addressing
from sluice.rtl.protocol.registers import Number, field_of
from tests.formal.property import Opened, Property, let_free

#: Above all addresses, and above all offsets: no chip has it.
NO_ADDRESS, NO_OFFSET = 1 << 8, 1 << 16


class Slice(Elaboratable):
    """What a chip has been told, and what it may have learnt of others."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        chip = Addressing(chain=True)
        m.submodules.part = inside = Opened(chip)
        told = (chip.inactive, chip.set_address, chip.own, chip.others)
        let_free(m, chip.address, chip.offset, chip.behind, chip.everyone, *told)
        # The register file obeys one command at a time.
        m.d.comb += Assume(sum(told) <= 1)

        waits, has, heard = Signal(), Signal(), Signal()
        mine, above = Signal(8), Signal(9, init=NO_ADDRESS)
        with m.If(chip.inactive):
            m.d.sync += [waits.eq(1), above.eq(NO_ADDRESS)]
        with m.If(chip.set_address & waits):
            m.d.sync += [waits.eq(0), has.eq(1), mine.eq(chip.address)]
        with m.Elif(chip.set_address & has & (chip.address > mine)):
            m.d.sync += [above.eq(chip.address), has.eq(0)]
        with m.If(chip.behind):
            m.d.sync += heard.eq(1)

        enabled, offset = (field_of(Number.NONCE_OFFSET, name) for name in ("enabled", "offset"))
        written, place = chip.offset[enabled.bits], chip.offset[offset.bits]
        by_offset, start, nearest = Signal(), Signal(16), Signal(17, init=NO_OFFSET)
        with m.If(chip.own):
            m.d.sync += [by_offset.eq(written), start.eq(place)]
            with m.If(chip.everyone | (place >= nearest)):
                m.d.sync += nearest.eq(NO_OFFSET)
        with m.If(chip.others & written & (place > start) & (place < nearest)):
            m.d.sync += nearest.eq(place)
        with m.If(chip.inactive):
            m.d.sync += nearest.eq(NO_OFFSET)

        # Bits 24:17 of a nonce, or bits 24:9; without a next chip up to the last one.
        until = (Mux(heard, above, NO_ADDRESS) - 1)[:8]
        m.d.comb += [
            Assert(chip.waiting == waits),
            Assert(chip.number == mine),
            Assert(chip.first == Mux(by_offset, start, Cat(Const(0, 8), mine))),
            Assert(chip.last == Mux(by_offset, (nearest - 1)[:16], Cat(Const(0xFF, 8), until))),
            # There is no chip without a nonce.
            Assert(chip.first <= chip.last),
            # Inside.
            Assert(start < nearest),
            Assert((above == NO_ADDRESS) | (mine < above)),
            Assert(above <= NO_ADDRESS),
            Assert(nearest <= NO_OFFSET),
            Assert(~(waits | has) | (above == NO_ADDRESS)),
            Assert(inside["heard"] == heard),
            Assert(inside["alone"] == has),
            Assert(inside["until"] == (above - 1)[:8]),
            Assert(inside["end"] == (nearest - 1)[:16]),
            Assert(inside["enabled"] == by_offset),
            Assert(inside["start"] == start),
        ]
        return m


PROPERTIES = [Property(name="addressing", make=Slice, depth=2, quick=True)]
