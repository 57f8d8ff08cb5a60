"""Searches on the real core: everything that the reference finds, and nothing else."""

from dataclasses import replace

import pytest

from sluice.rtl.core import PipelineConfig, make_core
from sluice.sim import reference
from sluice.sim.catalogue import block, blocks
from sluice.sim.core import Hit
from sluice.sim.search import LAST_NONCE, Job, Result, Searcher, lane_versions


@pytest.fixture(scope="module", params=[1, 2], ids=lambda lanes: f"lanes{lanes}")
def searcher(request):
    searcher = Searcher(PipelineConfig(lanes=request.param))
    yield searcher
    searcher.close()


def lanes_of(searcher):
    return searcher._config.lanes


def expected(job, lanes):
    headers = [job.header.with_version(v) for v in lane_versions(job.header, lanes)]
    candidates = (
        header.with_w19(nonce) for nonce in range(job.first, job.last + 1) for header in headers
    )
    return [header for header in candidates if reference.leading_zeros(header) >= job.mask_bits]


@pytest.mark.parametrize("bits", [0, 1, 6, 9, 32])
def test_finds_what_the_reference_finds(searcher, rng, bits):
    found = rng.choice(blocks())
    size = 3000 if bits else 300
    job = Job.window(found.header, size, rng.randrange(size), bits)
    result = searcher.search(job)
    assert result.found == expected(job, lanes_of(searcher))
    assert found.header in result.found
    assert result.wrong == []
    assert result.hashes == size * lanes_of(searcher)
    assert result.cycles > size


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 7), (LAST_NONCE - 7, LAST_NONCE)])
def test_ends_of_the_range(searcher, first, last):
    job = Job(header=block(0).header, first=first, last=last, mask_bits=0)
    result = searcher.search(job)
    assert result.found == expected(job, lanes_of(searcher))
    assert result.wrong == []


@pytest.mark.parametrize("offset", [0, 1, 99])
def test_own_nonce_anywhere_in_the_window(searcher, offset):
    header = block(0).header
    job = Job.window(header, 100, offset, 32)
    assert header.w19 - job.first == offset
    assert searcher.search(job).found == [header]


def test_until_hit(searcher, rng):
    job = Job(
        header=block(0).header,
        first=rng.randrange(1 << 31),
        last=LAST_NONCE,
        mask_bits=3,
        until_hit=True,
    )
    result = searcher.search(job)
    assert result.wrong == []
    assert result.found == expected(
        replace(job, last=job.first + result.hashes // lanes_of(searcher) - 1),
        lanes_of(searcher),
    )
    # Dozens of hits were on their way; the next search has none of them.
    header = block(0).header
    result = searcher.search(Job.window(header, 100, 1, 32))
    assert (result.found, result.wrong) == ([header], [])


def test_latency_is_the_one_that_the_core_states(searcher):
    core = make_core(searcher._config)
    core._MustUse__silence = True
    assert searcher.latency() == core.latency


@pytest.mark.parametrize(
    ("hit", "complaint"),
    [
        (Hit(0, 0x1DAC2B7C, 1, 1), None),
        (Hit(0, 0x1DAC2B7D, 1, 1), "nonce 0x1dac2b7d in lane 0: not confirmed by the reference"),
        (Hit(0, 0x1DAC2B7C, 2, 1), "nonce 0x1dac2b7c: reported, but not of this job"),
        (Hit(0, 0x1DAC2B80, 1, 1), "nonce 0x1dac2b80: reported, but not of this job"),
        (Hit(0, 0x1DAC2B7C, 1, 0), "nonce 0x1dac2b7c: reported, but not of this job"),
    ],
)
def test_complains(searcher, hit, complaint):
    header = block(0).header
    job = Job(header=header, first=header.w19, last=header.w19 + 1, mask_bits=32)
    searcher._tag = 1
    _, wrong = searcher._confirm(job, [header], [hit])
    assert wrong[: 1 if complaint else None] == ([complaint] if complaint else [])


def test_complains_of_repeated_and_missing(searcher):
    header = block(0).header
    job = Job(header=header, first=header.w19, last=header.w19, mask_bits=32)
    searcher._tag = 1
    hit = Hit(0, header.w19, 1, 1)
    assert searcher._confirm(job, [header], [hit, hit])[1] == ["1 hits reported twice"]
    missing = ["nonce 0x1dac2b7c: not found, though it is in the range"]
    assert searcher._confirm(job, [header], []) == ([], missing)


def test_windows_stay_in_the_range_of_nonces():
    header = block(0).header.with_w19(5)
    assert Job.window(header, 100, 50, 32).first == 0
    header = header.with_w19(LAST_NONCE - 5)
    job = Job.window(header, 100, 50, 32)
    assert (job.first, job.last) == (LAST_NONCE - 99, LAST_NONCE)
    job = Job.window(header, LAST_NONCE + 1, 12345, 32)
    assert (job.first, job.last) == (0, LAST_NONCE)


def test_lane_versions_roll_bits_only():
    header = block(850752).header
    versions = lane_versions(header, 8)
    assert versions[0] == header.version
    assert len(set(versions)) == 8
    assert all((version ^ header.version) & ~0x1FFFE000 == 0 for version in versions)


def test_results_without_hits_are_results():
    assert Result([], [], 1, 1, 0.0).found == []
