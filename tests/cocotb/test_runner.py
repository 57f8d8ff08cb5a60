"""The runner itself: it runs on both simulators, and it notices failing and missing benches."""

import pytest
from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from tests.cocotb.runner import bench, simulators


class Counter(wiring.Component):
    enable: In(1)
    count: Out(8)

    def elaborate(self, platform):
        m = Module()
        with m.If(self.enable):
            m.d.sync += self.count.eq(self.count + 1)
        return m


@pytest.mark.parametrize("simulator", simulators)
def test_passes(simulator, seed, tmp_path):
    options = {"environment": {"EXPECTED": "yes"}, "here": __file__, "seed": seed}
    assert bench(Counter(), "bench_counter", simulator, build_dir=tmp_path, **options) == 2


@pytest.mark.parametrize("simulator", simulators)
def test_notices(simulator, seed, tmp_path):
    options = {"environment": {"EXPECTED": "no"}, "here": __file__, "seed": seed}
    with pytest.raises(
        AssertionError, match=f"1 of 2 cases of bench_counter failed on {simulator}"
    ):
        bench(Counter(), "bench_counter", simulator, build_dir=tmp_path, **options)


def test_notices_empty(seed, tmp_path):
    options = {"testcase": "nothing", "here": __file__, "seed": seed}
    with pytest.raises(AssertionError, match="bench_counter has no case nothing"):
        bench(Counter(), "bench_counter", "verilator", build_dir=tmp_path, **options)
