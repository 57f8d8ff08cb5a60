"""The harness of a chain on a chip that does little: bytes, clocks, wires, faults, waveforms."""

from itertools import pairwise

import pytest
from amaranth import ClockDomain, ClockSignal, Module, ResetSignal, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.config import ChipConfig
from sluice.sim.chip import CHUNK, DEAF, LINK_CLOCK, CompiledChain, Disturbance, Until
from tests.sim.test_core import waveforms_missing

CONFIG = ChipConfig(link_clock=LINK_CLOCK)
BIT = 8
FRAME = 10 * BIT


class Echo(wiring.Component):
    """Gives back what it hears and what comes from behind, and hands on what it hears.

    While there is more than one hash cycle in a link cycle, it is silent.
    """

    hash_clk: In(1)
    rx: In(1, init=1)
    tx: Out(1, init=1)
    next_tx: Out(1, init=1)
    next_rx: In(1, init=1)
    hit: Out(1)

    def __init__(self, _config):
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.domains.hash = ClockDomain()
        m.d.comb += [ClockSignal("hash").eq(self.hash_clk), ResetSignal("hash").eq(0)]
        count, before = Signal(32), Signal(32)
        m.d.hash += count.eq(count + 1)
        m.d.sync += [
            before.eq(count),
            self.tx.eq((self.rx & self.next_rx) | (count - before > 1)),
            self.next_tx.eq(self.rx),
        ]
        return m


@pytest.fixture
def chain():
    with CompiledChain(CONFIG, make=Echo) as chain:
        yield chain


def values(chain):
    received = chain.take()
    assert not any(byte.bad for byte in received)
    return bytes(byte.value for byte in received)


def test_echo(chain, rng):
    data = rng.randbytes(300)
    start = chain.cycle
    chain.send(data)
    assert not chain.sent
    assert chain.pending == 300
    # The bit is eight cycles and less than a millionth.
    assert chain.run(1 << 20, Until.SENT) - 300 * FRAME in (1, 2)
    assert chain.sent
    chain.run(20)
    received = chain.take()
    assert bytes(byte.value for byte in received) == data
    # Without gaps, and stamped in the stop bit.
    assert {b.cycle - a.cycle for a, b in pairwise(received)} <= {FRAME, FRAME + 1}
    assert 9 * BIT < received[0].cycle - start < FRAME


def test_gaps_and_rates(chain, rng):
    for rate in (115740.7, 57600.0, 33333.3):
        bit = LINK_CLOCK / rate
        chain.set_baud(rate)
        data = rng.randbytes(20)
        chain.send(data, gap=3.5)
        chain.run(1 << 20, Until.SENT)
        chain.run(40)
        received = chain.take()
        assert bytes(byte.value for byte in received) == data
        spent = received[-1].cycle - received[0].cycle
        assert abs(spent - 19 * 13.5 * bit) <= 2


def test_runs_in_chunks_and_stops_at_a_byte(chain):
    assert chain.run(3 * CHUNK + 5) == 3 * CHUNK + 5
    chain.send(b"ab")
    assert chain.run(1 << 20, Until.BYTE) < FRAME + 5
    assert values(chain) == b"a"
    chain.run(1 << 20, Until.BYTE)
    assert values(chain) == b"b"


@pytest.mark.parametrize("ratio", [(1, 1), (1, 7), (8, 1), (3, 2)])
def test_hash_cycles(chain, ratio):
    chain.set_ratio(ratio)
    link, hash_ = chain.cycle, chain.hash_cycle
    chain.run(1400)
    assert chain.cycle - link == 1400
    assert abs(chain.hash_cycle - hash_ - 1400 * ratio[0] / ratio[1]) <= 1
    with pytest.raises(ValueError, match=r"hash_per_link .*not \(0, 1\)"):
        chain.set_ratio((0, 1))


def test_the_chip_sees_its_hash_cycles(chain):
    for ratio, answer in (((1, 1), b"a"), ((2, 1), b""), ((2, 3), b"a")):
        chain.set_ratio(ratio)
        chain.run(2)
        chain.send(b"a")
        chain.run(2 * FRAME)
        assert values(chain) == answer


def test_faults(chain):
    for kind, value in (
        (Disturbance.LOW, 0xFE),
        (Disturbance.HIGH, 0xFF),
        (Disturbance.FLIP, 0xFE),
    ):
        # The first data bit of the second byte.
        chain.disturb(0, FRAME + BIT, BIT, kind)
        chain.send(b"\xff\xff")
        chain.run(3 * FRAME)
        assert values(chain) == bytes([0xFF, value])
    # A start bit too short, and a stop bit that is missing.
    chain.disturb(1, 10, 2, Disturbance.LOW)
    chain.run(100)
    assert [byte.bad for byte in chain.take()] == [True]
    chain.disturb(1, 0, 12 * BIT, Disturbance.LOW)
    chain.run(200)
    assert [(byte.value, byte.bad) for byte in chain.take()] == [(0, True)]
    with pytest.raises(ValueError, match="line must be 0 to 1, not 2"):
        chain.disturb(2, 0, 1, Disturbance.LOW)


def test_chips_are_wired_in_a_row():
    with CompiledChain(CONFIG, chips=3, make=Echo) as chain:
        # Slow enough for three echoes to be one.
        chain.set_baud(LINK_CLOCK / 100)
        chain.send(b"\xff")
        chain.run(1200)
        assert values(chain) == b"\xff"
        for line in range(6):
            # What is damaged anywhere arrives at the host.
            chain.disturb(line, 500, 100, Disturbance.LOW)
            chain.send(b"\xff")
            chain.run(1200)
            assert values(chain) == b"\xef", line
    with pytest.raises(ValueError, match="chips must be at least 1, not 0"):
        CompiledChain(CONFIG, chips=0, make=Echo)


def test_reset(chain):
    chain.set_baud(9600)
    chain.send(b"abc")
    chain.run(100)
    before = chain.cycle
    chain.reset()
    assert chain.cycle - before >= DEAF
    assert chain.sent
    assert chain.take() == []
    chain.send(b"d")
    chain.run(2 * FRAME)
    assert values(chain) == b"d"


@pytest.mark.skipif(bool(waveforms_missing()), reason=waveforms_missing() or "all there")
def test_waveform(tmp_path):
    path = tmp_path / "chain.fst"
    with CompiledChain(CONFIG, chips=2, waves=True, make=Echo) as chain:
        chain.record(path, 100)
        chain.send(b"a")
        chain.run(200)
        assert path.read_bytes()[:9] == b"\0" + (329).to_bytes(8, "big")
