import pytest

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.deframer import Deframer
from sluice.rtl.link.frame_fifo import FrameFifo
from sluice.rtl.link.transmitter import FrameTransmitter
from sluice.rtl.protocol.models import BM1366


def test_defaults():
    config = LinkConfig()
    assert (config.model, config.clock, config.timeout_bits, config.queue) == (
        "bm1370",
        25e6,
        2048,
        256,
    )
    assert LinkConfig(model="bm1366").chip is BM1366
    # Never less than 2 ms at 115200 baud.
    assert config.timeout_bits / 115741 > 2e-3


@pytest.mark.parametrize(
    ("clock", "divider"), [(25e6 / 27, 26), (8e6, 2), (12e6, 2), (25e6, 0), (100e6, 0)]
)
def test_fastest_divider(clock, divider):
    assert LinkConfig(clock=clock).fastest_divider == divider


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("model", "bm1397", "model must be one of bm1362, bm1366, .*, bm1373, not 'bm1397'"),
        ("clock", 9e5, "clock must be between 925926 and 1e9 Hz, not 900000"),
        ("clock", 2e9, r"clock must be between 925926 and 1e9 Hz, not 2e\+09"),
        ("timeout_bits", 100, "timeout_bits must be a power of two between 16 and 65536, not 100"),
        ("timeout_bits", 8, "timeout_bits must be a power of two between 16 and 65536, not 8"),
        ("queue", 128, "queue must be a power of two between 256 and 4096, not 128"),
        ("queue", 8192, "queue must be a power of two between 256 and 4096, not 8192"),
    ],
)
def test_refuses(field, value, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        LinkConfig(**{field: value})


def test_components_refuse():
    with pytest.raises(ValueError, match="depth must be a power of two from 16 on, not 17"):
        FrameFifo(depth=17)
    with pytest.raises(ValueError, match=r"preamble must be two bytes, not b'\\xaa'"):
        FrameTransmitter(preamble=b"\xaa")
    with pytest.raises(ValueError, match=r"preamble must be two bytes, not b''"):
        Deframer(preamble=b"", timeout_bits=64)
    with pytest.raises(ValueError, match="timeout_bits must be a power of two, not 3"):
        Deframer(preamble=b"\xaa\x55", timeout_bits=3)
    assert FrameFifo(depth=64).depth == 64
    assert FrameTransmitter(preamble=b"ab").preamble == b"ab"
    assert Deframer(preamble=b"ab", timeout_bits=4).timeout_bits == 4
