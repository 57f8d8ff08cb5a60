"""Chips behind a pseudo-terminal, driven as firmware drives them."""

import os
import re
from contextlib import contextmanager

import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import PipelineConfig
from sluice.rtl.protocol.commands import (
    ChainInactive,
    ReadRegister,
    SetAddress,
    WriteRegister,
)
from sluice.rtl.protocol.decoder import ResponseDecoder
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number, baud_rate
from sluice.rtl.protocol.responses import NonceResponse, RegisterResponse
from sluice.sim.catalogue import blocks
from sluice.sim.chip import LINK_CLOCK, CompiledChain
from sluice.sim.reference import leading_zeros, mask_of
from sluice.sim.terminal import PseudoTerminal
from sluice.sim.virtual import VirtualChips
from tests.sim import sequences
from tests.sim.ptyhost import PtyHost

#: Seconds that ESP-Miner waits for an answer, and mujina for all.
ANSWER, WINDOW = 1.0, 0.5
#: They take a minute each to compile; their links have benches on both simulators.
OTHERS = [
    pytest.param("bm1366", sequences.ESP_MINER_BM1366, id="esp-miner-bm1366"),
    pytest.param("bm1368", sequences.ESP_MINER_BM1368, id="esp-miner-bm1368"),
][: 2 if os.environ.get("SLUICE_MODELS") else 0]
SMALL = ChipConfig(core=PipelineConfig(rounds=20), link_clock=LINK_CLOCK)


@contextmanager
def hosted(config, chips=1, **options):
    lines = []
    with CompiledChain(config, chips=chips) as chain:
        terminal = PseudoTerminal()
        served = VirtualChips(
            chain, terminal, shown=lambda way, text: lines.append(f"{way} {text}"), **options
        )
        host = PtyHost(served, terminal, chain)
        host.lines = lines
        yield host
        host.close()
        terminal.close()


@pytest.fixture
def small():
    with hosted(SMALL, chips=3, hit_bits=6) as host:
        yield host


def play(host, script):
    """Send what a script says, and check what it says has to come."""
    for line in script.strip().splitlines():
        frame, _, times = line.partition(" | ")
        if frame.startswith("< "):
            wanted = bytes.fromhex(frame[2:])
            assert host.read(len(wanted), ANSWER).hex(" ") == wanted.hex(" ")
        else:
            for _ in range(int(times or 1)):
                host.write(frame)
            if frame.startswith("55 AA 51 09 00 28"):
                host.settle()
                host.port.baudrate = 1_000_000


@pytest.mark.parametrize(
    ("name", "script"),
    [
        pytest.param("bm1370", sequences.ESP_MINER_BM1370, id="esp-miner-bm1370"),
        pytest.param("bm1370", sequences.MUJINA_BM1370, id="mujina-bm1370"),
        *OTHERS,
    ],
)
def test_bring_up(name, script, rng):
    """The answers that firmware waits for, its poll, and a real block."""
    with hosted(ChipConfig(model=name, link_clock=LINK_CLOCK)) as host:
        play(host, script)
        host.settle()
        play(host, sequences.POLL)
        for register in sequences.POLLED:
            wanted = RegisterResponse(value=0, address=0, register=register)
            assert host.read(11, ANSWER) == bytes(wanted)
        # A block whose version has no rolled bits: firmware need not know of our registers.
        ticket = 0xFF if "00 00 00 FF" in script else 0xFE
        plain = [block for block in blocks() if not block.header.version >> 13]
        block = rng.choice([block for block in plain if leading_zeros(block.header) >= 40])
        solution, chip = block.header, model(name)
        print(f"block {block.height}")
        job = Job(job_id=0x18, header=solution.with_w19(solution.w19 - rng.randrange(2000)))
        host.write(job)
        excess = max(0, leading_zeros(solution) - 32 - ticket.bit_count())
        wanted = NonceResponse.of(chip, w19=solution.w19, job_id=0x18, excess=excess)
        assert host.read(11, 10).hex(" ") == bytes(wanted).hex(" ")
        # It is mining on: an answer does not wait for that.
        host.write(ReadRegister(Number.CHIP_ID))
        assert host.read(11, WINDOW)[2:4] == chip.chip_id.to_bytes(2, "big")
        assert host.served.hashes > 2000
        assert re.search(f"< nonce {solution.w19:08x} job 18 bits 0000: 0{{8}}", host.lines[-3])


def answers(host, seconds=WINDOW):
    """Frames until nothing comes for so long."""
    decoder, found = ResponseDecoder(), []
    while data := host.read(11, seconds):
        found += decoder.feed(data)
    assert decoder.discarded == 0
    return found


