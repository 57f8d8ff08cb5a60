import pytest

from sluice.rtl.link import crc as hardware
from sluice.rtl.protocol import crc
from sluice.rtl.protocol.crc import CRC5, CRC16, command_crc, job_crc, response_crc
from tests.rtl.protocol.vectors import VECTORS


def test_check_values():
    assert command_crc(b"123456789") == 0x0F
    assert job_crc(b"123456789") == 0x29B1


@pytest.mark.parametrize(
    ("body", "registers"),
    [
        ("52 05 00 00", "1F 18 18 09 0A"),
        ("40 05 00 00", "1F 08 16 05 1C"),
        ("53 05 00 00", "1F 1D 04 11 03"),
        ("51 09 00 A4 90 00 FF FF", "1F 17 00 00 0B 04 11 17 1C"),
    ],
)
def test_command_registers(body, registers):
    body = bytes.fromhex(body)
    assert [command_crc(body[:n]) for n in range(len(body) + 1)] == list(bytes.fromhex(registers))


@pytest.mark.parametrize(
    ("payload", "kind", "registers", "bits"),
    [
        ("13 70 00 00 00 00 00 00", 0, "1F 1A 1F 0F 01 0D 1B 1E 02", "04 08 10"),
        ("13 66 00 00 00 00 00 00", 0, "1F 1A 1B 1E 02 1A 13 19 04", "08 10 05"),
        ("4C 03 52 75 0C D2 05 A2", 4, "1F 11 0C 01 10 17 11 12 01", "07 0E 1C"),
    ],
)
def test_response_registers(payload, kind, registers, bits):
    payload = bytes.fromhex(payload)
    assert [command_crc(payload[:n]) for n in range(9)] == list(bytes.fromhex(registers))
    before = command_crc(payload)
    tail = [CRC5.extend(before, kind >> 3 - n, n) for n in (1, 2, 3)]
    assert tail == list(bytes.fromhex(bits))
    assert response_crc(payload, kind) == tail[-1]


@pytest.mark.parametrize("name", ["CRC5", "CRC16"])
@pytest.mark.parametrize("bits", [1, 3, 8])
def test_the_hardware_does_the_same(name, bits, rng):
    for length in (0, 1, 20):
        words = [rng.getrandbits(bits) for _ in range(length)]
        mine, amaranth = getattr(crc, name), getattr(hardware, name)
        check = mine.initial
        for word in words:
            check = mine.extend(check, word, bits)
        assert check == amaranth(bits).compute(words)
        if bits == 8:
            assert mine.compute(words) == check


def test_response_residue():
    for vector in VECTORS:
        assert command_crc(bytes.fromhex(vector.response)[2:]) == 0


def test_job_registers():
    body = bytes.fromhex(VECTORS[-1].job_frame)[2:]
    assert CRC16.compute(body) == 0
    captured = next(v for v in VECTORS if v.model == "bm1370" and v.frames == "captured")
    body = bytes.fromhex(captured.job_frame)[2:-2]
    assert [job_crc(body[:n]) for n in (1, 2, 3, 4, 20)] == [
        0xD5B3,
        0x12EB,
        0x34DD,
        0xBBF6,
        0x67F4,
    ]
    assert job_crc(body) == 0x721C
    assert job_crc(body[:1] + b"\x36" + body[2:]) == 0x5658
