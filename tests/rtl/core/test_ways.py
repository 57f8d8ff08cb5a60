"""New bindings need nothing else: the same core hashes each nonce of each job exactly once."""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.core.serial_config import SerialConfig
from sluice.sim.catalogue import blocks

from .bench import random_header
from .serial_bench import SerialBench, Work, nonces
from .test_serial import LAST, in_order
from .ways import SerialLanes, TwoRounds

WAYS: dict[str, SerialConfig] = {"two rounds": TwoRounds(), "serial lanes": SerialLanes()}


@pytest.fixture(scope="module", params=WAYS)
def core(request: pytest.FixtureRequest) -> Iterator[SerialBench]:
    with SerialBench(WAYS[request.param], queue=8) as made:
        yield made


def test_real_block(core: SerialBench, rng: random.Random) -> None:
    core.begin(rng.randrange(core.period))
    for tag, block in enumerate(blocks()[::9]):
        first = max(0, block.header.w19 - rng.randrange(20))
        core.load(Work(block.header, first, min(LAST, first + 30), tag, LAST))
        assert nonces(core.until_idle(), tag) == [block.header.w19]


@pytest.mark.parametrize("more", range(4))
def test_each_nonce_once(core: SerialBench, more: int, rng: random.Random) -> None:
    """One job after the other, which is written at any time, and the range's end."""
    for phase in range(0, core.period, 7):
        core.begin(rng.randrange(core.period))
        first = rng.randrange(LAST - 100)
        one = Work(random_header(rng), first, first + 9 + more, 1)
        two = Work(random_header(rng), LAST - more, LAST, 2, next=True)
        core.load(one)
        core.until_loaded()
        core.run(phase)
        core.load(two)
        in_order(core, core.until_idle(), (1, one.first, one.last), (2, two.first, two.last))


def test_a_job_that_replaces_another(core: SerialBench, rng: random.Random) -> None:
    """All nonces before it, none after it, and all of its own."""
    for phase in range(0, core.period, 5):
        core.begin()
        old = Work(random_header(rng), 0x1000, 0x2000, 1)
        new = Work(random_header(rng), 0x3000, 0x3005, 2)
        core.load(old)
        core.until_loaded()
        core.run(2 * core.period + phase)
        core.load(new)
        hits = core.until_idle()
        done = nonces(hits, 1)
        assert done == [*range(old.first, old.first + len(done))]
        assert len(done) in range(core.together, 7 * core.together)
        assert nonces(hits, 2) == core.due(new)
