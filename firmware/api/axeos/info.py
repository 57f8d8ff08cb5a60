"""The miner as AxeOS describes it, made from one snapshot."""

import os
import platform
import uuid
from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from ...news import INTERVAL
from ...stats import Drop, Pool, Sample, Snapshot
from .shapes import Asic, AsicRate, Info, Output, RateMonitor, RejectedReason, Source
from .statistics import LIMIT, mean

__all__ = ["asic", "info"]

GIGA, MEGA = 1e9, 1e6

#: Where a pool's address names none.
DEFAULT_PORT = 3333


def _shape(now: Snapshot) -> dict[str, Any]:
    chips = [chip for chain in now.chains for chip in chain.chips]
    clocks = [chain.frequency for chain in now.chains if chain.frequency]
    clock = clocks[0] if clocks else None
    expected = sum(chip.rates.expected or 0.0 for chip in chips)
    cores = sum(chip.cores * chip.lanes for chip in chips)
    # Tools multiply it by the number of chips and the clock.
    hashes = expected / clock if clock and expected else float(cores)
    return {
        "asic_model": chips[0].model.upper() if chips else None,
        "asic_count": len(chips),
        "small_core_count": hashes / len(chips) if chips else 0.0,
        "clock": None if clock is None else clock / MEGA,
    }


def asic(now: Snapshot) -> Asic:
    """The chips: the first one's model, and hashes a cycle as a mean over them."""
    shape = _shape(now)
    clock = shape.pop("clock")
    options = None if clock is None else [clock]
    return Asic(**shape, default_frequency=clock, frequency_options=options)


def _mac() -> str:
    digits = f"{uuid.getnode():012X}"
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _memory() -> int | None:
    """Bytes of this machine's memory that nobody uses."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _source(pool: Pool | None) -> Source:
    if pool is None:
        return Source(
            id=0,
            stratum_url="",
            stratum_port=0,
            stratum_user="",
            stratum_suggested_difficulty=0.0,
            stratum_extranonce_subscribe=False,
            stratum_tls=0,
            stratum_cert="",
        )
    url = urlsplit(pool.url if "//" in pool.url else f"//{pool.url}")
    try:
        port = url.port
    except ValueError:
        port = None
    return Source(
        id=pool.index,
        stratum_url=url.hostname or pool.url,
        stratum_port=port or DEFAULT_PORT,
        stratum_user=pool.user,
        stratum_protocol="SV1" if pool.kind == "stratum" else None,
        stratum_suggested_difficulty=pool.suggested_difficulty or 0.0,
        stratum_extranonce_subscribe=pool.extranonce_subscribe,
        stratum_tls=int(url.scheme in ("stratum+ssl", "https")),
        # One of its own is a file here, which is nobody else's.
        stratum_cert=None if pool.ca_file else "",
    )


def _primary(source: Source, prefix: str) -> dict[str, Any]:
    found = source.model_dump(by_alias=False, exclude={"id"})
    found["stratum_tls"] = bool(source.stratum_tls)
    return {f"{prefix}{name}": value for name, value in found.items()}


def _family(pool: Pool | None) -> str | None:
    """Of addresses that the connection to a pool goes by."""
    if pool is None or not pool.peer:
        return None
    family = "IPv6" if ":" in pool.peer else "IPv4"
    return f"{family} (TLS)" if urlsplit(pool.url).scheme == "stratum+ssl" else family


def _pools(now: Snapshot) -> dict[str, Any]:
    order = sorted(now.pools, key=lambda pool: pool.priority)
    primary, fallback = [*order, None, None][:2]
    active = next((pool for pool in now.pools if pool.index == now.active_pool), None)
    last = None if active is None else active.counts.responses.last
    return {
        **_primary(_source(primary), ""),
        **_primary(_source(fallback), "fallback_"),
        "pools": [_source(pool) for pool in order],
        "primary_pool_index": 0 if primary is None else primary.index,
        "secondary_pool_index": None if fallback is None else fallback.index,
        "is_using_fallback_stratum": int(active is not None and active is not primary),
        "pool_connection_info": _family(active),
        "pool_difficulty": (active.difficulty if active else None) or 0.0,
        "response_time": None if last is None else 1000 * last,
    }


def _block(now: Snapshot) -> dict[str, Any]:
    active = next((pool for pool in now.pools if pool.index == now.active_pool), None)
    if active is None or active.height is None:
        return {"network_difficulty": now.network_difficulty}
    outputs = active.coinbase.outputs
    ours = active.user.partition(".")[0]
    return {
        "block_height": active.height,
        "network_difficulty": now.network_difficulty,
        "scriptsig": active.coinbase.text,
        "coinbase_outputs": [Output(value=to.value, address=to.address) for to in outputs],
        "coinbase_value_total_satoshis": sum(to.value for to in outputs),
        "coinbase_value_user_satoshis": sum(to.value for to in outputs if to.address == ours),
    }


def _reasons(now: Snapshot) -> list[RejectedReason]:
    reasons = Counter[str]()
    for pool in now.pools:
        reasons.update(pool.counts.rejected)
        reasons["stale"] += pool.counts.stale
    return [RejectedReason(message=reason, count=count) for reason, count in (+reasons).items()]


def _addressed(address: str) -> dict[str, Any]:
    try:
        version4 = isinstance(ip_address(address), IPv4Address)
    except ValueError:
        return {}
    return {"ipv4" if version4 else "ipv6": address}


def info(now: Snapshot, history: Sequence[Sample] = (), address: str = "") -> Info:
    """The whole miner; shares are those of all pools.

    Parameters
    ----------
    history
        Samples, oldest first, for what is longer than the windows of the rates.
    address
        Of this machine, as the client knows it.
    """
    shape, rates = _shape(now), now.rates.chips
    clock = shape.pop("clock")
    chips = [chip for chain in now.chains for chip in chain.chips]
    errors = sum(chip.dropped.get(Drop.BAD_HASH, 0) + chip.nonce_errors for chip in chips)
    results = sum(chip.results for chip in chips)
    rate_of = mean(history, rates.average)
    monitor = [
        AsicRate(total=chip.rates.chips.minute_1 / GIGA, domains=[], error_count=chip.nonce_errors)
        for chip in chips
    ]
    return Info(
        hostname=platform.node(),
        mac_addr=_mac(),
        free_heap=_memory(),
        version=now.version,
        axe_os_version=now.version,
        uptime_seconds=int(now.uptime),
        **_addressed(address),
        **shape,
        device_model="Sluice",
        frequency=clock,
        hash_rate=rates.seconds_5 / GIGA,
        hash_rate_1m=rates.minute_1 / GIGA,
        hash_rate_10m=rate_of(600) / GIGA,
        hash_rate_1h=rate_of(3600) / GIGA,
        expected_hashrate=None if now.rates.expected is None else now.rates.expected / GIGA,
        error_percentage=100 * errors / (errors + results) if errors else 0.0,
        hashrate_monitor=RateMonitor(asics=monitor),
        mining_paused=now.paused,
        best_diff=now.best_difficulty_ever,
        best_session_diff=now.best_difficulty,
        shares_accepted=now.accepted,
        shares_rejected=now.rejected + now.stale,
        shares_pending=sum(pool.counts.unanswered for pool in now.pools),
        shares_rejected_reasons=_reasons(now),
        block_found=now.blocks_found,
        show_new_block=now.blocks_found > 0,
        work_received=sum(pool.counts.jobs for pool in now.pools),
        **_pools(now),
        **_block(now),
        stats_frequency=int(INTERVAL),
        stats_limit=LIMIT,
    )
