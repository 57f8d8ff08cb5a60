"""The size of a core stays what it is, or becomes less."""

import pytest

from sluice.rtl.core import make_core
from sluice.rtl.core.config import CoreConfig, RingConfig
from sluice.rtl.core.plan import plan
from sluice.rtl.core.stats import core_stats
from sluice.rtl.hls.lifetimes import waits


def test_size() -> None:
    """One full double hash a clock, one register level a round."""
    stats = core_stats(make_core(CoreConfig()))
    assert stats.latency == 128
    assert stats.predicted_carry == 32 * stats.adders
    assert stats.register_bits <= 70_000
    assert stats.pipeline_register_bits < stats.register_bits
    ecp5 = core_stats(make_core(CoreConfig(technology="ecp5")))
    assert ecp5.predicted_carry == 32 * ecp5.adders
    assert ecp5.predicted_lut4 <= 52_000
    assert ecp5.predicted_lut4 < stats.predicted_lut4


def test_words_that_wait() -> None:
    """The least that the linear program finds for the whole core."""
    found = waits(plan(CoreConfig()).schedule, None)
    assert sum(32 * wait.cycles for wait in found) <= 69_760


@pytest.mark.parametrize(("ring", "bits"), [(16, 13_856), (31, 25_376), (61, 39_072)])
def test_words_that_wait_in_a_ring(ring: int, bits: int) -> None:
    """Those on their way into the next pass among them."""
    found = waits(plan(RingConfig(ring=ring)).schedule, None)
    assert sum(32 * wait.cycles for wait in found) <= bits
