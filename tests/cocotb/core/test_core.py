"""The whole core, all its rounds, on simulators, at its ports."""

import pickle
from pathlib import Path

import pytest

from sluice.rtl.core import CoreConfig, PipelineCore
from tests.cocotb.core.scoreboard import Shape
from tests.cocotb.runner import bench, simulators


@pytest.mark.parametrize("simulator", simulators)
def test_core(simulator: str, seed: int, tmp_path: Path) -> None:
    config = CoreConfig()
    core = PipelineCore(config)
    # The clock of the test follows the schedule's last, and a register.
    delay = core.plan.schedule.latency + 1
    shape = Shape(core.plan.program, delay=delay, latency=core.latency, queue=config.queue)
    # The bench would take longer to schedule the core than to simulate it.
    file = tmp_path / "shape"
    file.write_bytes(pickle.dumps(shape))
    environment = {"SHAPE": str(file), "JOBS": {"icarus": "5", "verilator": "30"}[simulator]}
    options = {"here": __file__, "seed": seed, "environment": environment, "optimise": "-O0"}
    assert bench(core, "bench_core", simulator, build_dir=tmp_path, **options) == 9
