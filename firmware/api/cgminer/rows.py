"""Rows of cgminer's replies: the miner as a whole, a pool, a device.

Names, order and kinds of values are those of cgminer. What the daemon does not know is left out:
temperatures and quotas.
"""

from urllib.parse import urlsplit

from ...stats import Chain, ChainState, Drop, Pool, PoolState, Rates, Snapshot
from ...work.target import HASHES_PER_DIFFICULTY
from .message import Row
from .values import difficulty, megahashes, moment, percent, rate, seconds, utility, whole

__all__ = ["device", "lcd", "notice", "pool", "statistics", "summary"]

STATUS = {
    ChainState.OPENING: "Initialising",
    ChainState.RUNNING: "Alive",
    ChainState.PAUSED: "Alive",
    ChainState.FAILED: "Dead",
}


def _rates(rates: Rates) -> Row:
    return {
        "MHS av": rate(rates.average),
        "MHS 5s": rate(rates.seconds_5),
        "MHS 1m": rate(rates.minute_1),
        "MHS 5m": rate(rates.minutes_5),
        "MHS 15m": rate(rates.minutes_15),
    }


def _errors(chain: Chain) -> int:
    """Hardware errors: hits that the host, or the chip itself, did not confirm."""
    return sum(chip.dropped.get(Drop.BAD_HASH, 0) + chip.nonce_errors for chip in chain.chips)


def _diff1(hashes: float) -> int:
    """As many results of difficulty 1 stand for so many hashes."""
    return round(hashes / HASHES_PER_DIFFICULTY)


def _last_result(chains: tuple[Chain, ...]) -> int:
    chips = [chip for chain in chains for chip in chain.chips]
    return max((seconds(chip.last_result_at) for chip in chips), default=0)


def summary(now: Snapshot) -> Row:
    """All of it."""
    counts = [pool.counts for pool in now.pools]
    accepted = sum(count.accepted_difficulty for count in counts)
    rejected = sum(count.rejected_difficulty for count in counts)
    stale = sum(count.stale_difficulty for count in counts)
    errors = sum(_errors(chain) for chain in now.chains)
    work = sum(chain.work for chain in now.chains)
    judged = accepted + rejected + stale
    return {
        "Elapsed": int(now.uptime),
        **_rates(now.rates.chips),
        "Found Blocks": now.blocks_found,
        "Getworks": sum(count.jobs for count in counts),
        "Accepted": now.accepted,
        "Rejected": now.rejected,
        "Hardware Errors": errors,
        "Utility": utility(now.accepted, now.uptime),
        "Stale": now.stale,
        "Get Failures": sum(count.failures for count in counts),
        "Local Work": now.jobs,
        "Network Blocks": now.tip.seen,
        "Total MH": megahashes(now.rates.chips.average * now.uptime),
        "Work Utility": utility(work / HASHES_PER_DIFFICULTY, now.uptime),
        "Difficulty Accepted": difficulty(accepted),
        "Difficulty Rejected": difficulty(rejected),
        "Difficulty Stale": difficulty(stale),
        "Best Share": whole(now.best_difficulty),
        "Device Hardware%": percent(errors, errors + _diff1(work)),
        "Device Rejected%": percent(rejected, _diff1(work)),
        "Pool Rejected%": percent(rejected, judged),
        "Pool Stale%": percent(stale, judged),
        "Last getwork": max((seconds(count.last_job_at) for count in counts), default=0),
    }


def pool(pool: Pool) -> Row:
    """A source of work."""
    counts = pool.counts
    judged = counts.judged_difficulty
    stratum = pool.kind == "stratum"
    connected = stratum and counts.connected_at is not None
    dead = pool.state in (PoolState.DEAD, PoolState.CONNECTING)
    return {
        "POOL": pool.index,
        "URL": pool.url,
        "Status": "Dead" if dead else "Alive",
        "Priority": pool.priority,
        "Long Poll": "Y" if pool.kind == "solo" else "N",
        "Getworks": counts.jobs,
        "Accepted": counts.accepted,
        "Rejected": counts.rejected_total,
        "Stale": counts.stale,
        "Get Failures": counts.failures,
        "User": pool.user,
        "Last Share Time": seconds(counts.last_share_at),
        "Proxy Type": "",
        "Proxy": "",
        "Difficulty Accepted": difficulty(counts.accepted_difficulty),
        "Difficulty Rejected": difficulty(counts.rejected_difficulty),
        "Difficulty Stale": difficulty(counts.stale_difficulty),
        "Last Share Difficulty": difficulty(counts.last_share_difficulty),
        "Work Difficulty": difficulty(pool.difficulty or 0.0),
        "Has Stratum": stratum,
        "Stratum Active": connected,
        "Stratum URL": (urlsplit(pool.url).hostname or "") if connected else "",
        "Stratum Difficulty": difficulty((pool.difficulty or 0.0) if connected else 0.0),
        "Has Vmask": bool(pool.version_mask),
        "Has GBT": pool.kind == "solo",
        "Best Share": whole(counts.best_difficulty),
        "Pool Rejected%": percent(counts.rejected_difficulty, judged),
        "Pool Stale%": percent(counts.stale_difficulty, judged),
        "Bad Work": counts.unusable.total(),
        "Current Block Height": pool.height or 0,
        "Current Block Version": pool.block_version or 0,
    }


