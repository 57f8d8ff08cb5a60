"""What Prometheus reads, read by its own parser."""

import subprocess

import httpx
from prometheus_client.parser import text_string_to_metric_families

from sluice.firmware.stats import ChainState, MinerState, PoolState
from tests.firmware.api.daemon import NOW, Daemon, empty, snapshot
from tests.firmware.api.served import served
from tests.firmware.needs import PROMTOOL, needs_promtool

POOL = "stratum+tcp://pool.example.com:3333"


async def exposed(daemon):
    async with served(daemon, only=("metrics",)) as chosen:
        url = f"http://127.0.0.1:{chosen.metrics.port}/metrics"
        async with httpx.AsyncClient(trust_env=False) as session:
            answer = await session.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return answer.text


async def samples(daemon):
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(await exposed(daemon))
        for sample in family.samples
    }


async def test_metrics():
    found = await samples(Daemon())
    expected = {
        ("build_info", "0.1.0"): 1,
        ("start_time_seconds",): NOW - 90061.5,
        ("hashrate_hashes_per_second",): 300e6,
        ("expected_hashrate_hashes_per_second",): 600e6,
        ("best_difficulty",): 123456.7,
        ("best_difficulty_ever",): 9.87e9,
        ("network_blocks_total",): 150,
        ("results_dropped_total", "unknown-job"): 3,
        ("blocks_found_total",): 2,
        ("pool_shares_total", "0", "accepted", POOL): 98,
        ("pool_shares_total", "0", "stale", POOL): 1,
        ("pool_shares_total", "0", "rejected", POOL): 3,
        ("pool_shares_rejected_total", "0", "Job|not=found, <b>x</b>\\", POOL): 1,
        ("pool_share_difficulty_total", "0", "accepted", POOL): 50176,
        ("pool_shares_never_answered_total", "0", POOL): 4,
        ("pool_unusable_messages_total", "0", POOL): 2,
        ("pool_unusable_messages_by_kind_total", "0", "mining.set_difficulty", POOL): 2,
        ("pool_response_seconds_bucket", "0", "0.05", POOL): 100,
        ("pool_response_seconds_bucket", "+Inf", "0", POOL): 102,
        ("pool_response_seconds_count", "0", POOL): 102,
        ("pool_response_seconds_sum", "0", POOL): 4.2,
        ("pool_last_share_time_seconds", "0", POOL): NOW - 12,
        ("chain_clock_hertz", "/dev/ttyUSB0", "0"): 150e6,
        ("chain_shares_total", "/dev/ttyUSB0", "0", "accepted"): 98,
        ("chip_results_dropped_total", "0", "1", "bad-hash"): 1,
        ("chip_results_dropped_total", "0", "1", "stale"): 0,
        ("chip_hashrate_hashes_per_second", "0", "1"): 150e6,
        ("chip_work_hashes_total", "0", "0"): 1000 * 256 << 32,
    }
    for (name, *labels), value in expected.items():
        assert found[f"sluice_{name}", *labels] == value, (name, labels)
    # The process is this one.
    assert found["process_resident_memory_bytes",] > 1e6
    assert found["process_cpu_seconds_total",] > 0


async def test_states_are_sets():
    """One series for each state; exactly one of them is 1."""
    found = await samples(Daemon())

    def states(name, *labels):
        return {
            value: found[f"sluice_{name}", *sorted((*labels, value))]
            for value in {key[at] for key in found for at in range(1, len(key))}
            if (f"sluice_{name}", *sorted((*labels, value))) in found
        }

    assert states("state") == {state: state == "mining" for state in MinerState}
    pool = states("pool_state", "0", POOL)
    assert pool == {state: state == "active" for state in PoolState}
    chain = states("chain_state", "1", "/dev/ttyUSB1")
    assert chain == {state: state == "failed" for state in ChainState}


def test_the_state_of_it_all():
    assert snapshot(paused=True).state is MinerState.PAUSED
    assert snapshot(active_pool=None).state is MinerState.NO_WORK
    assert (empty().state, snapshot().state) == (MinerState.NO_CHIPS, MinerState.MINING)


async def test_what_is_not_known_is_not_told():
    found = await samples(Daemon(empty(), []))
    for name in ("network_difficulty", "expected_hashrate_hashes_per_second"):
        assert (f"sluice_{name}",) not in found
    assert found["sluice_results_total",] == 0
    assert found["sluice_results_dropped_total", "bad-hash"] == 0


async def test_help_is_a_sentence():
    lines = (await exposed(Daemon())).splitlines()
    help_lines = [line for line in lines if line.startswith("# HELP sluice_")]
    assert len(help_lines) > 40
    for line in help_lines:
        _, _, _, text = line.split(" ", 3)
        assert text[0].isupper(), line
        assert text.endswith("."), line
        assert len(text.split()) >= 3, line


@needs_promtool
async def test_promtool_has_nothing_to_say():
    text = await exposed(Daemon())
    command = [PROMTOOL, "check", "metrics"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def test_only_metrics():
    async with (
        served(Daemon(), only=("metrics",)) as chosen,
        httpx.AsyncClient(trust_env=False) as session,
    ):
        answer = await session.get(f"http://127.0.0.1:{chosen.metrics.port}/api/v1/status")
    assert answer.status_code == 404
