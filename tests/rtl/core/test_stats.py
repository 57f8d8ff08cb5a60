"""The size of a core stays what it is, or becomes less."""

import pytest

from sluice.rtl.core import make_core
from sluice.rtl.core.config import CoreConfig, PipelineConfig, RingConfig
from sluice.rtl.core.plan import plan
from sluice.rtl.core.serial_config import SerialConfig
from sluice.rtl.core.stats import core_stats
from sluice.rtl.hls.lifetimes import waits


def test_size() -> None:
    """One full double hash a cycle, one register level a round."""
    stats = core_stats(make_core(PipelineConfig()))
    assert stats.latency == 128
    assert stats.schedule.predicted_carry == 32 * stats.schedule.adders
    assert stats.register_bits <= 70_000
    assert stats.schedule.pipeline_register_bits < stats.register_bits
    ecp5 = core_stats(make_core(PipelineConfig(technology="ecp5")))
    assert ecp5.schedule.predicted_carry == 32 * ecp5.schedule.adders
    assert ecp5.schedule.predicted_lut4 <= 52_000
    assert ecp5.schedule.predicted_lut4 < stats.schedule.predicted_lut4


def test_words_that_wait() -> None:
    """The least that the linear program finds for the whole core."""
    found = waits(plan(PipelineConfig()).schedule, None)
    assert sum(32 * wait.cycles for wait in found) <= 69_760


@pytest.mark.parametrize(("ring", "bits"), [(16, 13_856), (31, 25_376), (61, 39_072)])
def test_words_that_wait_in_a_ring(ring: int, bits: int) -> None:
    """Those on their way into the next slot among them."""
    found = waits(plan(RingConfig(ring=ring)).schedule, None)
    assert sum(32 * wait.cycles for wait in found) <= bits


@pytest.mark.parametrize(
    ("config", "figures"),
    [
        (SerialConfig(engines=6, c_slow=2), (22.6667, 136, 2, 6, 1, 0.04412)),
        (SerialConfig(engines=1, lanes=2), (69, 69, 1, 1, 2, 0.02899)),
        (SerialConfig(engines=1, lanes=3, technology="ecp5"), (65, 65, 1, 1, 3, 0.04615)),
        (RingConfig(ring=21), (6, 6, 23, 1, 1, 0.16667)),
        (PipelineConfig(rounds=18, lanes=2), (1, 1, 1, 1, 2, 2)),
    ],
)
def test_figures_of_the_binding(config: CoreConfig, figures: tuple[float, ...]) -> None:
    """Interval, folding factor, threads, engines, lanes, hashes a cycle, whatever the core."""
    found = core_stats(make_core(config))
    assert found.hashes_a_cycle == pytest.approx(found.lanes / found.initiation_interval, abs=1e-5)
    names = ("initiation_interval", "folding_factor", "threads", "engines", "lanes")
    assert tuple(getattr(found, name) for name in (*names, "hashes_a_cycle")) == figures
    assert found.job_words > 0
