"""Whole cores, all their rounds, on simulators, at their ports."""

import pickle
from pathlib import Path

import pytest

from sluice.rtl.core import make_core
from sluice.rtl.core.config import CoreConfig, PipelineConfig, RingConfig
from tests.cocotb.core.scoreboard import Shape
from tests.cocotb.runner import bench, simulators
from tests.rtl.core.window import Window

#: The queue of the ring is short, so that the hits of one block can fill it.
CORES: dict[str, CoreConfig] = {"pipeline": PipelineConfig(), "ring": RingConfig(ring=21, queue=4)}
#: Jobs that replace each other. Those of a ring take as many times longer as it has slots.
JOBS = {
    ("pipeline", "icarus"): "5",
    ("pipeline", "verilator"): "30",
    ("ring", "icarus"): "3",
    ("ring", "verilator"): "12",
}
#: On Icarus a pipeline, of which each round is hardware of its own, takes a millisecond a cycle.
CASES = {("pipeline", "icarus"): ["real_blocks", "back_pressure", "reset_while_loading"]}


@pytest.mark.parametrize("simulator", simulators)
@pytest.mark.parametrize("kind", CORES)
def test_core(kind: str, simulator: str, seed: int, tmp_path: Path) -> None:
    config = CORES[kind]
    core = make_core(config)
    shape = Shape(
        core.plan.program,
        delay=core.plan.latency,
        latency=core.latency,
        queue=config.queue,
        window=Window.of(config),
    )
    # The bench would take longer to schedule the core than to simulate it.
    file = tmp_path / "shape"
    file.write_bytes(pickle.dumps(shape))
    environment = {"SHAPE": str(file), "JOBS": JOBS[kind, simulator]}
    options = {"here": __file__, "seed": seed, "environment": environment, "optimise": "-O0"}
    cases = CASES.get((kind, simulator))
    ran = bench(
        core,
        "bench_core",
        simulator,
        build_dir=tmp_path,
        testcase=",".join(cases) if cases else None,
        **options,
    )
    assert ran == (len(cases) if cases else 9)
