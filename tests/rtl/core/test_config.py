"""Configurations that cannot be are refused with the field and the value."""

from fractions import Fraction

import pytest

from sluice.rtl.core.config import ConfigError, PipelineConfig, RingConfig
from sluice.rtl.core.interface import work_words
from sluice.rtl.core.plan import plan
from sluice.rtl.core.serial_config import SerialConfig


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lanes": 0}, "lanes must be 1 to 8, not 0"),
        ({"lanes": 9}, "lanes must be 1 to 8, not 9"),
        (
            {"technology": "ttl"},
            "technology must be of generic, ecp5, ecp5-operators, ice40, asic, ",
        ),
        ({"ram_from": 2}, "ram_from must be 0 or at least 3, not 2"),
        ({"ram_from": -1}, "ram_from must be 0 or at least 3, not -1"),
        ({"in_place_from": 1}, "in_place_from must be 0 or at least 2, not 1"),
        ({"rounds": 17}, "rounds must be 18 to 64, not 17"),
        ({"rounds": 65}, "rounds must be 18 to 64, not 65"),
        ({"queue": 0}, "queue must be at least 1, not 0"),
        ({"period": 1.0}, "period must be at least 4.5 ns, which one operation takes, not 1"),
    ],
)
def test_refused(options: dict, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        PipelineConfig(**options)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ring": 0}, "ring must be 1 to 61, not 0"),
        ({"ring": 62}, "ring must be 1 to 61, not 62"),
        ({"ring": 31, "lanes": 9}, "lanes must be 1 to 8, not 9"),
    ],
)
def test_rings_refused(options: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        RingConfig(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engines": 0}, "engines must be 1 to 96, not 0"),
        ({"engines": 97}, "engines must be 1 to 96, not 97"),
        ({"engines": 4, "stages": 0}, "stages must be a divisor of 4 engines, not 0"),
        ({"engines": 4, "stages": 3}, "stages must be a divisor of 4 engines, not 3"),
        ({"engines": 96, "stages": 24}, "stages must be at most 11 of 96 engines, not 24"),
        ({"distance": 9}, "distance must be 0 to 8, not 9"),
        ({"distance": 1, "queue": 7}, "queue must be at least 8 with a distance, not 7"),
        ({"c_slow": 0}, "c_slow must be 1 to 4, not 0"),
        ({"c_slow": 5}, "c_slow must be 1 to 4, not 5"),
        ({"lanes": 9}, "lanes must be 1 to 8, not 9"),
        (
            {"engines": 50, "lanes": 2, "technology": "generic"},
            "engines must be at most 46, not 50",
        ),
        ({"lanes": 5}, "lanes must be at most 4 in ice40, not 5"),
        ({"lanes": 2}, "engines must be 1 with lanes in ice40, not 4"),
        ({"lanes": 2, "engines": 1, "c_slow": 2}, "c_slow must be 1 with lanes in ice40"),
        ({"lanes": 2, "engines": 1, "queue": 4}, "queue must be 1 with lanes in ice40, not 4"),
        ({"period": 1.0}, "period must be at least 4.6 ns"),
    ],
)
def test_serial_cores_refused(options: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SerialConfig(**options)


def test_rate() -> None:
    """A ring takes one nonce in as many cycles as it has slots."""
    assert PipelineConfig().rate == 1
    assert [RingConfig(ring=ring).rate for ring in (1, 16, 31, 61)] == [
        Fraction(1, slots) for slots in (122, 8, 4, 2)
    ]
    # However many nonces an engine holds: each then takes so many times as long.
    assert SerialConfig(engines=17, c_slow=2).rate == Fraction(17, 136)
    lanes = SerialConfig(engines=17, c_slow=2, lanes=3, technology="generic")
    assert lanes.rate == Fraction(17, 65)
    assert SerialConfig(engines=1, lanes=3).rate == Fraction(1, 69)


def test_jobs_are_refused_before_the_bus() -> None:
    good = {"first": 0, "last": 5, "mask": 0, "tag": 0}
    assert len(work_words([7, 8], **good)) == 6
    for change, message in (
        ({"first": 6}, "first must not be above last: 0x00000006 > 0x00000005"),
        ({"mask": 1 << 32}, "mask must be a number of 32 bits, not 4294967296"),
        ({"tag": 256}, "tag must be a number of 8 bits, not 256"),
        ({"last": -1}, "last must be a number of 32 bits, not -1"),
    ):
        with pytest.raises(ValueError, match=message):
            work_words([7, 8], **(good | change))
    core = plan(PipelineConfig(lanes=2))
    with pytest.raises(ValueError, match="versions must be 2, not 1"):
        core.work_words([0] * 20, [0], **good)
    with pytest.raises(ValueError, match="header must be 20 words, not 19"):
        core.work_words([0] * 19, [0, 0], **good)
    with pytest.raises(ValueError, match="w18 must be a number of 32 bits, not -1"):
        core.work_words([0] * 18 + [-1, 0], [0, 0], **good)
