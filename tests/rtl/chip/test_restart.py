"""Hosts that restart without a reset wire: at 115,200 baud, while the chips listen at 1 Mbaud."""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import PipelineConfig
from sluice.rtl.link.config import RESET_DIVIDER
from sluice.rtl.link.recovery import BREAK_BITS
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.registers import Number, baud_rate, version_rolling
from sluice.rtl.protocol.responses import RegisterResponse
from sluice.sim.chip import CompiledChain, Disturbance

from .host import Host

#: The slowest link clock that has 1 Mbaud.
CLOCK = 25e6 / 3
CHIPS = 2

#: Link cycles for which ESP-Miner waits for eleven bytes, one second, is much too long for a
#: simulation; no chip has anything to say after so many.
SILENCE = round(0.01 * CLOCK)


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    config = ChipConfig(core=PipelineConfig(rounds=18), link_clock=CLOCK)
    with CompiledChain(config, chips=CHIPS) as chain:
        yield Host(chain)


def mine(host: Host, rng: random.Random, hit_mask: int) -> None:
    """Bring the chips up, go over to 1 Mbaud, and give them a job."""
    host.chain.set_baud(baud_rate(RESET_DIVIDER))
    host.bring_up(hit_mask=hit_mask)
    host.write(Number.UART_BAUD, 0x11300200)
    host.wait_for_silence(SILENCE)
    host.chain.set_baud(1e6)
    assert host.read(Number.CHIP_ID) == [0x13700000, 0x13700080]
    header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000).with_w19(0)
    host.send(Job(job_id=0x18, header=header))
    host.wait_for_silence(SILENCE)
    # With the mask of silicon there is a hit by chance, one time in 25,000.
    assert host.nonces or hit_mask == 0xFFFFFFFF


def heard(host: Host) -> bytes:
    """All that a host at the rate in force gets."""
    host.chain.run(SILENCE)
    return bytes(byte.value for byte in host.chain.take())


@pytest.mark.parametrize("hit_mask", [0xFFFFFFFF, 0xFF], ids=["quiet", "hits"])
def test_restart(host: Host, rng: random.Random, hit_mask: int) -> None:
    """All chips are found by the first frames of ESP-Miner, and mine again."""
    mine(host, rng, hit_mask)
    host.chain.set_baud(115200)
    roll = bytes(WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF)))
    host.chain.send(roll * 3)
    heard(host)  # What was left of hits at the other rate is nobody's frame.
    host.chain.send(bytes(ReadRegister(Number.CHIP_ID)))
    answer = bytes(RegisterResponse(value=0x13700000, address=0, register=0))
    assert heard(host).hex(" ") == (answer * CHIPS).hex(" ")
    # As after a reset: stopped, without addresses, nothing counted but what came since.
    assert host.read(Number.HASH_COUNTING_NUMBER) == [0] * CHIPS
    assert host.read(Number.HIT_MASK) == [0xFFFFFFFF] * CHIPS
    assert host.read(Number.BATCHES) == [0] * CHIPS
    host.send(ChainInactive())
    for index in range(CHIPS):
        host.send(SetAddress(index * 0x80))
    assert host.read(Number.CHIP_ID) == [0x13700000, 0x13700080]


def test_break(host: Host, rng: random.Random) -> None:
    """A break does the same, of the length that is documented; a shorter one does nothing."""
    mine(host, rng, 0xFF)
    bit = CLOCK / 1e6
    host.chain.disturb(0, 100, round((BREAK_BITS - 2) * bit), Disturbance.LOW)
    host.wait_for_silence(SILENCE)
    assert host.read(Number.HASH_COUNTING_NUMBER) == [0x1EB5] * CHIPS
    host.chain.disturb(0, 100, round((BREAK_BITS + 2) * bit), Disturbance.LOW)
    host.wait_for_silence(SILENCE)
    host.chain.set_baud(115200)
    host.chain.send(bytes(WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF))))
    host.wait_for_silence(SILENCE)
    assert host.read(Number.HASH_COUNTING_NUMBER) == [0] * CHIPS
