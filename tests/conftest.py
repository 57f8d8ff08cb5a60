"""Fixtures for all tests: one random seed, printed, and repeatable."""

import os
import random
import signal

import pytest
from hypothesis import settings

from tests.steady import SteadyLoop

SEED = "SLUICE_SEED"

# Models are used shortly here: what compiles sooner is done sooner.
os.environ.setdefault("SLUICE_OPTIMISATION", "1")

# A shell starts its background jobs with interrupts ignored, which what they start inherits, and
# tests interrupt commands.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests carry no wall-clock limits; a failure prints how to repeat it.
settings.register_profile("sluice", deadline=None, print_blob=True)
settings.load_profile("sluice")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed once, before workers start, so that all of them use the same."""
    if not hasattr(config, "workerinput"):
        os.environ.setdefault(SEED, str(random.SystemRandom().getrandbits(32)))


def pytest_asyncio_loop_factories() -> dict[str, type[SteadyLoop]]:
    """Load on the machine is no passing of time for tests that are coroutines."""
    return {"steady": SteadyLoop}


def pytest_report_header() -> str:
    """Show the seed above the results."""
    return f"seed: {os.environ[SEED]} (repeat with {SEED}={os.environ[SEED]})"


@pytest.fixture
def seed() -> int:
    """The seed of this run."""
    value = int(os.environ[SEED], 0)
    print(f"{SEED}={value}")
    return value


@pytest.fixture
def rng(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """A generator of its own for each test, from the seed and the test's name."""
    return random.Random(f"{seed} {request.node.nodeid}")