def enumerate_(host):
    host.write(WriteRegister(Number.VERSION_ROLLING, 0x90000000), ReadRegister(Number.CHIP_ID))
    assert [frame.value >> 16 for frame in answers(host)] == [0x1370] * 3
    host.write(ChainInactive(), *(SetAddress(address) for address in (0, 0x55, 0xAA)))
    host.write(ReadRegister(Number.CHIP_ID))
    found = answers(host)
    assert [frame.value for frame in found] == [0x13700000, 0x13700055, 0x137000AA]
    assert [frame.address for frame in found] == [0, 0x55, 0xAA]


def test_three_chips(small, rng):
    """Counted, addressed, and at work on nonces of their own; --hit-bits is in the register."""
    enumerate_(small)
    small.write(ReadRegister(Number.HIT_MASK))
    assert [frame.value for frame in answers(small)] == [mask_of(6)] * 3
    header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000).with_w19(0)
    small.write(
        WriteRegister(Number.MISC_CONTROL, 0xF000C100),
        WriteRegister(Number.HASH_COUNTING_NUMBER, 1),
        Job(job_id=0x30, header=header),
    )
    decoder, found = ResponseDecoder(), []
    while len(found) < 60:
        found += decoder.feed(small.read(11, WINDOW))
    small.write(WriteRegister(Number.HASH_COUNTING_NUMBER, 0))
    chip = model("bm1370")
    assert {chip.address(nonce.w19) for nonce in found} == {0, 0x55, 0xAA}
    assert {chip.job_id(nonce.tag) for nonce in found} == {0x30}
    assert len({nonce.w19 for nonce in found}) == len(found)


def test_reset_restores_the_hit_mask(small):
    enumerate_(small)
    small.write(WriteRegister(Number.HIT_MASK, 0xFFFFFFFF))
    small.settle()
    small.served.reset()
    small.write(WriteRegister(Number.VERSION_ROLLING, 0x90000000), ReadRegister(Number.HIT_MASK))
    assert [(frame.address, frame.value) for frame in answers(small)] == [(0, mask_of(6))] * 3


def test_hosts_come_and_go(small):
    """Closing and opening the port, also in the middle of a frame, does no harm."""
    for _ in range(3):
        enumerate_(small)
        small.write("55 AA 51 09 00")
        small.read(1, 0.001)
        small.close()
        for _ in range(30):
            small.served.step()
        small.open()


def test_nobody_reads(small):
    """What does not fit is dropped in whole frames, the oldest first, and the chips go on."""
    small.write(WriteRegister(Number.VERSION_ROLLING, 0x90000000))
    reads = [ReadRegister(Number.CHIP_ID), ReadRegister(Number.IDENTITY)]
    sent = 0
    while not small.served.dropped:
        small.write(*reads)
        sent += 6 * 11
        before = len(small.lines)
        while len(small.lines) < before + 8:
            small.served.step()
    data = b""
    while more := small.read(4096, WINDOW):
        data += more
    assert len(data) + small.served.dropped <= sent
    decoder = ResponseDecoder()
    assert len(list(decoder.feed(data))) * 11 == len(data)
    enumerate_(small)


def test_rates(small):
    """A rate that the chips can have is taken over; one that is too fast for them is not."""
    small.write(WriteRegister(Number.VERSION_ROLLING, 0x90000000))
    for divider, taken in ((0x33, 0x33), (2, 0x33), (0x1A, 0x1A)):
        small.write(WriteRegister(Number.UART_BAUD, 0x01300000 | divider << 8))
        small.settle()
        small.port.baudrate = round(baud_rate(divider))
        small.write(ReadRegister(Number.UART_BAUD))
        assert [frame.value >> 8 & 0xFF for frame in answers(small)] == [divider] * 3
        assert small.served.baud == baud_rate(taken)


def test_a_host_that_restarts(small, rng):
    """It opens the port at the rate after reset, while the chips hash at another: all are found."""
    enumerate_(small)
    small.write(
        WriteRegister(Number.MISC_CONTROL, 0xF000C100),
        WriteRegister(Number.HASH_COUNTING_NUMBER, 1),
        WriteRegister(Number.UART_BAUD, 0x11300200),
    )
    small.settle()
    small.port.baudrate = 1_000_000
    header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000).with_w19(0)
    small.write(Job(job_id=0x30, header=header))
    assert small.read(11, WINDOW)  # a hit
    small.close()
    small.open()
    enumerate_(small)
    # As after a reset, but for what --hit-bits asks for.
    for register, value in ((Number.HASH_COUNTING_NUMBER, 0), (Number.HIT_MASK, mask_of(6))):
        small.write(ReadRegister(register))
        assert [frame.value for frame in answers(small)] == [value] * 3
    assert any(line.startswith("! the host has lost") for line in small.lines)


def test_an_idle_chip_takes_no_time(small):
    small.settle()
    before = small._chain.cycle
    small.served.step()
    assert small._chain.cycle == before
