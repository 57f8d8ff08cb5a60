"""AxeOS's web sockets, and pages of other machines."""

import json

import httpx
import pytest

from sluice.firmware import stats
from sluice.firmware.api import axeos
from sluice.firmware.api.axeos import live
from tests.firmware.api.daemon import NOW, Daemon, history, snapshot
from tests.firmware.api.served import served
from tests.firmware.api.websocket import connected

PAGE = "http://192.168.1.20"


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.01)


async def test_only_what_has_changed():
    daemon = Daemon()
    async with (
        served(daemon, only=("rest",)) as chosen,
        connected(chosen.rest.port, "/api/ws/live") as socket,
    ):
        first = json.loads(await socket.text())
        assert first["event"] == "update"
        whole = axeos.info(snapshot(), history(), "127.0.0.1").said()
        assert first["data"].keys() == whole.keys()
        # What a client says is of no matter.
        socket.say("hello")
        daemon.now = snapshot(accepted=99)
        second = json.loads(await socket.text())
        assert set(second["data"]) <= {"sharesAccepted", "freeHeap"}
        while "sharesAccepted" not in second["data"]:
            second = json.loads(await socket.text())
        assert second["data"]["sharesAccepted"] == 99


async def test_the_log_as_it_grows():
    daemon = Daemon()
    async with (
        served(daemon, only=("rest",)) as chosen,
        connected(chosen.rest.port, "/api/ws") as socket,
    ):
        kept = [await socket.text() for _ in daemon.now.events]
        assert kept[0].endswith(" [info] started\n")
        event = stats.Event(number=9, at=NOW, level="warning", text="something new")
        daemon.now = snapshot(events=(*daemon.now.events, event))
        assert (await socket.text()).endswith(" [warning] something new\n")


async def test_ends_with_the_daemon():
    async with served(Daemon(), only=("rest",)) as chosen:
        held = connected(chosen.rest.port, "/api/ws")
        socket = await held.__aenter__()
        for _ in range(3):
            assert await socket.text()
    assert await socket.text() is None
    await held.__aexit__(None, None, None)


@pytest.mark.parametrize("path", ["/api/ws", "/api/ws/live"])
async def test_who_is_let_in(path):
    """Browsers open web sockets to anywhere: pages of others are not let in."""
    async with served(Daemon(), only=("rest",), allow_origins=PAGE) as chosen:
        port = chosen.rest.port
        ours = f"http://127.0.0.1:{port}"
        for headers, accepted in (
            ({}, True),
            ({"origin": ours}, True),
            ({"origin": PAGE}, True),
            ({"origin": "http://evil.example.com"}, False),
            ({"origin": "null"}, False),
            ({"host": "evil.example.com", "origin": "http://evil.example.com"}, False),
        ):
            async with connected(port, path, **headers) as socket:
                assert socket.accepted is accepted, headers


async def crossed(method, path, *, origin=PAGE, **rest):
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    async with (
        served(Daemon(), only=("rest",), **rest) as chosen,
        httpx.AsyncClient(trust_env=False) as session,
    ):
        url = f"http://127.0.0.1:{chosen.rest.port}{path}"
        return await session.request(method, url, headers=headers)


ALLOWED = "access-control-allow-origin"


async def test_pages_of_other_machines():
    answer = await crossed("GET", "/api/system/info")
    assert ALLOWED not in answer.headers
    answer = await crossed("GET", "/api/system/info", allow_origins=f"http://other {PAGE}")
    assert answer.headers[ALLOWED] == PAGE
    assert answer.headers["cache-control"] == "no-store"
    answer = await crossed("OPTIONS", "/api/system/pause", allow_origins=PAGE)
    assert (answer.status_code, answer.headers[ALLOWED]) == (200, PAGE)
    answer = await crossed("OPTIONS", "/api/v1/pause", allow_origins="http://other")
    assert (answer.status_code, ALLOWED in answer.headers) == (400, False)
    answer = await crossed("GET", "/api/system/asic", allow_origins="*")
    assert answer.headers[ALLOWED] == "*"
    # The token is needed all the same.
    answer = await crossed("POST", "/api/v1/pause", allow_origins="*")
    assert answer.status_code == 403