def device(chain: Chain, now: Snapshot) -> Row:
    """A port with its chips."""
    errors, shares = _errors(chain), chain.shares
    work = _diff1(sum(chip.work for chip in chain.chips))
    elapsed = now.at - chain.running_since if chain.running_since else 0.0
    return {
        "ASC": chain.index,
        "Name": "SLC",
        "ID": chain.index,
        "Enabled": "N" if chain.state is ChainState.PAUSED else "Y",
        "Status": STATUS[chain.state],
        **_rates(chain.rates.chips),
        "Accepted": shares.accepted,
        "Rejected": shares.rejected_total,
        "Hardware Errors": errors,
        "Utility": utility(shares.accepted, elapsed),
        "Last Share Pool": -1 if shares.last_share_pool is None else shares.last_share_pool,
        "Last Share Time": seconds(shares.last_share_at),
        "Total MH": megahashes(sum(chip.hashes for chip in chain.chips)),
        "Diff1 Work": work,
        "Difficulty Accepted": difficulty(shares.accepted_difficulty),
        "Difficulty Rejected": difficulty(shares.rejected_difficulty),
        "Last Share Difficulty": difficulty(shares.last_share_difficulty),
        "No Device": chain.state is ChainState.FAILED,
        "Last Valid Work": _last_result((chain,)),
        "Device Hardware%": percent(errors, errors + work),
        "Device Rejected%": percent(shares.rejected_difficulty, work),
        "Device Elapsed": int(elapsed),
    }


def notice(chain: Chain, now: Snapshot) -> Row:
    """What was wrong with a port. Counters have a star."""
    well = chain.state in (ChainState.RUNNING, ChainState.PAUSED)
    return {
        "NOTIFY": chain.index,
        "Name": "SLC",
        "ID": chain.index,
        "Last Well": seconds(now.at) if well else 0,
        "Last Not Well": seconds(chain.failed_at),
        "Reason Not Well": chain.error or "None",
        "*Dev Comms Error": chain.failures,
    }


def lcd(now: Snapshot) -> Row:
    """All of it in a few words."""
    rates = now.rates.chips
    active = next((pool for pool in now.pools if pool.index == now.active_pool), None)
    counts = [pool.counts for pool in now.pools if pool.counts.last_share_at]
    last = max(counts, key=lambda count: count.last_share_at or 0.0, default=None)
    return {
        "Elapsed": int(now.uptime),
        "GHS av": rate(rates.average / 1000),
        "GHS 5m": rate(rates.minutes_5 / 1000),
        "GHS 5s": rate(rates.seconds_5 / 1000),
        "Last Share Difficulty": difficulty(last.last_share_difficulty if last else 0.0),
        "Last Share Time": seconds(last.last_share_at if last else None),
        "Best Share": whole(now.best_difficulty),
        "Last Valid Work": _last_result(now.chains),
        "Found Blocks": now.blocks_found,
        "Current Pool": active.url if active else "none",
        "User": active.user if active else "",
    }


def statistics(number: int, holder: Chain | Pool, now: Snapshot) -> Row:
    """A port or a pool, with what cgminer has no names for at the end."""
    name = f"SLC{holder.index}" if isinstance(holder, Chain) else f"POOL{holder.index}"
    jobs = holder.jobs if isinstance(holder, Chain) else holder.counts.jobs
    row: Row = {"STATS": number, "ID": name, "Elapsed": int(now.uptime), "Calls": jobs}
    if isinstance(holder, Chain):
        return {**row, **_chain(holder), **_chips(holder)}
    counts = holder.counts
    last = counts.responses.last
    return {
        **row,
        "Pool Calls": counts.jobs,
        "Work Can Roll": bool(holder.version_mask),
        "Work Diff": difficulty(holder.difficulty or 0.0),
        "Unanswered": counts.unanswered,
        "Never Answered": counts.never_answered,
        "Unusable Messages": counts.unusable.total(),
        "Connections": counts.connections,
        **({} if last is None else {"Response Time": moment(last)}),
    }


def _chain(chain: Chain) -> Row:
    return {
        "Baud": chain.baud,
        "Chips": len(chain.chips),
        "Failures": chain.failures,
        "Garbage Bytes": chain.garbage,
        "Ticket Difficulty": difficulty(chain.ticket_difficulty),
    }


def _chips(chain: Chain) -> Row:
    """Each of its chips, in columns."""
    row: Row = {}
    for chip in chain.chips:
        name = f"Chip {chip.index}"
        row[f"{name} MHS 1m"] = rate(chip.rates.chips.minute_1)
        row[f"{name} Nonces"] = chip.results
        row[f"{name} Errors"] = chip.dropped.get(Drop.BAD_HASH, 0) + chip.nonce_errors
        row[f"{name} Overflows"] = chip.overflows
    return row
