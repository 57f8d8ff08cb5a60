"""What AxeOS says of a miner, for tools that were written for it.

Names and units are those of the `openapi.yaml` of ESP-Miner (https://github.com/bitaxeorg/ESP-Miner,
`main/http_server`). What this daemon does not know is left out, not made up: it measures neither
power nor temperature and drives no fan.
"""

import platform
import uuid
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from ..stats import Pool, Snapshot

__all__ = ["Asic", "Info", "asic", "info"]

GIGA, MEGA = 1e9, 1e6

#: Where a pool's address names none.
DEFAULT_PORT = 3333


class _Shaped(BaseModel):
    """Named in snake case here, and as AxeOS does it outside."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True
    )


class RejectedReason(_Shaped):
    """How many shares were refused for one reason."""

    message: str
    count: int


class Asic(_Shaped):
    """The chips."""

    model_config = ConfigDict(
        alias_generator=lambda name: "ASICModel" if name == "asic_model" else to_camel(name),
        populate_by_name=True,
        serialize_by_alias=True,
    )

    asic_model: str
    asic_count: int
    small_core_count: int
    frequency: float
    device_model: str = "Sluice"


class Info(Asic):
    """The whole miner: hash rates in GH/s, the clock in MHz, times in seconds."""

    hash_rate: float
    expected_hashrate: float | None
    best_diff: float
    best_session_diff: float
    board_version: str = ""
    hostname: str
    mac_addr: str
    version: str
    # A fan that nobody sets by hand.
    autofanspeed: int = 1
    uptime_seconds: int
    shares_accepted: int
    shares_rejected: int
    shares_rejected_reasons: list[RejectedReason]
    pool_difficulty: float
    stratum_url: str
    stratum_port: int
    stratum_user: str
    fallback_stratum_url: str
    fallback_stratum_port: int
    fallback_stratum_user: str
    is_using_fallback_stratum: int
    block_found: int
    mining_paused: bool

    model_config = ConfigDict(
        alias_generator=lambda name: {
            "asic_model": "ASICModel",
            "stratum_url": "stratumURL",
            "fallback_stratum_url": "fallbackStratumURL",
        }.get(name, to_camel(name)),
        populate_by_name=True,
        serialize_by_alias=True,
    )


def _shape(now: Snapshot) -> dict[str, str | int | float]:
    chips = [chip for chain in now.chains for chip in chain.chips]
    clocks = [chain.frequency for chain in now.chains if chain.frequency]
    engines = sum(max(1, chip.cores) * max(1, chip.lanes) for chip in chips)
    return {
        "asic_model": chips[0].model.upper() if chips else "",
        "asic_count": len(chips),
        "small_core_count": engines // len(chips) if chips else 0,
        "frequency": clocks[0] / MEGA if clocks else 0.0,
    }


def asic(now: Snapshot) -> Asic:
    """The chips: the first one's model; cores that hash at once, as a mean over the chips."""
    return Asic.model_validate(_shape(now))


def _mac() -> str:
    digits = f"{uuid.getnode():012x}"
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _address(pool: Pool | None) -> tuple[str, int, str]:
    if pool is None:
        return "", 0, ""
    url = urlsplit(pool.url if "//" in pool.url else f"//{pool.url}")
    try:
        port = url.port
    except ValueError:
        port = None
    return url.hostname or pool.url, port or DEFAULT_PORT, pool.user


def info(now: Snapshot) -> Info:
    """The whole miner; shares are those of all pools."""
    order = sorted(now.pools, key=lambda pool: pool.priority)
    primary, fallback = [*order, None, None][:2]
    active = next((pool for pool in now.pools if pool.index == now.active_pool), None)
    reasons: dict[str, int] = {}
    for pool in now.pools:
        for reason, count in pool.counts.rejected.items():
            reasons[reason] = reasons.get(reason, 0) + count
        if pool.counts.stale:
            reasons["stale"] = reasons.get("stale", 0) + pool.counts.stale
    url, port, user = _address(primary)
    fallback_url, fallback_port, fallback_user = _address(fallback)
    expected = now.rates.expected
    return Info.model_validate(
        {
            **_shape(now),
            "hash_rate": now.rates.chips.minute_1 / GIGA,
            "expected_hashrate": None if expected is None else expected / GIGA,
            "best_diff": now.best_difficulty_ever,
            "best_session_diff": now.best_difficulty,
            "hostname": platform.node(),
            "mac_addr": _mac(),
            "version": now.version,
            "uptime_seconds": int(now.uptime),
            "shares_accepted": now.accepted,
            "shares_rejected": now.rejected + now.stale,
            "shares_rejected_reasons": [
                RejectedReason(message=reason, count=count) for reason, count in reasons.items()
            ],
            "pool_difficulty": (active.difficulty if active else None) or 0.0,
            "stratum_url": url,
            "stratum_port": port,
            "stratum_user": user,
            "fallback_stratum_url": fallback_url,
            "fallback_stratum_port": fallback_port,
            "fallback_stratum_user": fallback_user,
            "is_using_fallback_stratum": int(active is not None and active is not primary),
            "block_found": now.blocks_found,
            "mining_paused": now.paused,
        }
    )
