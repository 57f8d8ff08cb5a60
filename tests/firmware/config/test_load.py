"""Every mistake in a configuration gives one line that names the key, and no secret."""

import re
from pathlib import Path

import pytest

from sluice.firmware.config import ConfigError, load, parse
from sluice.firmware.config.environment import assigned, keys, variable

CHAINS = '[[chains]]\nport = "/dev/ttyUSB0"\n'
STRATUM = '[[pools]]\nurl = "stratum+tcp://pool.example:3333"\nuser = "me"\n'
SOLO = '[[pools]]\nkind = "solo"\nurl = "http://127.0.0.1:18443"\n'
REGTEST = 'network = "regtest"\naddress = "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648"\n'
GOOD = CHAINS + STRATUM
ONE_POOL = {
    ("chains", 0, "port"): "/dev/ttyACM0",
    ("pools", 0, "url"): "stratum+tcp://pool.example:3333",
    ("pools", 0, "user"): "me",
}


def test_defaults():
    settings = parse(GOOD)
    assert settings.pools[0].kind == "stratum"
    assert (settings.pools[0].host, settings.pools[0].port) == ("pool.example", 3333)
    assert settings.pools[0].password.get_secret_value() == "x"
    assert settings.chains[0].baud == 115200
    assert {settings.api.rest.host, settings.api.metrics.host, settings.api.cgminer.host} == {
        "127.0.0.1"
    }
    assert settings.api.rest.token is None


def test_all_kinds_in_order():
    settings = parse(GOOD + SOLO + REGTEST + '[[pools]]\nkind = "benchmark"\n')
    assert [pool.kind for pool in settings.pools] == ["stratum", "solo", "benchmark"]
    assert settings.pools[1].script.hex() == "00148b133a3868993176b613738816247a7f4d357cae"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x", "is no TOML: Expected '=' after a key"),
        ("x = " + "[" * 5000, "is no TOML: nested too deep"),
        ("x = " + "9" * 5000, "is no TOML: Exceeds the limit"),
        (STRATUM, "chains: is missing"),
        (CHAINS, "pools: is missing"),
        ("chains = []\n" + STRATUM, "chains: must hold at least one"),
        ("chains = 3\n" + STRATUM, "chains: must be a list of tables, not 3"),
        ("chains = [3]\n" + STRATUM, "chains.0: must be a table, not 3"),
        (GOOD + "[unheard]\n", "unheard: there is no such key"),
        (
            GOOD + '[api.rest]\nallow_origins = "http://a:80 b"\n',
            "api.rest.allow_origins: 'b' is neither http://host:port nor *",
        ),
        (
            GOOD + '[api.rest]\nallow_origins = "http://a/"\n',
            "api.rest.allow_origins: 'http://a/' is neither http://host:port nor *",
        ),
        (CHAINS + "speed = 3\n" + STRATUM, "chains.0.speed: there is no such key"),
        (CHAINS + "baud = 1.5\n" + STRATUM, "chains.0.baud: must be a valid integer, not 1.5"),
        (CHAINS + 'baud = "1"\n' + STRATUM, "chains.0.baud: must be a valid integer, not '1'"),
        (CHAINS + "baud = 5\n" + STRATUM, "chains.0.baud: must be greater than or equal to 300"),
        (CHAINS + "chips = 129\n" + STRATUM, "chains.0.chips: must be less than or equal to 128"),
        (CHAINS + 'model = "bm1"\n' + STRATUM, "chains.0.model: must be 'bm1366', 'bm1368' or"),
        (CHAINS + "ticket = 3\n" + STRATUM, "chains.0.ticket: must be a power of two, not 3"),
        (CHAINS + "frequency = nan\n" + STRATUM, "chains.0.frequency: must be"),
        (CHAINS + CHAINS + STRATUM, "chains.1.port: is that of another chain, '/dev/ttyUSB0'"),
        (CHAINS + '[[pools]]\nuser = "me"\n', "pools.0.url: is missing"),
        (GOOD + 'kind = "poll"\n', "pools.0: must have a kind of stratum, solo or benchmark"),
        (GOOD + "kind = 5\n", "pools.0: must have a kind of stratum, solo or benchmark"),
        (GOOD + "suggest_difficulty = -1\n", "pools.0.suggest_difficulty: must be greater than 0"),
        (GOOD + "suggest_difficulty = inf\n", "pools.0.suggest_difficulty: must be"),
        (GOOD + "allow_redirect = 1\n", "pools.0.allow_redirect: must be a valid boolean, not 1"),
        (GOOD + 'ca_file = "/nowhere"\n', "pools.0.ca_file: must be a file that exists"),
        (GOOD + 'ca_file = "/etc/passwd"\n', "pools.0: ca_file goes with stratum"),
        (GOOD.replace(":3333", ""), "pools.0.url: must have a port from 1 to 65535"),
        (GOOD.replace("3333", "70000"), "pools.0.url: must have a port from 1 to 65535"),
        (GOOD.replace("stratum+tcp", "http"), "pools.0.url: must start with stratum+tcp:// or"),
        (GOOD.replace("pool.example", ""), "pools.0.url: must name a host"),
        (CHAINS + SOLO, "pools.0.address: is missing"),
        (CHAINS + SOLO + 'address = "x"\n', "pools.0.address: is no Bitcoin address"),
        (
            CHAINS + SOLO + REGTEST.replace("regtest", "signet", 1),
            "pools.0.address: is an address of network regtest, not of signet",
        ),
        (CHAINS + SOLO + REGTEST.replace("regtest", "fun", 1), "pools.0.network: must be 'main'"),
        (
            CHAINS + SOLO + REGTEST + f'coinbase_text = "{61 * "a"}"\n',
            "pools.0.coinbase_text: must be 60 bytes at most",
        ),
        (GOOD + "[api.rest]\nport = 0\n", "api.rest.port: must be greater than or equal to 1"),
        (GOOD + "[api.rest]\nport = 4028\n", "api.cgminer.port: is that of api.rest, 4028"),
        (GOOD + "[api.fun]\n", "api.fun: there is no such key"),
        (GOOD + 'pasword = "x"\n', "pools.0.pasword: there is no such key: did you mean password?"),
        (GOOD + "[minning]\n", "minning: there is no such key: did you mean mining?"),
        (
            CHAINS + 'address = "x"\n' + STRATUM,
            "chains.0.address: there is no such key here, but in [[pools]]",
        ),
        (
            GOOD + 'address = "x"\n',
            "pools.0.address: there is no such key where kind is stratum, but where it is solo",
        ),
        (
            CHAINS + 'model = "bm137"\n' + STRATUM,
            "chains.0.model: must be 'bm1366', 'bm1368' or 'bm1370', not 'bm137': did you mean bm1",
        ),
        (GOOD + "[screen]\nenabled = 'yes'\n", "screen.enabled: must be a valid boolean"),
        (GOOD + "[mining]\nstate = 3\n", "mining.state: must be a path, not 3"),
        (GOOD + "[mining]\nresults_rate = 0\n", "mining.results_rate: must be greater than"),
        (GOOD + "[log]\nlevel = 'loud'\n", "log.level: must be 'debug', 'info'"),
    ],
)
def test_mistakes(text, line):
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (GOOD + 'password = ["hunter2"]\n', "hunter2"),
        (GOOD.replace("pool.", "me:hunter2@pool."), "hunter2"),
        (GOOD + '[api.rest]\ntoken = {a = "hunter2"}\n', "hunter2"),
        (GOOD + 'password = "hunter2"\nkind = "solo"\n', "hunter2"),
    ],
)
def test_mistakes_tell_no_secret(text, secret):
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_environment_replaces_secrets():
    environment = {
        "SLUICE_POOLS_0_PASSWORD": "hunter2",
        "SLUICE_API_REST_TOKEN": "hunter3",
        "SLUICE_SEED": "5",
        "SLUICE_OPTIMISATION": "1",
    }
    settings = parse(GOOD, environment)
    assert settings.pools[0].password.get_secret_value() == "hunter2"
    assert settings.api.rest.token.get_secret_value() == "hunter3"
    assert "hunter" not in repr(settings)


