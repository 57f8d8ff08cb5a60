"""The harness on a core whose function is trivial: hits, back-pressure, reset, waveforms."""

import os

import pytest

from sluice.sim import tools
from sluice.sim.core import CHUNK, CompiledCore, Until
from tests.sim import toy

JOB = {"first": 1000, "last": 2999, "mask": 0xE0000000, "key": 0x12345678, "tag": 0xA5}


@pytest.fixture(params=[1, 7, 40], ids=lambda lanes: f"lanes{lanes}")
def lanes(request):
    return request.param


def run(model, job):
    model.write(toy.words(**job))
    model.run(1 << 20, Until.IDLE)
    return [(hit.nonce, hit.tag, hit.lanes) for hit in model.take()]


def test_finds_every_hit(lanes, rng):
    with CompiledCore(lambda: toy.ToyCore(lanes)) as model:
        for _ in range(5):
            first = rng.randrange(1 << 32)
            job = {
                "first": first,
                "last": min(first + rng.randrange(3000), 0xFFFFFFFF),
                "mask": rng.getrandbits(32) & rng.getrandbits(32) & rng.getrandbits(32),
                "key": rng.getrandbits(32),
                "tag": rng.randrange(256),
            }
            assert run(model, job) == toy.expected(**job, lanes=lanes)
        assert model.idle
        assert model.hits_lost == 0


def test_counts_cycles():
    with CompiledCore(toy.ToyCore) as model:
        before = model.cycle
        model.write(toy.words(**JOB))
        assert model.run(100, Until.LOADED) == 5
        assert model.run(1 << 20, Until.HIT) < 100
        first = model.take()
        assert [hit.nonce for hit in first] == [toy.expected(**JOB)[0][0]]
        # A cycle after its test the hit is in the queue, and leaves it at once.
        assert first[0].cycle == before + 5 + first[0].nonce - JOB["first"] + 1
        model.run(1 << 20, Until.IDLE)
        assert model.cycle == before + 5 + 2000 + (model.take()[-1].nonce == JOB["last"])
        assert (model.hashed, model.turns) == (2000, 0)
        starved = model.starved
        assert model.run(10) == 10
        assert (model.hashed, model.starved) == (2000, starved + 10)


def test_runs_in_chunks():
    job = JOB | {"last": JOB["first"] + 2 * CHUNK, "mask": 0xFFFFFF00}
    with CompiledCore(toy.ToyCore) as model:
        assert run(model, job) == toy.expected(**job)
        assert model.run(3 * CHUNK + 1) == 3 * CHUNK + 1


@pytest.mark.parametrize("pauses", range(3))
def test_back_pressure_loses_nothing_while_there_is_room(seed, pauses):
    wanted = toy.expected(**JOB)
    with CompiledCore(lambda: toy.ToyCore(depth=len(wanted)), seed=seed + pauses) as model:
        started = model.cycle
        assert run(model, JOB) == wanted
        assert model.cycle > started + 2005, "no word and no hit had to wait"
        assert model.hits_lost == 0


def test_back_pressure_counts_what_is_lost(seed):
    job = JOB | {"mask": 0}
    with CompiledCore(toy.ToyCore, seed=seed) as model:
        hits = run(model, job)
        assert set(hits) < set(toy.expected(**job))
        assert len(hits) + model.hits_lost == 2000


def test_refused_jobs_are_counted():
    with CompiledCore(toy.ToyCore) as model:
        assert run(model, JOB | {"first": 5, "last": 4}) == []
        assert model.refused == 1
        model.reset()
        assert model.refused == 0


@pytest.mark.parametrize("seeded", [False, True])
def test_reset_forgets(rng, seed, seeded):
    with CompiledCore(toy.ToyCore, seed=seed if seeded else None) as model:
        for _ in range(20):
            model.write(toy.words(**JOB))
            model.run(rng.randrange(30))
            model.reset()
            model.take()
            assert model.idle
            job = JOB | {"key": rng.getrandbits(32), "last": JOB["first"] + 50}
            assert set(run(model, job)) <= set(toy.expected(**job))


def test_models_are_separate():
    with CompiledCore(toy.ToyCore) as one, CompiledCore(toy.ToyCore) as other:
        one.write(toy.words(**JOB))
        one.run(100)
        assert not one.idle
        assert other.idle
        assert run(other, JOB) == toy.expected(**JOB)


def waveforms_missing():
    try:
        tools.require_waveforms()
    except tools.MissingTool as missing:
        return missing.format_message() if os.environ.get("CI") != "true" else ""
    return ""


@pytest.mark.skipif(bool(waveforms_missing()), reason=waveforms_missing() or "all there")
def test_waveform(tmp_path):
    path = tmp_path / "toy.fst"
    with CompiledCore(toy.ToyCore, waves=True) as model:
        model.record(path, 50)
        assert run(model, JOB) == toy.expected(**JOB)
        # Complete as soon as its last cycle has passed: an FST starts with its header block.
        content = path.read_bytes()
        assert content[:9] == b"\0" + (329).to_bytes(8, "big")
    assert path.read_bytes() == content
