"""Three links at the clock of a board. Only on Icarus, which is ready sooner."""

import pytest

from sluice.rtl.link.config import LinkConfig
from tests.cocotb.link.test_link import Chain
from tests.cocotb.runner import bench, simulators


@pytest.mark.parametrize("simulator", simulators[:1])
def test_baud_chain(simulator, seed, tmp_path):
    options = {"here": __file__, "seed": seed}
    chain = Chain(LinkConfig(clock=12e6))
    assert bench(chain, "bench_baud_chain", simulator, build_dir=tmp_path, **options) >= 1
