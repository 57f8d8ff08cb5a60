"""Words for what goes over the line."""

from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import BM1366, BM1370
from sluice.rtl.protocol.responses import LONG, SHORT, NonceResponse, RegisterResponse
from sluice.sim.catalogue import block
from sluice.sim.traffic import Traffic

GENESIS = block(0).header
GENESIS_HASH = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"


def test_commands():
    traffic = Traffic(BM1370)
    frames = [
        WriteRegister(0x14, 0xFF),
        WriteRegister(0x3C, 1, 0x40),
        ReadRegister(0),
        ReadRegister(0x77, 2),
        ChainInactive(),
        SetAddress(0x40),
    ]
    data = b"".join(bytes(frame) for frame in frames)
    assert list(traffic.from_host(data)) == [
        "write all: TICKET_MASK = 000000ff",
        "write chip 40: CORE_MAILBOX = 00000001",
        "read all: CHIP_ID",
        "read chip 02: register 77",
        "chain inactive",
        "set address 40",
    ]


def test_jobs_and_nonces():
    for chip, known in ((BM1366, 0x88), (BM1370, 0x08)):
        traffic = Traffic(chip)
        list(traffic.from_host(bytes(WriteRegister(0xA4, 0x90000000))))
        assert not traffic.mining
        assert list(traffic.from_host(bytes(Job(job_id=0x88, header=GENESIS)))) == [
            "job 88: version 00000001 time 495fab29 bits 1d00ffff nonce from 1dac2b7c"
        ]
        assert not traffic.mining
        list(traffic.from_host(bytes(WriteRegister(0x10, 1))))
        assert traffic.mining
        found = NonceResponse.of(chip, w19=GENESIS.w19, job_id=0x88)
        other = NonceResponse.of(chip, w19=1, job_id=0x50)
        assert list(traffic.from_chip(bytes(found) + bytes(other))) == [
            f"nonce 1dac2b7c job {known:02x} bits 0000: {GENESIS_HASH}",
            "nonce 00000001 job 50 bits 0000: of an unknown job",
        ]
        assert (traffic.jobs, traffic.nonces) == (1, 2)
        list(traffic.from_host(bytes(WriteRegister(0x10, 0))))
        assert not traffic.mining


def test_lengths():
    traffic = Traffic(BM1370)
    for length, rolling in ((SHORT, 0x80000000), (LONG, 0), (SHORT, 0x80000000)):
        answer = RegisterResponse(value=5, address=1, register=0x8C, length=length)
        assert list(traffic.from_chip(bytes(answer))) == ["chip 01: TOTAL_COUNT = 00000005"]
        list(traffic.from_host(bytes(WriteRegister(0xA4, rolling))))


def test_reset_forgets():
    traffic = Traffic(BM1370)
    list(traffic.from_host(bytes(WriteRegister(0x10, 1)) + bytes(Job(job_id=8, header=GENESIS))))
    assert traffic.mining
    traffic.reset()
    assert not traffic.mining
    nonce = NonceResponse.of(BM1370, w19=GENESIS.w19, job_id=8, length=SHORT)
    assert "of an unknown job" in next(traffic.from_chip(bytes(nonce)))
