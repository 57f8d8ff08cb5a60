"""What a command asks for: decided when its words are there."""

from amaranth import Module, Signal
from amaranth.lib import wiring

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.registers.addressing import Addressing
from sluice.rtl.protocol.registers import Number


def obey(
    m: Module,
    file: wiring.Component,
    config: LinkConfig,
    addressing: Addressing,
    *,
    others: Signal,
    number: Signal,
    lane: Signal,
    cycle: Signal,
    dropped: Signal,
) -> None:
    """Take the register's number from a command, and go on to the state that does what it asks.

    Parameters
    ----------
    m
        In a state of the machine of :class:`~.file.RegisterFile`.
    file, config, addressing
        That register file, its link's configuration, and its part in the dealing out of addresses.
    others, number, lane, cycle
        Its registers: that a write is for another chip, and what is written or read next.
    dropped
        An answer finds no room.
    """
    compact = config.compact
    address, asked = file.value[:8], file.value[8:16]
    if compact:
        address, asked = asked, address
    ours = Signal()
    m.d.comb += [
        ours.eq(
            file.opcode.broadcast | (address == addressing.number >> config.chip.command_shift)
        ),
        addressing.address.eq(address),
    ]
    m.d.sync += [number.eq(asked), others.eq(~ours)]
    with m.Switch(file.opcode.command):
        with m.Case(0):
            m.d.comb += addressing.set_address.eq(1)
        # Where other chips' nonces start is listened to.
        with m.Case(1), m.If(ours | (config.chain & (asked == Number.NONCE_OFFSET))):
            if compact:
                m.d.sync += [lane.eq(3), cycle.eq(3)]
            m.next = "store"
        with m.Case(2):
            with m.If(ours & file.room):
                m.d.sync += lane.eq(3)
                m.next = "answer"
            m.d.comb += dropped.eq(ours & ~file.room)
        with m.Case(3):
            m.d.comb += addressing.inactive.eq(1)
