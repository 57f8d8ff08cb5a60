"""What Prometheus reads: one snapshot, as metrics."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, make_asgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..control import Control
from ..stats import Chain, HashRates, Pool, Snapshot

__all__ = ["metrics_app"]

Row = tuple[list[str], float]


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


def _rates(labels: list[str], rates: HashRates) -> Iterator[Row]:
    """One minute's hash rate, by what it was measured with."""
    yield [*labels, "chips"], rates.chips.minute_1
    yield [*labels, "results"], rates.results.minute_1
    yield [*labels, "shares"], rates.shares.minute_1
    if rates.expected is not None:
        yield [*labels, "expected"], rates.expected


def _whole(now: Snapshot) -> Iterator[Metric]:
    yield _gauge("info", "Version of the daemon", ["version"], [([now.version], 1)])
    yield _gauge("uptime_seconds", "Since the start", [], [([], now.uptime)])
    yield _gauge("paused", "Whether hashing was stopped on request", [], [([], now.paused)])
    yield _gauge("hashrate", "Hashes a second, over one minute", ["by"], _rates([], now.rates))
    best = [(["start"], now.best_difficulty), (["ever"], now.best_difficulty_ever)]
    yield _gauge("best_difficulty", "Of any good result", ["since"], best)
    yield _counter("results", "Good results", [], [([], now.results)])
    dropped = [([reason], float(count)) for reason, count in now.dropped.items()]
    yield _counter("dropped", "Results that went no further", ["reason"], dropped)
    yield _counter("blocks_found", "Results good enough for a block", [], [([], now.blocks_found)])
    if now.network_difficulty is not None:
        rows: list[Row] = [([], now.network_difficulty)]
        yield _gauge("network_difficulty", "Of the block being worked on", [], rows)


def _shares(pool: Pool) -> Iterator[Row]:
    labels = [str(pool.index), pool.url]
    yield [*labels, "accepted", ""], pool.counts.accepted
    yield [*labels, "stale", ""], pool.counts.stale
    for reason, count in pool.counts.rejected.items():
        yield [*labels, "rejected", reason], count


def _weighed(pool: Pool) -> Iterator[Row]:
    labels = [str(pool.index), pool.url]
    yield [*labels, "accepted"], pool.counts.accepted_difficulty
    yield [*labels, "stale"], pool.counts.stale_difficulty
    yield [*labels, "rejected"], pool.counts.rejected_difficulty


def _unusable(pool: Pool) -> Iterator[Row]:
    for kind, count in pool.counts.unusable.items():
        yield [str(pool.index), pool.url, kind], count


def _pools(now: Snapshot) -> Iterator[Metric]:
    names = ["pool", "url"]

    def each(value: str) -> list[Row]:
        rows = [([str(pool.index), pool.url], getattr(pool.counts, value)) for pool in now.pools]
        return [(labels, number) for labels, number in rows if number is not None]

    active = [([str(p.index), p.url], float(p.index == now.active_pool)) for p in now.pools]
    yield _gauge("pool_active", "Whether work comes from here", names, active)
    rows = [row for pool in now.pools for row in _shares(pool)]
    yield _counter("shares", "Shares by the pool's verdict", [*names, "verdict", "reason"], rows)
    rows = [row for pool in now.pools for row in _weighed(pool)]
    text = "Shares, each weighed by its difficulty"
    yield _counter("share_difficulty", text, [*names, "verdict"], rows)
    yield _gauge("pool_unanswered", "Shares not judged yet", names, each("unanswered"))
    text = "Shares whose connection ended before they were judged"
    yield _counter("pool_never_answered", text, names, each("never_answered"))
    rows = [row for pool in now.pools for row in _unusable(pool)]
    text = "Messages that could not be used or were not expected"
    yield _counter("pool_unusable_messages", text, [*names, "kind"], rows)
    rows = [([str(p.index), p.url], p.difficulty) for p in now.pools if p.difficulty is not None]
    yield _gauge("pool_difficulty", "That shares need now", names, rows)
    yield _counter("pool_connections", "Made so far", names, each("connections"))
    yield _counter("pool_jobs", "Templates received", names, each("jobs"))
    text = "Results good enough for a block that were handed in"
    yield _counter("pool_block_candidates", text, names, each("candidates"))
    yield _counter("pool_blocks", "Blocks that a node has accepted", names, each("blocks"))


def _chains(now: Snapshot) -> Iterator[Metric]:
    names = ["chain", "path"]

    def label(chain: Chain) -> list[str]:
        return [str(chain.index), chain.path]

    states = [([*label(chain), chain.state.value], 1.0) for chain in now.chains]
    yield _gauge("chain_state", "1 at the state it is in", [*names, "state"], states)
    for name, text in (("failures", "Failed bring-ups and runs"), ("jobs", "Jobs sent")):
        rows = [(label(chain), float(getattr(chain, name))) for chain in now.chains]
        yield _counter(f"chain_{name}", text, names, rows)
    rows = [(label(chain), float(chain.garbage)) for chain in now.chains]
    yield _counter("chain_garbage_bytes", "Bytes that belonged to no frame", names, rows)


def _chips(now: Snapshot) -> Iterator[Metric]:
    names = ["chain", "chip"]
    chips = [([str(c.index), str(chip.index)], chip) for c in now.chains for chip in c.chips]
    rows = [row for labels, chip in chips for row in _rates(labels, chip.rates)]
    yield _gauge("chip_hashrate", "Hashes a second, over one minute", [*names, "by"], rows)
    for name, text in (
        ("hashes", "By its own counter"),
        ("results", "Good results"),
        ("nonce_errors", "Hits that the chip itself did not confirm"),
        ("overflows", "Results lost in the chip for want of room"),
        ("bad_commands", "Damaged commands that it saw"),
        ("bad_jobs", "Damaged jobs that it saw"),
    ):
        counts = [(labels, float(getattr(chip, name))) for labels, chip in chips]
        yield _counter(f"chip_{name}", text, names, counts)
    rows = [
        ([*labels, reason], float(count))
        for labels, chip in chips
        for reason, count in chip.dropped.items()
    ]
    yield _counter("chip_dropped", "Its results that went no further", [*names, "reason"], rows)


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
    return Starlette(routes=[Route("/metrics", _Exposition(make_asgi_app(registry)))])
