"""A noisy line: what the chip obeys is what the checks let through, and it always recovers."""

import os
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import PipelineConfig
from sluice.rtl.link.receiver import CommandReceiver
from sluice.rtl.protocol.commands import ReadRegister, WriteRegister, parse_command
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.registers import Number
from sluice.sim.chip import LINK_CLOCK, CompiledChain

from .host import Host

#: Frames of the test; 100,000 take some minutes.
FRAMES = int(os.environ.get("SLUICE_FRAMES", "2000"))

TOUCHED = (Number.TICKET_MASK, Number.HIT_MASK, Number.FIRST_VERSION, Number.CORE_MAILBOX)


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    config = ChipConfig(core=PipelineConfig(rounds=20), link_clock=LINK_CLOCK)
    with CompiledChain(config) as chain:
        yield Host(chain)


def frame(rng: random.Random) -> bytes:
    if rng.random() < 0.1:
        header = Header.from_bytes(rng.randbytes(80))
        return bytes(Job(job_id=rng.randrange(256), header=header))
    return bytes(WriteRegister(rng.choice(TOUCHED), rng.getrandbits(16)))


def damaged(data: bytes, kind: str, rng: random.Random) -> bytes:
    """A frame with bits flipped, bytes lost, put in, cut off, or something else in its place."""
    changed = bytearray(data)
    at = rng.randrange(len(changed))
    match kind:
        case "flip":
            for _ in range(rng.choice((1, 1, 2, 8))):
                changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        case "drop":
            del changed[at]
        case "insert":
            changed.insert(at, rng.choice((0x55, 0xAA, rng.randrange(256))))
        case "truncate":
            del changed[at:]
        case "garbage":
            changed = bytearray(rng.randbytes(rng.randrange(1, 100)))
    return bytes(changed)


def test_noise(host: Host, rng: random.Random) -> None:
    """Bursts of frames without a pause, most of them damaged, then silence.

    What is heard in a burst is told by the model of the receiver: the frames whose check is good,
    and CRC-5 lets one damaged frame in 32 through. A good frame after each silence is heard.
    """
    receiver = CommandReceiver(host.config.link())
    fresh = dict.fromkeys(TOUCHED, 0) | {Number.HIT_MASK: 0xFFFFFFFF}
    host.bring_up(0, nonce_span=1)
    registers = dict(fresh)
    commands = host.read(Number.GOOD_COMMANDS)[0]
    resets = 0
    jobs, sent, heard, probes = 0, Counter[str](), Counter[str](), 0
    while sent.total() < FRAMES:
        burst = b""
        for _ in range(rng.randrange(4, 40)):
            kinds = ("good", "flip", "drop", "insert", "truncate", "garbage")
            kind = rng.choices(kinds, (3, 3, 2, 2, 1, 1))[0]
            burst += damaged(frame(rng), kind, rng)
            sent[kind] += 1
        host.send(burst)
        # Longer than the timeout, and than the answers that were asked for.
        host.wait_for_silence(20_000)
        # At once after the silence: the next good frame.
        probe = bytes(WriteRegister(Number.TICKET_MASK, rng.getrandbits(32)))
        host.send(probe)
        probes += 1
        elsewhere = False
        for data in (burst, probe):
            for got in receiver.model(data):
                if len(got) == 88:
                    jobs += 1
                    heard["jobs"] += 1
                    continue
                commands += 1
                heard["commands"] += 1
                command = parse_command(got)
                ours = isinstance(command, WriteRegister) and not command.address
                if ours and command.register in registers:
                    registers[Number(command.register)] = command.value
                elif ours or not isinstance(command, WriteRegister | ReadRegister):
                    elsewhere = True
        if elsewhere:
            # A damaged frame passed its check as another command, the baud rate's for example:
            # what follows is the chip's to obey, and the host begins anew.
            host.bring_up(0, nonce_span=1)
            registers, jobs, resets = dict(fresh), 0, resets + 1
            commands = host.read(Number.GOOD_COMMANDS)[0]
            continue
        assert host.read(Number.TICKET_MASK) == [registers[Number.TICKET_MASK]]
        commands += 1
    for register, value in registers.items():
        assert host.read(register) == [value], register.name
        commands += 1
    assert host.read(Number.GOOD_COMMANDS) == [commands + 1]
    assert host.read(Number.GOOD_JOBS) == [jobs]
    assert host.read(Number.BATCHES)[0] <= jobs
    bad = host.read(Number.BAD_COMMANDS)[0], host.read(Number.BAD_JOBS)[0]
    print(
        f"sent {dict(sent)} and {probes} probes; heard {dict(heard)}; "
        f"counted as bad {bad} since the last of {resets} resets"
    )
