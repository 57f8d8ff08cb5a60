"""Pipelines with optimisations switched off hash the same, with more registers and more to do."""

import random

import pytest
from Crypto.Hash import SHA256

from sluice.boards.asic.ladder import pipelines
from sluice.boards.asic.levers import LEVERS, LeverConfig, title
from sluice.rtl.core import ConfigError, PipelineConfig
from sluice.rtl.core.mining import header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.hls.check import check
from sluice.rtl.hls.interpret import interpret
from sluice.rtl.hls.ir import BindingTime, Source
from sluice.rtl.hls.lifetimes import waits
from sluice.rtl.hls.ops import Op

PLAINEST = LeverConfig(technology="asic", ram_from=0, hoist=False, retime=False)


def registers(config):
    return sum(wait.cycles for wait in waits(plan(config).schedule, None))


@pytest.mark.parametrize("on", range(len(LEVERS)))
def test_it_hashes(on: int, rng: random.Random) -> None:
    config = pipelines()[on].config
    made = plan(config)
    check(made.schedule)
    for _ in range(3):
        header = [rng.getrandbits(32) for _ in range(20)]
        block = b"".join(word.to_bytes(4, "big") for word in header)
        digest = SHA256.new(SHA256.new(block).digest()).digest()
        graph = made.schedule.graph
        (found,) = interpret([graph.outputs["h7_0"]], header_inputs(header, [header[0]]))
        assert found == int.from_bytes(digest[28:], "big")


def test_the_plainest_one_does_everything_for_each_nonce() -> None:
    """Its job words are the midstate and three words of the header; a round has a cycle."""
    made = plan(PLAINEST)
    inputs = {word.kind for word in made.schedule.job_uses}
    assert inputs == {Source.INPUT}
    assert len(made.schedule.job_uses) == 8 + 3
    assert not made.program.instructions
    operations = [node for node in made.schedule.nodes if isinstance(node.kind, Op)]
    assert all(node.known is BindingTime.NONCE for node in operations)
    hoisted = plan(LeverConfig(technology="asic", ram_from=0, retime=False))
    assert len(hoisted.schedule.nodes) < len(made.schedule.nodes)
    assert made.schedule.latency == 65 + 64


def test_its_registers_shift() -> None:
    """Between two rounds of the second hash are eight words of state and a window of sixteen."""
    made = plan(PLAINEST).schedule
    alive = sum(made.cycle[node] < 100 <= uses[-1] for node, uses in made.uses.items() if uses)
    # And the nonce, on its way to the hit.
    assert alive == 8 + 16 + 1


def test_retiming_has_fewer_registers() -> None:
    assert registers(PipelineConfig(technology="asic", ram_from=0)) < registers(PLAINEST)


def test_titles() -> None:
    rungs = [rung.config for rung in pipelines()]
    assert title(rungs[0]) == ("pipeline technology=asic ram_from=0 without hoist, retime")
    assert title(rungs[2]) == "pipeline technology=asic ram_from=0"


def test_retiming_builds_on_hoisting() -> None:
    with pytest.raises(ConfigError, match="hoist must be True with retime, not False"):
        LeverConfig(hoist=False)
