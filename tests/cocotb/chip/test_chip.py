"""A whole chip on simulators, at its pins, with a core small enough for them."""

import os
from pathlib import Path

import pytest

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig
from sluice.rtl.core.serial_config import SerialConfig
from tests.cocotb.runner import bench, simulators

#: With this link clock there are eight cycles a bit at the rate after a reset, which is cheapest;
#: what hosts change to is refused. With the other one there are eight then.
SLOW, FAST = 25e6 / 27, 25e6 / 3

SHAPES = {
    "bm1366": {"core": SerialConfig(engines=1), "compact": True},
    "bm1368": {"core": SerialConfig(engines=2)},
    "bm1370": {"core": SerialConfig(engines=1), "compact": True, "chain": False},
}

#: Examples whose nonce is found, and resets. On Icarus, which takes ten times as long, one of each
#: model's examples unless more are asked for.
EXAMPLES = {"verilator": "99", "icarus": os.environ.get("SLUICE_EXAMPLES", "1")}
RESETS = "6"
#: Ways back to the rate after reset, of two: with a break or without. On Icarus one by chance.
RESTARTS = {"verilator": "2", "icarus": "1"}
CASES = {"verilator": "frames,sequences,examples,resets", "icarus": "frames,sequences,examples"}


@pytest.mark.parametrize("model", SHAPES)
@pytest.mark.parametrize("simulator", simulators)
def test_chip(simulator: str, model: str, seed: int, tmp_path: Path) -> None:
    link_clock = FAST if (simulator, model) == ("verilator", "bm1370") else SLOW
    config = ChipConfig(model=model, link_clock=link_clock, **SHAPES[model])
    environment = {
        "MODEL": model,
        "LINK_CLOCK": str(config.link_clock),
        "CHAIN": str(config.chain),
        "EXAMPLES": EXAMPLES[simulator],
        "RESETS": RESETS,
    }
    options = {"here": __file__, "seed": seed, "environment": environment}
    cases = CASES[simulator]
    ran = bench(
        Chip(config), "bench_chip", simulator, build_dir=tmp_path, testcase=cases, **options
    )
    assert ran == len(cases.split(","))


@pytest.mark.parametrize("simulator", simulators)
def test_restart(simulator: str, seed: int, tmp_path: Path) -> None:
    """The way back to the rate after reset, on the line itself."""
    config = ChipConfig(
        core=SerialConfig(engines=1), link_clock=FAST, compact=True, chain=False, model="bm1370"
    )
    environment = {"LINK_CLOCK": str(config.link_clock), "RESTARTS": RESTARTS[simulator]}
    options = {"here": __file__, "seed": seed, "environment": environment}
    assert bench(Chip(config), "bench_restart", simulator, build_dir=tmp_path, **options) == 1
