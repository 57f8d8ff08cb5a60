"""Difficulty, versions, models, registers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.protocol.difficulty import passes, ticket_bits, ticket_difficulty, ticket_mask
from sluice.rtl.protocol.models import BM1366, BM1368, BM1370, MODELS, model
from sluice.rtl.protocol.registers import (
    BY_NUMBER,
    REGISTERS,
    Number,
    baud_divider,
    baud_rate,
    version_rolling,
)
from sluice.rtl.protocol.versions import gather, rolled, spread, version_count
from tests.rtl.protocol.vectors import VECTORS

TICKETS = {
    1: 0,
    8: 0xE0,
    16: 0xF0,
    128: 0xFE,
    256: 0xFF,
    512: 0x80FF,
    1024: 0xC0FF,
    65536: 0xFFFF,
    1 << 32: 0xFFFFFFFF,
}


@pytest.mark.parametrize(("difficulty", "mask"), TICKETS.items())
def test_ticket(difficulty, mask):
    assert ticket_mask(difficulty) == mask
    assert ticket_mask(min(difficulty * 1.4, 1 << 32)) == mask
    assert ticket_difficulty(mask) == difficulty


@pytest.mark.parametrize("vector", VECTORS)
def test_ticket_of_vectors(vector):
    h6, h7 = int(vector.h6, 16), int(vector.h7, 16)
    assert passes(h6, h7, int(vector.ticket_register, 16))
    zeros = min(vector.leading_zero_bits - 32, 31)
    assert passes(h6, h7, ticket_mask(1 << zeros))
    assert zeros == 31 or not passes(h6, h7, ticket_mask(1 << zeros + 1))
    assert not passes(h6, 1, 0)


def test_refuses_tickets():
    with pytest.raises(ValueError, match=r"difficulty must be between 1 and 2\^32, not 0.5"):
        ticket_mask(0.5)
    with pytest.raises(
        ValueError, match="mask must ask for leading bits without a gap, not 0x0000"
    ):
        ticket_bits(0x0F)


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_spread(counter, mask):
    bits = spread(counter, mask)
    assert bits & ~mask == 0
    assert gather(bits, mask) == counter % version_count(mask)


def test_spread_order():
    assert [spread(n, 0b1010_0100) for n in range(9)] == [
        0,
        0b0000_0100,
        0b0010_0000,
        0b0010_0100,
        0b1000_0000,
        0b1000_0100,
        0b1010_0000,
        0b1010_0100,
        0,
    ]
    assert spread(5, 0) == 0
    assert version_count(0) == 1
    assert all(spread(n, 0xFFFF) == n for n in (0, 1, 0x1234, 0xFFFF))


def test_rolled():
    assert rolled(0x20000000, 0x05A2) == 0x20B44000
    assert rolled(0x20000000, 0xFFFF) == 0x3FFFE000
    with pytest.raises(ValueError, match="bits must lie within mask 0x00f0, not 0x0001"):
        gather(1, 0xF0)


def test_models():
    for name, chip in MODELS.items():
        assert name == chip.name == f"bm{chip.chip_id:x}"
    assert list(MODELS) == ["bm1362", "bm1366", "bm1368", "bm1370", "bm1372", "bm1373"]
    with pytest.raises(ValueError, match=r"model must be one of bm1362, bm1366, .*, not 'x'"):
        model("x")
    assert model("bm1368") is BM1368


@given(st.integers(0, 255), st.integers(0, 0xFFFF))
def test_tags(job_id, bits):
    for chip, kept in ((BM1366, 0xF8), (BM1368, 0x78), (BM1370, 0x78)):
        tag = chip.tag(job_id, bits)
        assert chip.job_id(tag) == job_id & kept
        assert chip.small_core(tag) == bits & (7 if chip is BM1366 else 15)
    # As the firmware takes it apart.
    assert BM1366.tag(job_id, bits) & 0xF8 == job_id & 0xF8
    assert (BM1370.tag(job_id, bits) & 0xF0) >> 1 == job_id & 0x78


def test_nonce_layout():
    assert (BM1366.core(0x178560D2), BM1366.address(0x178560D2)) == (11, 0xC2)
    assert BM1370.core(0x4C035275) == 38
    assert [BM1370.excess_byte(n) for n in (0, 6, 127, 128, 255)] == [0, 12, 254, 254, 254]
    assert [BM1366.excess_byte(n) for n in (0, 6, 255)] == [0, 6, 255]


def test_registers():
    assert len(BY_NUMBER) == len(REGISTERS) == len(Number)
    assert BY_NUMBER[0].reset_of(BM1366) == 0x13660000
    assert BY_NUMBER[0xA4].reset_of(BM1370) == 0x0000FFFF
    assert BY_NUMBER[0x28].field("divider").of(0x11300200) == 2
    assert BY_NUMBER[0xA4].field("rolling").of(0x90000000) == 1
    with pytest.raises(ValueError, match="UART_BAUD has no field 'x'"):
        BY_NUMBER[0x28].field("x")
    assert version_rolling(0x1FFFE000 >> 13) == 0x9000FFFF


def test_baud():
    assert round(baud_rate(0x1A)) == 115741
    assert baud_rate(2) == 1e6
    assert baud_rate(0) == 3e6
    assert [baud_divider(rate) for rate in (115200, 1e6, 3e6)] == [0x1A, 2, 0]
