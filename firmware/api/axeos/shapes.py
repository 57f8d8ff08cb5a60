"""Shapes of AxeOS's answers. ``None`` is what is not known: it is left out, never null."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

__all__ = [
    "Asic",
    "AsicRate",
    "Info",
    "Message",
    "Output",
    "RateMonitor",
    "RejectedReason",
    "Score",
    "Source",
    "Statistics",
]

#: Names outside that do not follow from those in here.
ODD = {
    "asic_model": "ASICModel",
    "hash_rate_1m": "hashRate_1m",
    "hash_rate_10m": "hashRate_10m",
    "hash_rate_1h": "hashRate_1h",
    "overheat_mode": "overheat_mode",
    "axe_os_version": "axeOSVersion",
    "is_psram_available": "isPSRAMAvailable",
    "stratum_url": "stratumURL",
    "stratum_tls": "stratumTLS",
    "fallback_stratum_url": "fallbackStratumURL",
    "fallback_stratum_tls": "fallbackStratumTLS",
}


class _Shaped(BaseModel):
    """Named in snake case here, and as AxeOS does it outside."""

    model_config = ConfigDict(
        alias_generator=lambda name: ODD.get(name, to_camel(name)),
        populate_by_name=True,
        serialize_by_alias=True,
    )

    def said(self) -> dict[str, Any]:
        """As JSON, without what is not known."""
        return self.model_dump(mode="json", exclude_none=True)


class Message(_Shaped):
    """What came of an action."""

    message: str


class RejectedReason(_Shaped):
    """How many shares were refused for one reason."""

    message: str
    count: int


class Output(_Shaped):
    """An output of the coinbase, in satoshis."""

    value: int
    address: str


class AsicRate(_Shaped):
    """One chip: hash rate in GH/s, and hits that it did not confirm itself."""

    total: float
    domains: list[float]
    error_count: int


class RateMonitor(_Shaped):
    """All chips."""

    asics: list[AsicRate]


class Source(_Shaped):
    """One of the configured pools."""

    id: int
    stratum_url: str
    stratum_port: int
    stratum_user: str
    stratum_protocol: str | None = None
    stratum_suggested_difficulty: float
    stratum_extranonce_subscribe: bool
    stratum_tls: int
    stratum_cert: str | None = None
    stratum_decode_coinbase: bool = True


class Asic(_Shaped):
    """The chips."""

    asic_model: str | None = None
    asic_count: int
    small_core_count: float
    device_model: str = "Sluice"
    swarm_color: str = "teal"
    default_frequency: float | None = None
    frequency_options: list[float] | None = None


class Info(_Shaped):
    """The whole miner: hash rates in GH/s, clocks in MHz, times in seconds, answers in ms."""

    # The machine that the daemon is on.
    hostname: str
    mac_addr: str
    ipv4: str | None = None
    ipv6: str | None = None
    free_heap: int | None = None
    version: str
    axe_os_version: str
    uptime_seconds: int
    # What is true of a machine that is no ESP32 with a screen, a fan and an access point.
    ap_enabled: int = 0
    is_psram_available: int = 0
    display: str = "NONE"
    autofanspeed: int = 1
    overheat_mode: int = 0
    overclock_enabled: int = 0
    # The chips.
    asic_model: str | None = None
    asic_count: int
    small_core_count: float
    device_model: str
    frequency: float | None = None
    hash_rate: float
    hash_rate_1m: float
    hash_rate_10m: float
    hash_rate_1h: float
    expected_hashrate: float | None = None
    error_percentage: float
    hashrate_monitor: RateMonitor
    mining_paused: bool
    # Shares and blocks.
    best_diff: float
    best_session_diff: float
    shares_accepted: int
    shares_rejected: int
    shares_pending: int
    shares_rejected_reasons: list[RejectedReason]
    block_found: int
    show_new_block: bool
    work_received: int
    # Pools.
    pool_connection_info: str | None = None
    pool_difficulty: float
    response_time: float | None = None
    is_using_fallback_stratum: int
    primary_pool_index: int
    secondary_pool_index: int | None = None
    pools: list[Source]
    stratum_url: str
    stratum_port: int
    stratum_user: str
    stratum_protocol: str | None = None
    stratum_v2_authority_pubkey: str = ""
    stratum_suggested_difficulty: float
    stratum_extranonce_subscribe: bool
    stratum_tls: bool
    stratum_cert: str | None = None
    stratum_decode_coinbase: bool = True
    fallback_stratum_url: str
    fallback_stratum_port: int
    fallback_stratum_user: str
    fallback_stratum_protocol: str | None = None
    fallback_stratum_suggested_difficulty: float
    fallback_stratum_extranonce_subscribe: bool
    fallback_stratum_tls: bool
    fallback_stratum_cert: str | None = None
    fallback_stratum_decode_coinbase: bool = True
    # The block that is worked on.
    block_height: int | None = None
    scriptsig: str | None = None
    network_difficulty: float | None = None
    coinbase_outputs: list[Output] | None = None
    coinbase_value_total_satoshis: int | None = None
    coinbase_value_user_satoshis: int | None = None
    # How far back `statistics` goes, and in which steps.
    stats_frequency: int
    stats_limit: int


class Statistics(_Shaped):
    """Hash rates of the past; times in milliseconds since the start."""

    current_timestamp: int
    labels: list[str]
    statistics: list[list[float]]


class Score(BaseModel):
    """One of the best results."""

    rank: int
    since: int
    difficulty: float
    job_id: str
    extranonce2: str
    ntime: int
    nonce: str
    version_bits: str