def test_every_key_from_the_environment():
    environment = {
        "SLUICE_MINING_STATE": "~/state",
        "SLUICE_MINING_VERSION_ROLLING": "false",
        "SLUICE_CHAINS_0_PORT": "/dev/ttyACM1",
        "SLUICE_CHAINS_0_FAST_BAUD": "1000000",
        "SLUICE_CHAINS_0_TICKET": "64",
        "SLUICE_POOLS_0_URL": "stratum+tcp://other.example:1",
        "SLUICE_POOLS_1_KIND": "solo",
        "SLUICE_POOLS_1_URL": "http://127.0.0.1:18443",
        "SLUICE_POOLS_1_NETWORK": "regtest",
        "SLUICE_POOLS_1_ADDRESS": "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648",
        "SLUICE_POOLS_1_POLL": "5",
        "SLUICE_API_CGMINER_ENABLED": "false",
        "SLUICE_API_REST_PORT": "80",
        "SLUICE_SCREEN_REFRESH": "2.5",
        "SLUICE_LOG_LEVEL": "debug",
    }
    settings = parse(GOOD, environment)
    assert settings.mining.state == Path.home() / "state"
    assert not settings.mining.version_rolling
    chain = settings.chains[0]
    assert (chain.port, chain.fast_baud, chain.ticket) == ("/dev/ttyACM1", 1_000_000, 64)
    assert (settings.pools[0].host, settings.pools[0].user) == ("other.example", "me")
    assert (settings.pools[1].kind, settings.pools[1].poll) == ("solo", 5)
    assert (settings.api.cgminer.enabled, settings.api.rest.port) == (False, 80)
    assert (settings.screen.refresh, settings.log.level) == (2.5, "debug")


