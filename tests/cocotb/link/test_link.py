"""The link on simulators, at its pins."""

import pytest
from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.interface import ChipControl, JobWord, ParameterWrite, Result, Status
from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.link import Link
from tests.cocotb.runner import bench, simulators

#: Eight cycles a bit at the rate after reset, and little patience, to be quick.
SLOW = {"clock": 25e6 / 27, "timeout_bits": 64}

#: All benches of one link.
BENCHES = "bench_link,bench_registers,bench_faults"

on_both = pytest.mark.parametrize("simulator", simulators)

SIZES = {"large": False, "compact": True}


def sizes(on_icarus: str) -> pytest.MarkDecorator:
    """Both kinds of register files on Verilator, and one of them on Icarus, which is slow."""
    chosen = [
        pytest.param(*simulator.values, compact, marks=simulator.marks, id=f"{name}-{simulator.id}")
        for simulator in simulators
        for name, compact in SIZES.items()
        if name == on_icarus or simulator.values != ("icarus",)
    ]
    return pytest.mark.parametrize(("simulator", "compact"), chosen)


@sizes("compact")
def test_link(simulator, compact, seed, tmp_path):
    link = Link(LinkConfig(model="bm1370", compact=compact, **SLOW))
    environment = {"MODEL": "bm1370", "COMPACT": str(int(compact))}
    options = {"here": __file__, "seed": seed, "environment": environment}
    assert bench(link, BENCHES, simulator, build_dir=tmp_path, **options) == 15


@on_both
@pytest.mark.parametrize("model", ["bm1366", "bm1368"])
def test_models(simulator, model, seed, tmp_path):
    link = Link(LinkConfig(model=model, **SLOW))
    options = {"here": __file__, "seed": seed, "environment": {"MODEL": model}}
    cases = "sequences,short_answers,results,registers"
    assert bench(link, BENCHES, simulator, build_dir=tmp_path, testcase=cases, **options) == 4


@pytest.mark.parametrize("simulator", simulators[:1])
@pytest.mark.parametrize("model", ["bm1362", "bm1373"])
def test_newer_models(simulator, model, seed, tmp_path):
    """What their drivers send is answered frame by frame. They differ in constants alone."""
    link = Link(LinkConfig(model=model, **SLOW))
    options = {"here": __file__, "seed": seed, "environment": {"MODEL": model}}
    cases = "sequences,results"
    assert bench(link, BENCHES, simulator, build_dir=tmp_path, testcase=cases, **options) == 2


class Chain(wiring.Component):
    """Three links, the first at the host."""

    chips = 3

    def __init__(self, config):
        self.config = config
        super().__init__(
            {
                "rx": In(1, init=1),
                "tx": Out(1),
                "next_tx": Out(1),
                "next_rx": In(1, init=1),
                "jobs": Out(stream.Signature(JobWord)).array(self.chips),
                "results": In(stream.Signature(Result)).array(self.chips),
                "control": Out(ChipControl).array(self.chips),
                "parameter": Out(ParameterWrite).array(self.chips),
                "status": In(Status).array(self.chips),
            }
        )

    def elaborate(self, platform):
        m = Module()
        towards, back = self.rx, self.tx
        for i in range(self.chips):
            m.submodules[f"link{i}"] = link = Link(self.config)
            wiring.connect(m, link.jobs, wiring.flipped(self.jobs[i]))
            wiring.connect(m, wiring.flipped(self.results[i]), link.results)
            m.d.comb += [
                self.control[i].eq(link.control),
                self.parameter[i].eq(link.parameter),
                link.status.eq(self.status[i]),
                link.rx.eq(towards),
                back.eq(link.tx),
            ]
            towards, back = link.next_tx, link.next_rx
        m.d.comb += [self.next_tx.eq(towards), back.eq(self.next_rx)]
        return m


@sizes("large")
def test_chain(simulator, compact, seed, tmp_path):
    chain = Chain(LinkConfig(compact=compact, **SLOW))
    options = {"here": __file__, "seed": seed}
    assert bench(chain, "bench_chain", simulator, build_dir=tmp_path, **options) == 6


@sizes("compact")
def test_noise(simulator, compact, seed, tmp_path):
    frames = {"icarus": "150", "verilator": "1200"}[simulator]
    link = Link(LinkConfig(clock=SLOW["clock"], timeout_bits=32, compact=compact))
    options = {"here": __file__, "seed": seed, "environment": {"FRAMES": frames}}
    assert bench(link, "bench_noise", simulator, build_dir=tmp_path, **options) == 1


@sizes("large")
def test_baud(simulator, compact, seed, tmp_path):
    link = Link(LinkConfig(clock=12e6, compact=compact))
    options = {"here": __file__, "seed": seed}
    assert bench(link, "bench_baud", simulator, build_dir=tmp_path, **options) == 1
