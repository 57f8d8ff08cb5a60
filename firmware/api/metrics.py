"""What Prometheus reads: one snapshot, as metrics.

Each has one meaning and a base unit in its name, so that counts and rates can be summed over any
label. A state is a set of series, one for each state that there is, of which exactly one is 1.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import accumulate
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, ProcessCollector, make_asgi_app
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..control import Control
from ..responses import BOUNDS, Responses
from ..stats import ChainState, Chip, Drop, MinerState, Pool, PoolState, Snapshot, Verdicts

__all__ = ["metrics_app"]

Row = tuple[list[str], float]

Held = TypeVar("Held")

POOL, CHAIN, CHIP = ["pool", "url"], ["chain", "path"], ["chain", "chip"]


def _family(
    kind: type[GaugeMetricFamily] | type[CounterMetricFamily],
    name: str,
    text: str,
    labels: list[str],
    rows: Iterable[Row],
) -> Metric:
    family = kind(f"sluice_{name}", text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _gauge(name: str, text: str, labels: list[str], rows: Iterable[Row]) -> Metric:
    return _family(GaugeMetricFamily, name, text, labels, rows)


def _counter(name: str, text: str, labels: list[str], rows: Iterable[Row]) -> Metric:
    return _family(CounterMetricFamily, name, text, labels, rows)


class _Holders(Generic[Held]):
    """Metrics of all pools, chains or chips.

    Parameters
    ----------
    names
        Of the labels that tell them apart.
    holders
        The values of these labels, and what they belong to.
    """

    def __init__(self, names: list[str], holders: list[tuple[list[str], Held]]) -> None:
        self._names = names
        self._holders = holders

    def _rows(self, value: Callable[[Held], float | None]) -> Iterator[Row]:
        """What is not known is not told."""
        for labels, holder in self._holders:
            number = value(holder)
            if number is not None:
                yield labels, number

    def gauge(self, name: str, text: str, value: Callable[[Held], float | None]) -> Metric:
        """One series each."""
        return _gauge(name, text, self._names, self._rows(value))

    def counter(self, name: str, text: str, value: Callable[[Held], float | None]) -> Metric:
        """One series each."""
        return _counter(name, text, self._names, self._rows(value))

    def counters(
        self, name: str, text: str, label: str, counts: Callable[[Held], Mapping[str, float]]
    ) -> Metric:
        """One series for each of them and each thing that is counted apart."""
        rows = (
            ([*labels, what], float(count))
            for labels, holder in self._holders
            for what, count in counts(holder).items()
        )
        return _counter(name, text, [*self._names, label], rows)

    def states(
        self, name: str, text: str, kind: type[StrEnum], state: Callable[[Held], StrEnum]
    ) -> Metric:
        """One series for each of them and each state."""
        rows = (
            ([*labels, each.value], float(state(holder) is each))
            for labels, holder in self._holders
            for each in kind
        )
        return _gauge(name, text, [*self._names, "state"], rows)

    def histogram(self, name: str, text: str, times: Callable[[Held], Responses]) -> Metric:
        """One histogram each."""
        family = HistogramMetricFamily(f"sluice_{name}", text, labels=self._names)
        for labels, holder in self._holders:
            found = times(holder)
            bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
            buckets = zip(bounds, accumulate(found.classes), strict=True)
            family.add_metric(labels, buckets=list(buckets), sum_value=found.total)
        return family


def _dropped(counts: Mapping[str, int]) -> dict[str, int]:
    """Those that have not happened too: a counter that begins with one is no increase."""
    return {**{str(reason): 0 for reason in Drop}, **counts}


def _whole(now: Snapshot) -> Iterator[Metric]:
    all_of_it = _Holders([], [([], now)])
    gauge, counter = all_of_it.gauge, all_of_it.counter
    yield InfoMetricFamily("sluice_build", "Version of the daemon.", {"version": now.version})
    yield gauge("start_time_seconds", "Unix time when the daemon started.", lambda s: s.started_at)
    text = "Whether the miner is in this state; exactly one of them is 1."
    yield all_of_it.states("state", text, MinerState, lambda s: s.state)
    yield gauge(
        "hashrate_hashes_per_second",
        "Hash rate over the last minute by the chips' own counters.",
        lambda s: s.rates.chips.minute_1,
    )
    yield gauge(
        "expected_hashrate_hashes_per_second",
        "Hash rate that follows from the clock and the cores of the chips at work.",
        lambda s: s.rates.expected,
    )
    text = "Difficulty of the best result since the daemon started."
    yield gauge("best_difficulty", text, lambda s: s.best_difficulty)
    text = "Difficulty of the best result ever, which outlasts the daemon."
    yield gauge("best_difficulty_ever", text, lambda s: s.best_difficulty_ever)
    text = "Difficulty of the block that is worked on."
    yield gauge("network_difficulty", text, lambda s: s.network_difficulty)
    yield counter("network_blocks", "Blocks that were built on.", lambda s: s.tip.seen)
    yield counter("jobs", "Jobs that were made of templates.", lambda s: s.jobs)
    yield counter("results", "Results of chips that were confirmed.", lambda s: s.results)
    text = "Results of chips that went no further, by reason."
    yield all_of_it.counters("results_dropped", text, "reason", lambda s: _dropped(s.dropped))
    text = "Results that were good enough for a block."
    yield counter("blocks_found", text, lambda s: s.blocks_found)


def _shares(counts: Verdicts) -> dict[str, float]:
    rejected = counts.rejected_total
    return {"accepted": counts.accepted, "stale": counts.stale, "rejected": rejected}


def _pools(now: Snapshot) -> Iterator[Metric]:
    pools = _Holders(POOL, [([str(pool.index), pool.url], pool) for pool in now.pools])
    gauge, counter, counters = pools.gauge, pools.counter, pools.counters
    text = "Whether the pool is in this state; exactly one of them is 1."
    yield pools.states("pool_state", text, PoolState, lambda p: p.state)

    def weighed(pool: Pool) -> dict[str, float]:
        counts = pool.counts
        return {
            "accepted": counts.accepted_difficulty,
            "stale": counts.stale_difficulty,
            "rejected": counts.rejected_difficulty,
        }

    text = "Shares by the pool's verdict."
    yield counters("pool_shares", text, "verdict", lambda p: _shares(p.counts))
    text = "Difficulty of shares, summed, by the pool's verdict."
    yield counters("pool_share_difficulty", text, "verdict", weighed)
    text = "Rejected shares by the pool's reason."
    yield counters("pool_shares_rejected", text, "reason", lambda p: p.counts.rejected)
    text = "Shares that the pool has not judged yet."
    yield gauge("pool_shares_unanswered", text, lambda p: p.counts.unanswered)
    text = "Shares whose connection ended before the pool had judged them."
    yield counter("pool_shares_never_answered", text, lambda p: p.counts.never_answered)
    text = "Messages of the pool that could not be used or were not expected."
    yield counter("pool_unusable_messages", text, lambda p: p.counts.unusable.total())
    text = "Messages of the pool that could not be used or were not expected, by kind."
    yield counters("pool_unusable_messages_by_kind", text, "kind", lambda p: p.counts.unusable)
    yield pools.histogram(
        "pool_response_seconds",
        "Time that the pool took to answer a share or a block.",
        lambda p: p.counts.responses,
    )
    yield gauge("pool_difficulty", "Difficulty that shares need now.", lambda p: p.difficulty)
    text = "Connections that were made to the pool."
    yield counter("pool_connections", text, lambda p: p.counts.connections)
    text = "Sessions with the pool that could not begin or ended with a complaint."
    yield counter("pool_failures", text, lambda p: p.counts.failures)
    yield counter("pool_jobs", "Templates that the pool has sent.", lambda p: p.counts.jobs)
    text = "Results good enough for a block that were handed in."
    yield counter("pool_block_candidates", text, lambda p: p.counts.candidates)
    yield counter("pool_blocks", "Blocks that a node has accepted.", lambda p: p.counts.blocks)
    text = "Unix time of the last accepted share."
    yield gauge("pool_last_share_time_seconds", text, lambda p: p.counts.last_share_at)
    text = "Unix time of the last template."
    yield gauge("pool_last_job_time_seconds", text, lambda p: p.counts.last_job_at)


def _chains(now: Snapshot) -> Iterator[Metric]:
    chains = _Holders(CHAIN, [([str(chain.index), chain.path], chain) for chain in now.chains])
    text = "Whether the port is in this state; exactly one of them is 1."
    yield chains.states("chain_state", text, ChainState, lambda c: c.state)
    yield chains.gauge("chain_chips", "Chips that answer.", lambda c: len(c.chips))
    text = "Clock of the hash cores, where it is known."
    yield chains.gauge("chain_clock_hertz", text, lambda c: c.frequency)
    text = "How often chips could not be brought up, or stopped answering."
    yield chains.counter("chain_failures", text, lambda c: c.failures)
    yield chains.counter("chain_jobs", "Jobs that were sent to chips.", lambda c: c.jobs)
    text = "Shares that chips of the port have found, by the pool's verdict."
    yield chains.counters("chain_shares", text, "verdict", lambda c: _shares(c.shares))
    text = "Hashes that all confirmed results stand for."
    yield chains.counter("chain_work_hashes", text, lambda c: c.work)
    text = "Bytes from the port that belonged to no frame."
    yield chains.counter("chain_garbage_bytes", text, lambda c: c.garbage)


def _chips(now: Snapshot) -> Iterator[Metric]:
    holders: list[tuple[list[str], Chip]] = [
        ([str(chain.index), str(chip.index)], chip) for chain in now.chains for chip in chain.chips
    ]
    chips = _Holders(CHIP, holders)
    counter = chips.counter
    yield chips.gauge(
        "chip_hashrate_hashes_per_second",
        "Hash rate over the last minute by the chip's own counter.",
        lambda c: c.rates.chips.minute_1,
    )
    text = "Hashes by the chip's own counter since it was brought up."
    yield counter("chip_hashes", text, lambda c: c.hashes)
    text = "Hashes that confirmed results of the chip stand for since it was brought up."
    yield counter("chip_work_hashes", text, lambda c: c.work)
    yield counter("chip_results", "Results that were confirmed.", lambda c: c.results)
    text = "Results of the chip that went no further, by reason."
    yield chips.counters("chip_results_dropped", text, "reason", lambda c: _dropped(c.dropped))
    text = "Hits that the chip itself did not confirm."
    yield counter("chip_nonce_errors", text, lambda c: c.nonce_errors)
    text = "Results that were lost in the chip for want of room."
    yield counter("chip_overflows", text, lambda c: c.overflows)
    yield counter("chip_bad_commands", "Damaged commands the chip saw.", lambda c: c.bad_commands)
    yield counter("chip_bad_jobs", "Damaged jobs that the chip saw.", lambda c: c.bad_jobs)
    text = "Unix time of the last confirmed result."
    yield chips.gauge("chip_last_result_time_seconds", text, lambda c: c.last_result_at)


class SnapshotCollector(Collector):
    """Takes a new snapshot each time it is read."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        now = self._control.snapshot()
        for part in (_whole, _pools, _chains, _chips):
            yield from part(now)


class _Exposition:
    """An application as an endpoint: Starlette takes plain functions for request handlers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def metrics_app(control: Control) -> Starlette:
    """The application that answers `/metrics`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SnapshotCollector(control))
    # Processor time, memory and open files of the daemon.
    ProcessCollector(registry=registry)
    return Starlette(routes=[Route("/metrics", _Exposition(make_asgi_app(registry)))])