def test_variables_alone():
    found = [(path, text, variable(path)) for path, text in ONE_POOL.items()]
    assert parse("", {name: text for _, text, name in found}) == parse("", {}, tuple(found))


def test_options_stand_for_all_pools_of_the_file():
    options = tuple((path, text, "--option") for path, text in ONE_POOL.items())
    secret = {"SLUICE_POOLS_0_PASSWORD": "hunter2", "SLUICE_POOLS_0_USER": "you"}
    text = CHAINS + CHAINS.replace("0", "1") + STRATUM + STRATUM
    settings = parse(text, secret, options, {"chains", "pools"})
    assert len(settings.chains) == len(settings.pools) == 1
    assert (settings.pools[0].user, settings.chains[0].port) == ("me", "/dev/ttyACM0")
    assert settings.pools[0].password.get_secret_value() == "hunter2"


def test_assigned():
    options = (assigned("pools.0.user=a=b", "--set"), assigned("chains.1.port=/dev/x", "--set"))
    settings = parse(GOOD, {"SLUICE_POOLS_0_USER": "you"}, options)
    assert settings.pools[0].user == "a=b"
    assert [chain.port for chain in settings.chains] == ["/dev/ttyUSB0", "/dev/x"]
    with pytest.raises(ConfigError, match=r"^chains\.0\.baud: must be .*, not 'x' \(--set\)$"):
        parse(GOOD, {}, (assigned("chains.0.baud=x", "--set"),))
    assert all(assigned(f"{key}=1", "--set") for key in keys())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user", "'user' is not like pools.0.user=NAME"),
        ("pools.1.usr=x", "pools.1.usr: there is no such key: did you mean pools.1.user?"),
        ("pools.user=x", "pools.user: there is no such key: did you mean pools.0.user?"),
        ("=x", ": there is no such key"),
    ],
)
def test_wrongly_assigned(text, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        assigned(text, "--set")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "SLUICE_POOLS_7_PASSWORD",
            "hunter2",
            "SLUICE_POOLS_7_PASSWORD: there is no pools.7, and no pools.6 either",
        ),
        (
            "SLUICE_POOLS_1_PASSWORD",
            "hunter2",
            "pools.1.url: is missing (the rest is from SLUICE_POOLS_1_PASSWORD)",
        ),
        (
            "SLUICE_POOLS_0_PASSWROD",
            "hunter2",
            "SLUICE_POOLS_0_PASSWROD: there is no such key: did you mean SLUICE_POOLS_0_PASSWORD?",
        ),
        (
            "SLUICE_POOL_0_USER",
            "me",
            "SLUICE_POOL_0_USER: there is no such key: did you mean SLUICE_POOLS_0_USER?",
        ),
        ("SLUICE_LOG_NOISE", "x", "SLUICE_LOG_NOISE: there is no such key"),
        (
            "SLUICE_CHAINS_0_BAUD",
            "fast",
            "chains.0.baud: must be a valid integer, not 'fast' (SLUICE_CHAINS_0_BAUD)",
        ),
        (
            "SLUICE_MINING_VERSION_ROLLING",
            "maybe",
            "mining.version_rolling: must be a valid boolean, not 'maybe'",
        ),
    ],
)
def test_mistakes_of_the_environment(name, text, line):
    with pytest.raises(ConfigError) as caught:
        parse(GOOD, {name: text})
    assert caught.value.lines[0].startswith(line)
    assert "hunter2" not in str(caught.value)


def test_all_mistakes_are_told():
    text = CHAINS + "baud = 5\nspeed = 3\n" + STRATUM + 'kind = "solo"\n[log]\nlevel = "loud"\n'
    with pytest.raises(ConfigError) as caught:
        parse(text, {"SLUICE_POOLS_5_USER": "you"})
    keys = [line.partition(":")[0] for line in caught.value.lines]
    assert keys == [
        "SLUICE_POOLS_5_USER",
        "chains.0.baud",
        "chains.0.speed",
        "pools.0.url",
        "pools.0.address",
        "log.level",
    ]
    with pytest.raises(ConfigError) as caught:
        parse(CHAINS + CHAINS + STRATUM + "[api.rest]\nport = 4028\n")
    keys = [line.partition(":")[0] for line in caught.value.lines]
    assert keys == ["chains.1.port", "api.cgminer.port"]


def test_files(tmp_path):
    path = tmp_path / "sluice.toml"
    with pytest.raises(ConfigError, match=r"^cannot be read: No such file"):
        load(path)
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"^is not UTF-8"):
        load(path)
    path.write_text(GOOD, encoding="utf-8")
    assert load(path).chains[0].port == "/dev/ttyUSB0"
