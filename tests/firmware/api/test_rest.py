"""The REST API: what it answers, who may change something, and its OpenAPI document."""

import dataclasses
import math
import socket

import httpx
import pytest

from sluice.firmware.api import AddressError, serve
from tests.firmware.api.daemon import NOW, Daemon, empty, snapshot
from tests.firmware.api.served import served, settings

TOKEN = "correct horse"


def client(chosen, **options):
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{chosen.rest.port}", trust_env=False, **options
    )


async def ask(daemon, path, method="GET", *, only=("rest",), headers=None, **rest):
    async with served(daemon, only=only, **rest) as chosen, client(chosen) as session:
        return await session.request(method, path, headers=headers)


async def test_status():
    answer = await ask(Daemon(), "/api/v1/status")
    body = answer.json()
    assert body["chains"][0]["chips"][1]["rates"]["chips"]["minute_1"] == 150e6
    assert body["pools"][0]["counts"]["rejected"]["Above target"] == 2
    assert body["blocks"][1]["accepted"] is False
    # All fields, nothing else.
    assert set(body) == {field.name for field in dataclasses.fields(snapshot())}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("part", ["chains", "pools", "blocks", "events"])
async def test_parts(part):
    daemon = Daemon()
    async with served(daemon, only=("rest",)) as chosen, client(chosen) as session:
        whole = (await session.get("/api/v1/status")).json()
        assert (await session.get(f"/api/v1/{part}")).json() == whole[part]


async def test_history():
    body = (await ask(Daemon(), "/api/v1/history")).json()
    assert len(body) == 8640
    assert body[-1]["at"] == NOW
    assert set(body[0]) == {"at", "chips", "results", "shares"}


async def test_the_first_moment():
    for path in ("/api/v1/status", "/api/v1/history", "/api/system/info", "/api/system/asic", "/"):
        assert (await ask(Daemon(empty(), []), path)).status_code == 200


async def test_numbers_that_json_has_not():
    body = (await ask(Daemon(snapshot(best_difficulty=math.inf)), "/api/v1/status")).json()
    assert body["best_difficulty"] is None


async def test_read_only_without_token():
    daemon = Daemon()
    for headers in (None, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {TOKEN}"}):
        for path in ("/api/v1/pause", "/api/v1/resume"):
            answer = await ask(daemon, path, "POST", headers=headers)
            assert answer.status_code == 403
            assert "api.rest.token is not set" in answer.json()["detail"]
    assert not daemon.paused


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", "Bearer", f"Basic {TOKEN}", TOKEN, "Bearer \xfc"]
)
async def test_wrong_token(header):
    daemon = Daemon()
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = await ask(daemon, "/api/v1/pause", "POST", headers=headers, token=TOKEN)
    assert answer.status_code == 401
    assert not daemon.paused


async def test_pause_and_resume():
    daemon = Daemon()
    async with (
        served(daemon, only=("rest",), token=TOKEN) as chosen,
        client(chosen, headers={"Authorization": f"Bearer {TOKEN}"}) as session,
    ):
        assert (await session.post("/api/v1/pause")).json() == {"paused": True}
        assert (await session.get("/api/v1/status")).json()["paused"] is True
        assert (await session.post("/api/v1/resume")).json() == {"paused": False}
        # Reading an address that changes something changes nothing.
        assert (await session.get("/api/v1/pause")).status_code == 405
    assert not daemon.paused


async def test_openapi():
    answer = await ask(Daemon(), "/api/v1/openapi.json")
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    assert "Snapshot" in str(paths["/api/v1/status"]["get"]["responses"]["200"])
    assert set(paths["/api/v1/pause"]["post"]["responses"]) >= {"200", "401", "403"}
    assert paths["/api/v1/pause"]["post"]["security"]
    assert "security" not in paths["/api/v1/status"]["get"]
    described = set(document["components"]["schemas"]["Snapshot"]["properties"])
    assert described == {field.name for field in dataclasses.fields(snapshot())}


async def test_names_of_this_machine():
    """A page of somebody else, by a name of its own that leads here, learns nothing."""
    for host, status in (
        ("localhost:8420", 200),
        ("127.0.0.1", 200),
        ("[::1]:8420", 200),
        ("evil.example.com:8420", 421),
        ("127.0.0.1.example.com", 421),
    ):
        answer = await ask(Daemon(), "/api/v1/status", headers={"Host": host})
        assert answer.status_code == status, host
    everywhere = {"host": "0.0.0.0"}
    answer = await ask(Daemon(), "/api/v1/status", headers={"Host": "rig.lan"}, **everywhere)
    assert answer.status_code == 200


async def test_nothing_else():
    for path in ("/docs", "/redoc", "/../rest.py", "/%2e%2e/rest.py", "/rest.py", "/api/v1/"):
        assert (await ask(Daemon(), path)).status_code == 404


async def test_disabled():
    async with served(Daemon(), only=("metrics",)) as chosen:
        with pytest.raises(httpx.ConnectError):
            await client(chosen).get("/")


@pytest.mark.parametrize("name", ["rest", "metrics", "cgminer"])
async def test_port_in_use(name):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        chosen = settings(only=(name,))
        endpoint = getattr(chosen, name).model_copy(update={"port": other.getsockname()[1]})
        chosen = chosen.model_copy(update={name: endpoint})
        with pytest.raises(AddressError) as refused:
            async with serve(Daemon(), chosen):
                pass
    where = f"api.{name}.port: cannot listen on 127.0.0.1 port {endpoint.port}: the port is in use"
    assert str(refused.value) == where


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("203.0.113.7", "this machine does not have that address"),
        ("no.such.host.invalid", "unknown host"),
    ],
)
async def test_hosts_that_are_not_ours(host, reason):
    with pytest.raises(AddressError, match=reason):
        async with served(Daemon(), only=("rest",), host=host):
            pass


async def test_ends_while_somebody_is_connected():
    async with served(Daemon()) as chosen:
        idle = socket.create_connection(("127.0.0.1", chosen.rest.port))
        waiting = socket.create_connection(("127.0.0.1", chosen.cgminer.port))
    idle.close()
    waiting.close()
