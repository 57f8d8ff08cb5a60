"""Every key refuses values of a wrong type or out of range, on one line that begins with it."""

import json

import pytest

from sluice.firmware.config import (
    ApiSettings,
    BenchmarkSettings,
    ChainSettings,
    ConfigError,
    LogSettings,
    MiningSettings,
    ScreenSettings,
    SoloSettings,
    StratumSettings,
    parse,
)

#: What each kind of value is not.
WRONG = {
    "text": [1, 1.5, True, ["a"], {"a": 1}],
    "flag": [0, 1.0, "true", [True], {"a": True}],
    "whole": ["1", 1.5, True, [1], {"a": 1}],
    "number": ["1", True, [1.5], {"a": 1}, float("nan")],
}

LONG = 300 * "x"

#: Keys of each table: what they take, and values of that kind which are none of theirs.
MINING = {
    "state": ("text",),
    "version_rolling": ("flag",),
    "results_rate": ("number", 0.0099, 1001),
    "longest_wait": ("number", 0.09, 3601),
}
CHAIN = {
    "port": ("text", ""),
    "baud": ("whole", 299, 12_500_001),
    "fast_baud": ("whole", 299, 12_500_001),
    "model": ("text", "", "BM1370", "bm1397"),
    "chips": ("whole", 0, 129),
    "frequency": ("number", 49, 1201),
    "ticket": ("number", 0.5, 3, 2**33),
    "nonce_span": ("whole", 0, 1 << 32),
    "job_interval": ("number", 0.04, 601),
    "answer_timeout": ("number", 0.04, 61),
    "silence": ("number", 0.9, 601),
    "reset": ("text", "", "cts"),
}
URLS = ("", "pool", "ftp://pool:1", "//pool:1", "http://[::1", "http://pool:0", "http://a:b@pool:1")
STRATUM = {
    "kind": ("text", "", "pool"),
    "url": ("text", *URLS, "stratum+tcp://pool", "stratum+tcp://:1", "stratum+tcp://pool:65536"),
    "user": ("text", "", LONG),
    "password": ("text",),
    "ca_file": ("text", "/nowhere/ca.pem"),
    "suggest_difficulty": ("number", 0, 2e15),
    "minimum_difficulty": ("number", 0, 2e15),
    "extranonce_subscribe": ("flag",),
    "allow_redirect": ("flag",),
    "silence": ("number", 0.9, 3601),
}
SOLO = {
    "kind": ("text", "", "node"),
    "url": ("text", *URLS, "http://", "http://node:65536"),
    "user": ("text",),
    "password": ("text",),
    "cookie_file": ("text",),
    "network": ("text", "", "mainnet"),
    "address": (
        "text",
        "",
        # Mistyped, and of the main network: by kind.
        "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav649",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ),
    "coinbase_text": ("text", 61 * "x", 31 * "\N{EURO SIGN}"),
    "poll": ("number", 0.09, 601),
}
BENCHMARK = {
    "kind": ("text", "", "bench"),
    "difficulty": ("number", 0, 2e15),
    "interval": ("number", 0.04, 3601),
}
ENDPOINT = {
    "enabled": ("flag",),
    "host": ("text",),
    "port": ("whole", 0, 65536),
    "token": ("text",),
}
MORE = {"rest": {"allow_origins": ("text", "http://a/b", "a.example")}}
SCREEN = {"enabled": ("flag",), "refresh": ("number", 0.09, 61)}
LOG = {"level": ("text", "", "loud"), "format": ("text", "", "xml"), "file": ("text",)}

PORT = {"port": "/dev/ttyUSB0"}
POOLS = {
    "stratum": {"kind": "stratum", "url": "stratum+tcp://pool.example:3333", "user": "me"},
    "solo": {
        "kind": "solo",
        "url": "http://127.0.0.1:18443",
        "network": "regtest",
        "address": "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648",
    },
    "benchmark": {"kind": "benchmark"},
}

#: Where a key is, the name of its table's settings, its keys, and what else the table holds.
TABLES = [
    ("mining", MiningSettings, MINING, {}),
    ("chains.0", ChainSettings, CHAIN, PORT),
    ("pools.0", StratumSettings, STRATUM, POOLS["stratum"]),
    ("pools.0", SoloSettings, SOLO, POOLS["solo"]),
    ("pools.0", BenchmarkSettings, BENCHMARK, POOLS["benchmark"]),
    *(
        (f"api.{name}", type(getattr(ApiSettings(), name)), ENDPOINT | MORE.get(name, {}), {})
        for name in ApiSettings.model_fields
    ),
    ("screen", ScreenSettings, SCREEN, {}),
    ("log", LogSettings, LOG, {}),
]


def toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value) if isinstance(value, float) else json.dumps(value)


def text_with(table, settings):
    """A configuration that is in order but for what `settings` do to it."""
    whole = {"chains": [PORT], "pools": [POOLS["stratum"]]}
    room, _, name = table.partition(".")
    whole[room] = [settings] if name == "0" else {name: settings} if name else settings
    return "\n".join(f"{key} = {toml(value)}" for key, value in whole.items())


CASES = [
    pytest.param(table, key, value, rest, id=f"{settings.__name__}-{key}-{toml(value)[:30]}")
    for table, settings, keys, rest in TABLES
    for key, (kind, *beyond) in keys.items()
    for value in (*WRONG[kind], *beyond)
]


@pytest.mark.parametrize(("table", "settings", "keys", "rest"), TABLES)
def test_the_list_is_whole(table, settings, keys, rest):
    assert set(keys) == set(settings.model_fields)
    parse(text_with(table, rest))


@pytest.mark.parametrize(("table", "key", "value", "rest"), CASES)
def test_wrong_values(table, key, value, rest):
    with pytest.raises(ConfigError) as caught:
        parse(text_with(table, {**rest, key: value}))
    said = str(caught.value)
    # Without a known kind, none of the pool's other keys means anything.
    assert said.startswith(f"{table}: must have a kind" if key == "kind" else f"{table}.{key}: ")
    assert "\n" not in said
    assert "and 1 more" not in said
    assert len(said) < 300
