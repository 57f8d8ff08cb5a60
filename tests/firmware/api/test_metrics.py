"""What Prometheus reads, read by its own parser."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.firmware.api.daemon import Daemon, empty
from tests.firmware.api.served import served


async def samples(daemon):
    async with served(daemon, only=("metrics",)) as chosen:
        url = f"http://127.0.0.1:{chosen.metrics.port}/metrics"
        async with httpx.AsyncClient(trust_env=False) as session:
            answer = await session.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_metrics():
    found = await samples(Daemon())
    pool = "stratum+tcp://pool.example.com:3333"
    assert found["sluice_hashrate", "chips"] == 300e6
    assert found["sluice_hashrate", "expected"] == 600e6
    assert found["sluice_uptime_seconds",] == 90061.5
    assert found["sluice_shares_total", "", "0", "accepted", pool] == 98
    assert found["sluice_shares_total", "", "0", "stale", pool] == 1
    assert found["sluice_shares_total", "0", "Job|not=found, <b>x</b>\\", "rejected", pool] == 1
    assert found["sluice_share_difficulty_total", "0", "accepted", pool] == 50176
    assert found["sluice_pool_active", "0", pool] == 1
    assert found["sluice_chip_dropped_total", "0", "1", "bad-hash"] == 1
    assert found["sluice_chip_hashrate", "0", "1", "chips"] == 150e6
    assert found["sluice_chain_state", "/dev/ttyUSB1", "1", "failed"] == 1
    assert found["sluice_blocks_found_total",] == 2
    assert found["sluice_best_difficulty", "ever"] == 9.87e9


async def test_what_is_not_known_is_not_told():
    found = await samples(Daemon(empty(), []))
    assert ("sluice_network_difficulty",) not in found
    assert found["sluice_results_total",] == 0


async def test_only_metrics():
    async with (
        served(Daemon(), only=("metrics",)) as chosen,
        httpx.AsyncClient(trust_env=False) as session,
    ):
        answer = await session.get(f"http://127.0.0.1:{chosen.metrics.port}/api/v1/status")
    assert answer.status_code == 404
