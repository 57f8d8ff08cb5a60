"""Rows of cgminer's replies: the miner as a whole, a pool, a device."""

from urllib.parse import urlsplit

from ...stats import Chain, ChainState, Pool, PoolState, Snapshot
from .message import Value

__all__ = ["Row", "chip_statistics", "device", "pool", "summary"]

MEGA = 1e6

Row = dict[str, Value]


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 4) if whole else 0.0


def _seconds(at: float | None) -> int:
    return int(at or 0)


def _rates(holder: Chain | Snapshot, uptime: float) -> Row:
    rates = holder.rates.chips
    return {
        "MHS av": round(rates.average / MEGA, 6),
        "MHS 5s": round(rates.seconds_5 / MEGA, 6),
        "MHS 1m": round(rates.minute_1 / MEGA, 6),
        "MHS 5m": round(rates.minutes_5 / MEGA, 6),
        "MHS 15m": round(rates.minutes_15 / MEGA, 6),
        "Total MH": round(rates.average * uptime / MEGA, 4),
    }


def _errors(chain: Chain) -> int:
    """Hardware errors: hits that the host, or the chip itself, did not confirm."""
    return sum(chip.dropped.get("bad-hash", 0) + chip.nonce_errors for chip in chain.chips)


def summary(now: Snapshot) -> Row:
    """All of it."""
    pools = now.pools
    accepted = sum(pool.counts.accepted_difficulty for pool in pools)
    rejected = sum(pool.counts.rejected_difficulty for pool in pools)
    stale = sum(pool.counts.stale_difficulty for pool in pools)
    errors = sum(_errors(chain) for chain in now.chains)
    minutes = max(now.uptime, 1) / 60
    return {
        "Elapsed": int(now.uptime),
        **_rates(now, now.uptime),
        "Found Blocks": now.blocks_found,
        "Getworks": sum(pool.counts.jobs for pool in pools),
        "Accepted": now.accepted,
        "Rejected": now.rejected,
        "Hardware Errors": errors,
        "Utility": round(now.accepted / minutes, 2),
        "Discarded": sum(now.dropped.values()),
        "Stale": now.stale,
        "Get Failures": 0,
        "Local Work": now.jobs,
        "Remote Failures": 0,
        "Network Blocks": 0,
        "Work Utility": round(accepted / minutes, 2),
        "Difficulty Accepted": accepted,
        "Difficulty Rejected": rejected,
        "Difficulty Stale": stale,
        "Best Share": now.best_difficulty,
        "Device Hardware%": _percent(errors, errors + now.results),
        "Device Rejected%": _percent(now.rejected, now.results),
        "Pool Rejected%": _percent(rejected, accepted + rejected + stale),
        "Pool Stale%": _percent(stale, accepted + rejected + stale),
        "Last getwork": max((_seconds(pool.counts.last_job_at) for pool in pools), default=0),
    }


def pool(pool: Pool, now: Snapshot) -> Row:
    """A source of work."""
    total = (
        pool.counts.accepted_difficulty
        + pool.counts.rejected_difficulty
        + pool.counts.stale_difficulty
    )
    return {
        "URL": pool.url,
        "Status": "Dead" if pool.state is PoolState.DEAD else "Alive",
        "Priority": pool.priority,
        "Quota": 1,
        "Long Poll": "Y" if pool.kind == "solo" else "N",
        "Getworks": pool.counts.jobs,
        "Accepted": pool.counts.accepted,
        "Rejected": pool.counts.rejected_total,
        "Works": pool.counts.jobs,
        "Discarded": 0,
        "Stale": pool.counts.stale,
        "Get Failures": 0,
        "Remote Failures": max(0, pool.counts.connections - 1),
        "User": pool.user,
        "Last Share Time": _seconds(pool.counts.last_share_at),
        "Diff1 Shares": round(pool.counts.accepted_difficulty),
        "Proxy Type": "",
        "Proxy": "",
        "Difficulty Accepted": pool.counts.accepted_difficulty,
        "Difficulty Rejected": pool.counts.rejected_difficulty,
        "Difficulty Stale": pool.counts.stale_difficulty,
        "Last Share Difficulty": pool.difficulty or 0.0,
        "Work Difficulty": pool.difficulty or 0.0,
        "Has Stratum": "true" if pool.kind == "stratum" else "false",
        "Stratum Active": "true" if pool.index == now.active_pool else "false",
        "Stratum URL": urlsplit(pool.url).hostname or "",
        "Stratum Difficulty": pool.difficulty or 0.0,
        "Has Vmask": "true" if pool.version_mask else "false",
        "Best Share": pool.counts.best_difficulty,
        "Pool Rejected%": _percent(pool.counts.rejected_difficulty, total),
        "Pool Stale%": _percent(pool.counts.stale_difficulty, total),
        "Current Block Height": pool.height or 0,
        "Current Block Version": pool.version_mask,
    }


def device(chain: Chain, now: Snapshot) -> Row:
    """A port with its chips. `Accepted` are good results: pools judge no device."""
    results = sum(chip.results for chip in chain.chips)
    errors = _errors(chain)
    last = max((_seconds(chip.last_result_at) for chip in chain.chips), default=0)
    return {
        "Name": "SLC",
        "ID": chain.index,
        "Enabled": "N" if chain.state is ChainState.PAUSED else "Y",
        "Status": "Dead" if chain.state is ChainState.FAILED else "Alive",
        "Temperature": 0.0,
        **_rates(chain, now.uptime),
        "Accepted": results,
        "Rejected": 0,
        "Hardware Errors": errors,
        "Utility": round(60 * results / max(now.uptime, 1), 2),
        "Last Share Pool": -1 if now.active_pool is None else now.active_pool,
        "Last Share Time": last,
        "Diff1 Work": round(results * chain.ticket_difficulty),
        "Difficulty Accepted": 0.0,
        "Difficulty Rejected": 0.0,
        "Last Share Difficulty": chain.ticket_difficulty,
        "Last Valid Work": last,
        "Device Hardware%": _percent(errors, errors + results),
        "Device Rejected%": 0.0,
        "Device Elapsed": int(now.at - chain.running_since) if chain.running_since else 0,
    }


def chip_statistics(chain: Chain) -> Row:
    """Each of its chips, in columns."""
    row: Row = {}
    for chip in chain.chips:
        name = f"Chip {chip.index}"
        row[f"{name} MHS 1m"] = round(chip.rates.chips.minute_1 / MEGA, 6)
        row[f"{name} Nonces"] = chip.results
        row[f"{name} Errors"] = chip.dropped.get("bad-hash", 0) + chip.nonce_errors
        row[f"{name} Overflows"] = chip.overflows
    return row
