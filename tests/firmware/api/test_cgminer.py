"""The API of cgminer, as its clients speak it."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.firmware.api.cgminer import server
from sluice.firmware.api.cgminer.commands import COMMANDS, answer
from sluice.firmware.api.cgminer.message import RequestError, parse
from sluice.firmware.api.cgminer.server import whole
from tests.firmware.api.daemon import NOW, Daemon, empty, snapshot
from tests.firmware.api.served import served


async def ask(*requests, daemon=None, end=False):
    """What comes back for each request, up to the end of its connection."""
    answers = []
    async with served(daemon or Daemon(), only=("cgminer",)) as chosen:
        for request in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", chosen.cgminer.port)
            writer.write(request if isinstance(request, bytes) else json.dumps(request).encode())
            if end:
                writer.write_eof()
            answers.append(await reader.read())
            writer.close()
            await writer.wait_closed()
    assert all(data.endswith(b"\0") for data in answers)
    return [data[:-1].decode() for data in answers]


async def spoken(*requests, **options):
    return [json.loads(text) for text in await ask(*requests, **options)]


def table(text):
    """Rows of a text reply, with what was escaped."""
    rows = []
    for row in text.replace("\\|", "\1").rstrip("|").split("|"):
        cells = row.replace("\\,", "\2").split(",")
        pairs = [cell.replace("\\=", "\3").partition("=") for cell in cells]
        plain = str.maketrans({"\1": "|", "\2": ",", "\3": "="})
        rows.append(
            {k.translate(plain): v.translate(plain).replace("\\\\", "\\") for k, _, v in pairs}
        )
    return rows


async def test_summary():
    (reply,) = await spoken({"command": "summary"})
    status = reply["STATUS"][0]
    assert (status["STATUS"], status["Code"], status["Msg"]) == ("S", 11, "Summary")
    assert status["Description"] == "sluice 0.1.0"
    summary = reply["SUMMARY"][0]
    expected = {
        "Elapsed": 90061,
        "MHS 1m": 300.0,
        "Accepted": 98,
        "Rejected": 3,
        "Stale": 1,
        "Found Blocks": 2,
        "Hardware Errors": 1,
        "Difficulty Accepted": 50176.0,
        "Best Share": 123456,
    }
    assert {name: summary[name] for name in expected} == expected
    assert reply["id"] == 1


async def test_sections():
    names = ["version", "config", "pools", "devs", "devdetails", "stats", "asccount", "coin"]
    replies = await spoken(*({"command": name} for name in names))
    version, config, pools, devices, details, statistics, count, coin = replies
    assert version["VERSION"] == [{"CGMiner": "sluice 0.1.0", "API": "3.7"}]
    assert (config["CONFIG"][0]["ASC Count"], config["CONFIG"][0]["Pool Count"]) == (2, 3)
    assert [pool["POOL"] for pool in pools["POOLS"]] == [0, 1, 2]
    assert [pool["Status"] for pool in pools["POOLS"]] == ["Alive", "Alive", "Dead"]
    assert [pool["Stratum Active"] for pool in pools["POOLS"]] == [True, False, False]
    assert (pools["POOLS"][0]["Accepted"], pools["POOLS"][0]["Rejected"]) == (98, 3)
    assert [pool["Get Failures"] for pool in pools["POOLS"]] == [0, 0, 9]
    assert pools["STATUS"][0]["Msg"] == "3 Pool(s)"
    assert [device["ASC"] for device in devices["DEVS"]] == [0, 1]
    assert [device["Status"] for device in devices["DEVS"]] == ["Alive", "Dead"]
    assert devices["DEVS"][0]["MHS 5s"] == pytest.approx(312)
    assert [device["Accepted"] for device in devices["DEVS"]] == [98, 0]
    assert [device["Last Share Pool"] for device in devices["DEVS"]] == [0, -1]
    assert devices["DEVS"][0]["Utility"] == 1.63  # in an hour
    assert details["DEVDETAILS"][0]["Device Path"] == "/dev/ttyUSB0"
    assert [row["ID"] for row in statistics["STATS"]] == ["SLC0", "SLC1", "POOL0", "POOL1", "POOL2"]
    assert count["ASCS"] == [{"Count": 2}]
    assert coin["COIN"][0]["Network Difficulty"] == 1.1e14


async def test_text():
    summary, pools = await ask(b"summary", b"pools|\n")
    head, body = table(summary)
    assert (head["STATUS"], head["Code"], head["Msg"]) == ("S", "11", "Summary")
    assert (body["SUMMARY"], body["Accepted"], body["MHS 1m"]) == ("", "98", "300.00")
    head, first, second, _ = table(pools)
    assert head["Msg"] == "3 Pool(s)"
    assert (first["POOL"], first["URL"]) == ("0", "stratum+tcp://pool.example.com:3333")
    assert (second["POOL"], second["Status"]) == ("1", "Alive")


async def test_text_is_escaped():
    odd = "a|b=c,d\\e"
    pool = snapshot().pools[0]
    daemon = Daemon(snapshot(pools=(type(pool)(**{**vars(pool), "user": odd}),)))
    (text,) = await ask(b"pools\n", daemon=daemon)
    assert table(text)[1]["User"] == odd
    assert r",User=a\|b\=c\,d\\e," in text


async def test_joined():
    (reply,) = await spoken({"command": "summary+pools"})
    assert set(reply) == {"summary", "pools", "id"}
    assert reply["summary"][0]["SUMMARY"][0]["Accepted"] == 98
    assert len(reply["pools"][0]["POOLS"]) == 3
    (text,) = await ask(b"version+coin\n")
    assert text.startswith("CMD=version|STATUS=S,")
    assert "|CMD=coin|STATUS=S," in text


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"command": "nonsense"}, 14),
        ({"command": ""}, 14),
        ({"command": "++"}, 14),
        ({"parameter": "1"}, 24),
        ({"command": 5}, 14),
        ({"command": "quit"}, 45),
        ({"command": "addpool", "parameter": "x,y,z"}, 45),
        ({"command": "privileged"}, 45),
        ({"command": "asc"}, 15),
        ({"command": "pga", "parameter": "0"}, 56),
        ({"command": "asc", "parameter": "2"}, 107),
        ({"command": "check"}, 71),
    ],
)
async def test_refused(request_, code):
    (reply,) = await spoken(request_)
    assert (reply["STATUS"][0]["STATUS"], reply["STATUS"][0]["Code"]) == ("E", code)


async def test_one_device_and_check():
    device, known, denied, unknown = await spoken(
        {"command": "asc", "parameter": "1"},
        {"command": "check", "parameter": "pools"},
        {"command": "check", "parameter": "quit"},
        {"command": "check", "parameter": "what"},
    )
    assert (device["ASC"][0]["ASC"], device["ASC"][0]["Status"]) == (1, "Dead")
    answers = [
        (reply["CHECK"][0]["Exists"], reply["CHECK"][0]["Access"])
        for reply in (known, denied, unknown)
    ]
    assert answers == [("Y", "Y"), ("Y", "N"), ("N", "N")]


@pytest.mark.parametrize(
    ("data", "is_whole"),
    [
        (b"summary\n", True),
        (b"summary\0", True),
        (b"summary", False),
        (b'{"command":"summary"}', True),
        (b' {"command":"summary"} ', True),
        (b'{"command":"summ', False),
        (b"", False),
        # Deeper than Python's parser goes.
        (b'{"command":' + b"[" * 4000, True),
    ],
)
def test_ends_of_requests(data, is_whole):
    assert whole(data) is is_whole


async def test_pieces_and_nonsense():
    """Requests come without an end, in pieces, or are none."""
    async with served(Daemon(), only=("cgminer",)) as chosen:
        reader, writer = await asyncio.open_connection("127.0.0.1", chosen.cgminer.port)
        for piece in (b'{"comm', b'and":"ver', b'sion"}'):
            writer.write(piece)
            await writer.drain()
        assert b'"VERSION"' in await reader.read()
        writer.close()
    nonsense = [b"{not json\n", b"[]\n", b"\xff\xfe\n", b"x" * 9000, b"{" * 4096, b"\0", b"{}"]
    nonsense.append(b'{"command":' + b"[" * 4000)
    for data in nonsense:
        (reply,) = await ask(data)
        assert "STATUS" in reply
    (reply,) = await ask(b"version", end=True)
    assert reply.startswith("STATUS=S")


@pytest.mark.parametrize("end", [False, True])
@pytest.mark.parametrize(
    "data", [b"{", b'{"command":"summary"', b'{"command":summary}', b'{"command":"summary"}]']
)
async def test_bad_json_is_answered(data, end, monkeypatch):
    """Whether or not the client ends its half of the connection."""
    monkeypatch.setattr(server, "ENDLESS", 0.05)
    (reply,) = await spoken(data, end=end)
    (status,) = reply["STATUS"]
    assert (status["STATUS"], status["Code"], status["Msg"]) == ("E", 23, "Invalid JSON")


async def test_joined_as_cgminer_does():
    """Blanks are skipped, each comes once, and those with a parameter are denied."""
    request = {"command": "+version++lcd+version+asc+nonsense+quit", "parameter": "0"}
    (reply,) = await spoken(request)
    assert list(reply) == ["version", "lcd", "asc", "nonsense", "quit", "id"]
    codes = [reply[name][0]["STATUS"][0]["Code"] for name in list(reply)[:-1]]
    assert codes == [22, 125, 45, 14, 45]
    (reply,) = await spoken({"command": "+version"})
    assert set(reply) == {"version", "id"}


async def test_a_stranger_learns_nothing():
    (reply,) = await spoken({"command": "nonsense"})
    assert set(reply["STATUS"][0]) == {"STATUS", "When", "Code", "Msg"}


async def test_what_else_can_be_read():
    lcd, notify, usb, count, old, older, pools, numbered = await spoken(
        {"command": "lcd"},
        {"command": "notify"},
        {"command": "usbstats"},
        {"command": "pgacount"},
        {"command": "edevs"},
        {"command": "edevs", "parameter": 600},
        {"command": "estats"},
        {"command": "asc", "parameter": 1},
    )
    assert lcd["LCD"][0]["GHS av"] == 0.29
    assert lcd["LCD"][0]["Current Pool"] == "stratum+tcp://pool.example.com:3333"
    well, failed = notify["NOTIFY"]
    assert (well["Reason Not Well"], well["*Dev Comms Error"]) == ("None", 0)
    assert (failed["Last Well"], failed["Last Not Well"]) == (0, NOW - 20)
    assert failed["Reason Not Well"] == "no answer from any chip"
    assert (usb["STATUS"][0]["STATUS"], usb["STATUS"][0]["Code"], len(usb)) == ("I", 88, 2)
    assert count["PGAS"] == [{"Count": 0}]
    # The second port is gone, since twenty seconds.
    assert [row["ASC"] for row in old["DEVS"]] == [0]
    assert [row["ASC"] for row in older["DEVS"]] == [0, 1]
    assert [row["ID"] for row in pools["STATS"]] == ["SLC0"]
    assert numbered["ASC"][0]["No Device"] is True


async def test_text_of_one_device():
    (text,) = await ask(b"asc|1\n")
    assert "|ASC=1,Name=SLC,ID=1,Enabled=Y,Status=Dead,MHS av=0.00," in text


@pytest.mark.parametrize("command", COMMANDS)
def test_the_first_moment(command):
    assert answer(command, "0", empty()).code


@given(st.binary(max_size=80))
def test_any_bytes(data):
    try:
        request = parse(data)
    except RequestError as error:
        code = error.code
    else:
        replies = [answer(command, request.parameter, snapshot()) for command in request.commands]
        code = replies[0].code
    assert code
