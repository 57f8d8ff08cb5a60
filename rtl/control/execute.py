"""What an instruction does with the adder, and what it tells outside and the cores."""

from collections.abc import Mapping

from amaranth.hdl import Cat, Module, Signal, Value
from amaranth.lib import data, stream
from amaranth.utils import ceil_log2

from sluice.rtl.core.interface import Control

from .isa import Event, Kind


def tell(m: Module, signalling: Value, now: data.View, ports: Mapping[Event, Value]) -> None:
    """Each port is up for the cycle in which an instruction signals its event."""
    for event, port in ports.items():
        bit = event.bit_length() - 1
        m.d.comb += port.eq(signalling & now.address[bit])


def accumulate(
    m: Module, enable: Value, now: data.View, added: Value, acc: Signal, carry: Signal
) -> None:
    """Add to the accumulator, subtract from it, or clear it.

    Parameters
    ----------
    m
        Where to.
    enable
        Whether the instruction is executed in this cycle.
    now
        The instruction.
    added
        The word that it adds, 32 bits.
    acc, carry
        Registers: the sum modulo 2^32, and its carry.
    """
    term, total = Signal(32), Signal(34)
    m.d.comb += [
        term.eq(added ^ now.negate.replicate(32)),
        # The lowest bit is there to carry.
        total.eq(Cat(now.negate, acc) + Cat(now.negate, term)),
    ]
    adding = enable & (now.kind == Kind.ADD)
    with m.If(adding):
        m.d.sync += carry.eq(total[33])
    with m.If(adding | (enable & now.clear)):
        m.d.sync += acc.eq(total[1:33])
        with m.If(now.clear):
            m.d.sync += acc.eq(0)


def expected(m: Module, bus: stream.Interface, cores: int) -> Value:
    """What `turned` of the cores must have come to: each changes once for what is given next."""
    expected = Signal(cores)
    given = Signal()
    word = bus.payload
    m.d.comb += given.eq(bus.valid & bus.ready & ~word.all)
    with m.If(given & (word.word.address == Control.NEXT)):
        m.d.sync += expected.eq(expected ^ (1 << word.core[: ceil_log2(cores)])[:cores])
    return expected


def send(
    m: Module, word: data.View, now: data.View, count: Signal, acc: Signal, cores: int
) -> None:
    """A word for a core, or for all of them: that in the accumulator.

    The counter is one further in the cycle in which a loop is decoded; that comes later.
    """
    m.d.comb += [
        word.all.eq(now.select[0]),
        word.core.eq(count[: ceil_log2(cores)] if cores > 1 else 0),
        word.word.address.eq(now.address),
        word.word.data.eq(acc),
    ]
