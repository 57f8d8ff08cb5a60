"""The link on simulators, at its pins."""

import pytest

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.link import Link
from tests.cocotb.runner import bench, simulators

#: Eight cycles a bit at the rate after reset, and little patience, to be quick.
SLOW = {"clock": 25e6 / 27, "timeout_bits": 64}

pytestmark = pytest.mark.parametrize("simulator", simulators)


def test_link(simulator, seed, tmp_path):
    link = Link(LinkConfig(model="bm1370", **SLOW))
    options = {"here": __file__, "seed": seed, "environment": {"MODEL": "bm1370"}}
    assert bench(link, "bench_link", simulator, build_dir=tmp_path, **options) == 13


@pytest.mark.parametrize("model", ["bm1366", "bm1368"])
def test_models(simulator, model, seed, tmp_path):
    link = Link(LinkConfig(model=model, **SLOW))
    options = {"here": __file__, "seed": seed, "environment": {"MODEL": model}}
    cases = "sequences,short_answers,results,registers"
    assert bench(link, "bench_link", simulator, build_dir=tmp_path, testcase=cases, **options) == 4
