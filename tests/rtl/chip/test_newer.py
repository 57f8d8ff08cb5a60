"""A chain of BM1373: addresses are set as 00 and 10, and commanded as 00 and 04."""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import PipelineConfig
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.models import BM1373
from sluice.rtl.protocol.registers import Number, version_rolling
from sluice.rtl.protocol.responses import SHORT, RegisterResponse
from sluice.sim.chip import CompiledChain

#: 3 Mbaud takes eight cycles a bit of this link clock.
CLOCK = 24e6
SILENCE = round(0.004 * CLOCK)


@pytest.fixture(scope="module")
def chain() -> Iterator[CompiledChain]:
    config = ChipConfig(core=PipelineConfig(rounds=18), link_clock=CLOCK, model="bm1373")
    with CompiledChain(config, chips=2) as chain:
        yield chain


def answers(chain: CompiledChain, frame: object) -> bytes:
    """What all chips say to a frame."""
    chain.send(bytes(frame))
    chain.run(SILENCE)
    return bytes(byte.value for byte in chain.take())


def told(value: int, address: int, register: int = 0) -> bytes:
    return bytes(RegisterResponse(value=value, address=address, register=register))


def test_addresses_and_rate(chain: CompiledChain, rng: random.Random) -> None:
    """As ESP-Miner's driver goes about it: short answers first, and 3 Mbaud by 0x80000000."""
    short = bytes(RegisterResponse(value=0x13730000, address=0, register=0, length=SHORT))
    assert answers(chain, ReadRegister(0)) == short * 2
    for frame in (ChainInactive(), SetAddress(0x00), SetAddress(0x10)):
        assert answers(chain, frame) == b""
    assert answers(chain, WriteRegister(Number.UART_BAUD, 0x80000000)) == b""
    chain.set_baud(3e6)
    assert answers(chain, WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF))) == b""
    both = told(0x13730000, 0x00) + told(0x13730010, 0x10)
    assert answers(chain, ReadRegister(0)) == both
    # To one chip: by a quarter of its address. Its answer has the address that was set.
    value = rng.getrandbits(32)
    assert answers(chain, WriteRegister(Number.IO_DRIVER_STRENGTH, value, 0x04)) == b""
    number = Number.IO_DRIVER_STRENGTH
    assert answers(chain, ReadRegister(number, 0x04)) == told(value, 0x10, number)
    assert answers(chain, ReadRegister(number, 0x00)) == told(0x00012111, 0x00, number)
    assert answers(chain, ReadRegister(number, 0x10)) == b""
    assert BM1373.command_shift == 2
