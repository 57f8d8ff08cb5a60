"""A node of one's own: what blocks are made of, and that none is lost."""

import asyncio
import contextlib
import json
from io import BytesIO

import pytest
from embit.transaction import Transaction

from sluice.firmware.sources import solo
from sluice.firmware.sources.base import SourceError
from sluice.firmware.sources.gbt import BlockTemplate, GbtTemplate
from sluice.firmware.sources.journal import Journal
from sluice.firmware.sources.solo import SoloSource
from sluice.firmware.work.job import JobFactory
from sluice.firmware.work.template import Epoch
from tests.firmware.sources.fakenode import FakeNode, sha256d
from tests.firmware.sources.recorder import Recorder, solve
from tests.patience import GUARD

OTHERS = [
    {"data": "0200000000" + "ab" * n, "txid": f"{n:064x}", "hash": f"{n + 100:064x}"}
    for n in range(1, 6)
]


@contextlib.asynccontextmanager
async def mining(node, folder, **settings):
    listener = Recorder()
    source = SoloSource(0, node.settings(**settings), listener, Journal(folder))
    task = asyncio.create_task(source.session())
    try:
        yield source, listener, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def take_apart(block):
    """Header, coinbase, and what follows."""
    stream = BytesIO(block)
    header, count = stream.read(80), stream.read(1)[0]
    start = stream.tell()
    coinbase = Transaction.read_from(stream)
    return header, count, block[start : stream.tell()], coinbase, stream.read()


async def a_block(node, folder):
    async with mining(node, folder) as (source, listener, _):
        await listener.until(lambda: listener.templates)
        source.submit(solve(listener.templates[-1], lambda r: r.is_block, b"abcdefgh", 0x0105))
        await listener.until(lambda: len(listener.blocks) == 2)
        return source, listener


@pytest.mark.parametrize("count", [0, 1, 4, 5])
@pytest.mark.parametrize("segwit", [False, True])
async def test_blocks(tmp_path, segwit, count):
    rules = ["csv", "!segwit"] if segwit else ["csv"]
    async with FakeNode(rules=rules, transactions=OTHERS[:count]) as node:
        source, listener = await a_block(node, tmp_path)
        header, number, raw, coinbase, rest = take_apart(node.blocks[0])
        assert number == 1 + count
        assert rest.hex() == "".join(other["data"] for other in OTHERS[:count])
        # The witness and its commitment are there exactly if the rules are in force.
        assert (raw[4:6] == b"\x00\x01") == segwit
        commitments = [o for o in coinbase.vout if o.script_pubkey.data[:6].hex() == "6a24aa21a9ed"]
        assert len(commitments) == segwit
        assert coinbase.vin[0].script_sig.data == b"\x02\xc9\x00\x08/sluice/\x08abcdefgh"
        assert coinbase.vout[0].value == 5_000_000_000
        assert coinbase.vout[0].script_pubkey.data == source.settings.script
        # The merkle root is that of the transaction ids.
        level = [coinbase.txid()[::-1]] + [bytes.fromhex(o["txid"])[::-1] for o in OTHERS[:count]]
        while len(level) > 1:
            level += level[-1:] if len(level) % 2 else []
            pairs = zip(level[::2], level[1::2], strict=True)
            level = [sha256d(first + second) for first, second in pairs]
        assert header[36:68] == level[0]
        assert int.from_bytes(header[:4], "little") == 0x20000000 | 0x0105 << 13
        assert [accepted for _, _, accepted, _ in listener.blocks] == [None, True]
        assert (source.counts.blocks, source.counts.accepted) == (1, 1)
        assert [path.suffix for path in (tmp_path / "blocks").iterdir()] == [""]
        (done,) = (tmp_path / "blocks" / "done").iterdir()
        assert json.loads(done.read_text())["verdict"] == "accepted"


async def test_refused(tmp_path):
    async with FakeNode() as node:
        node.verdict = "bad-cb-height"
        source, listener = await a_block(node, tmp_path)
        assert listener.blocks[-1][2:] == (False, "bad-cb-height")
        assert source.counts.rejected == {"bad-cb-height": 1}
        assert not list((tmp_path / "blocks").glob("*.json"))


async def test_what_is_found_after_a_block_is_stale(tmp_path):
    async with FakeNode() as node, mining(node, tmp_path) as (source, listener, _):
        await listener.until(lambda: listener.templates)
        template = listener.templates[-1]
        source.submit(solve(template, lambda r: r.is_block))
        assert not template.epoch.alive
        await listener.until(lambda: listener.templates[-1].height == 202)
        assert listener.templates[-1].epoch.alive
        assert listener.templates[-1].previous == sha256d(node.blocks[0][:80])


async def test_long_polling(tmp_path):
    async with FakeNode() as node, mining(node, tmp_path, poll=600.0) as (_, listener, _):
        await listener.until(lambda: listener.templates)
        first = listener.templates[-1]
        node.new_tip("33" * 32)
        await listener.until(lambda: listener.templates[-1].previous == b"\x33" * 32)
        assert not first.epoch.alive
        count = len(listener.templates)
        node.transactions = OTHERS[:1]
        node.tip = "44" * 32
        node.news()
        await listener.until(lambda: len(listener.templates) > count)
        assert listener.templates[-1].branch == (bytes.fromhex(OTHERS[0]["txid"])[::-1],)


async def test_a_node_without_long_polling(tmp_path):
    async with (
        FakeNode(longpoll=False) as node,
        mining(node, tmp_path, poll=0.1) as (_, listener, _),
    ):
        await listener.until(lambda: len(listener.templates) > 2)


async def test_a_template_from_before_a_block_was_found(tmp_path):
    """It does not have chips go on with what is stale by then; a refusal does."""
    async with FakeNode() as node, mining(node, tmp_path, poll=0.1) as (source, listener, _):
        await listener.until(lambda: listener.templates)
        node.verdict, node.deaf = "bad-cb-height", True
        source.submit(solve(listener.templates[-1], lambda r: r.is_block))
        count = len(listener.templates)
        await listener.until(lambda: len(listener.templates) > count + 1)
        assert not listener.templates[-1].epoch.alive
        # Nothing was heard of the block; the connection ends, and it is handed in once more.
    node.deaf = False
    async with node, mining(node, tmp_path, poll=0.1) as (_, listener, _):
        await listener.until(lambda: listener.said)
        await listener.until(lambda: listener.templates[-1].epoch.alive)


@pytest.mark.parametrize("trouble", ["broken", "deaf"])
async def test_a_farewell(tmp_path, monkeypatch, trouble):
    """What the node does not take when mining ends is told, and waits; afterwards it is taken."""
    # Who answers has all the time that a disk may take.
    monkeypatch.setattr(solo, "FAREWELL", 0.2 if trouble == "deaf" else GUARD)
    async with FakeNode() as node:
        async with mining(node, tmp_path) as (source, listener, _):
            await listener.until(lambda: listener.templates)
            setattr(node, trouble, True)
            source.submit(solve(listener.templates[-1], lambda r: r.is_block))
        await source.farewell()
        ((level, said),) = listener.said
        name = listener.blocks[0][1]
        why = {"broken": "the node says: Loading (-28)", "deaf": "no answer within 0.2 s"}[trouble]
        assert (level, said) == ("warning", f"block {name} waits for the next start: {why}")
        assert len(list((tmp_path / "blocks").glob("*.json"))) == 1
        setattr(node, trouble, False)
        monkeypatch.setattr(solo, "FAREWELL", GUARD)
        await source.farewell()
        assert [accepted for _, _, accepted, _ in listener.blocks] == [None, True]
        assert len(node.blocks) == 1
        assert not list((tmp_path / "blocks").glob("*.json"))
        # Nothing is left to do.
        calls = len(node.calls)
        await source.farewell()
        assert len(node.calls) == calls


async def test_blocks_outlast_the_connection(tmp_path):
    async with FakeNode() as node:
        async with mining(node, tmp_path) as (source, listener, task):
            await listener.until(lambda: listener.templates)
            node.broken = True
            source.submit(solve(listener.templates[-1], lambda r: r.is_block))
            with pytest.raises(SourceError, match=r"^the node says: Loading \(-28\)$"):
                await task
            assert len(list((tmp_path / "blocks").glob("*.json"))) == 1
        node.broken = False
        # As after a crash: somebody who knows only what is on the disk.
        async with mining(node, tmp_path) as (_, listener, _):
            await listener.until(lambda: listener.said)
            assert "of an earlier run accepted" in listener.said[-1][1]
            assert len(node.blocks) == 1
            assert not list((tmp_path / "blocks").glob("*.json"))


@pytest.mark.parametrize(
    "said",
    [
        "duplicate",
        "rejected: duplicate",
        "Rejected:  DUPLICATE",
        "inconclusive",
        "duplicate-inconclusive",
        "rejected: inconclusive",
    ],
)
async def test_a_node_that_has_the_block_already(tmp_path, said):
    """Found while the daemon ended: the node took it, and nobody was there to hear that."""
    async with FakeNode() as node:
        async with mining(node, tmp_path) as (source, listener, _):
            await listener.until(lambda: listener.templates)
            node.deaf = True
            source.submit(solve(listener.templates[-1], lambda r: r.is_block))
            async with asyncio.timeout(GUARD):
                while not node.blocks:
                    await asyncio.sleep(0)
            assert source.counts.blocks == 0
        assert len(list((tmp_path / "blocks").glob("*.json"))) == 1
        node.deaf, node.verdict = False, said
        async with mining(node, tmp_path) as (source, listener, _):
            await listener.until(lambda: listener.said)
            level, text = listener.said[-1]
            assert level == "info"
            word = said.lower().removeprefix("rejected:").strip()
            assert text.endswith(f" of an earlier run: the node has it ({word})")
            # That run may have counted it; this one has found nothing.
            assert (source.counts.blocks, source.counts.accepted) == (0, 0)
            assert source.counts.rejected.total() == 0
            assert not list((tmp_path / "blocks").glob("*.json"))
        submits = node.calls.count("submitblock")
        async with mining(node, tmp_path) as (_, listener, _):
            await listener.until(lambda: listener.templates)
            assert node.calls.count("submitblock") == submits


@pytest.mark.parametrize("said", ["duplicate", "rejected: duplicate", "inconclusive"])
async def test_a_duplicate_of_this_run_counts_once(tmp_path, said):
    async with FakeNode() as node:
        node.verdict = said
        source, listener = await a_block(node, tmp_path)
        word = said.removeprefix("rejected: ")
        assert listener.blocks[-1][2:] == (True, word)
        assert (source.counts.blocks, source.counts.accepted) == (1, 1)
        (done,) = (tmp_path / "blocks" / "done").iterdir()
        assert json.loads(done.read_text())["verdict"] == word


async def test_a_known_bad_block_is_refused(tmp_path):
    async with FakeNode() as node:
        node.verdict = "rejected: duplicate-invalid"
        source, listener = await a_block(node, tmp_path)
        assert listener.blocks[-1][2:] == (False, "duplicate-invalid")
        assert (source.counts.blocks, source.counts.accepted) == (0, 0)


async def test_wrong_password(tmp_path):
    async with FakeNode() as node, mining(node, tmp_path, password="wrong") as (_, _, task):
        with pytest.raises(SourceError, match=r"^the node refuses user and password$"):
            await task


async def test_cookie(tmp_path):
    cookie = tmp_path / ".cookie"
    cookie.write_text("me:secret")
    async with (
        FakeNode() as node,
        mining(node, tmp_path, user="", password="", cookie_file=cookie) as (_, listener, _),
    ):
        await listener.until(lambda: listener.templates)


async def test_no_node(tmp_path):
    node = FakeNode()
    async with mining(node, tmp_path) as (_, _, task):
        with pytest.raises(SourceError, match=r"^no connection: "):
            await task


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"height": None}, "template: height: "),
        ({"height": "200"}, None),
        ({"bits": "00000000"}, "template: bits must stand for a target"),
        ({"bits": "x"}, "template: bits: "),
        ({"previousblockhash": "00"}, "template: previousblockhash: "),
        ({"transactions": [{"data": "00"}]}, "template: transactions: one has neither txid nor"),
        ({"coinbaseaux": {"flags": "aa" * 92}}, "template: coinbase script must have 100 bytes"),
        (
            {"noncerange": "000000000fffffff"},
            "template: noncerange: chips do all nonces",
        ),
        ({"rules": ["csv", "!segwit", "taproot"]}, None),
        ({"rules": ["unknown"]}, None),
        (
            {"rules": ["!segwit", "!covenants"]},
            "template: rules: '!covenants' has to be",
        ),
        ({"signet_challenge": "51"}, None),
        (
            {"signet_challenge": "5121" + "03" * 33 + "51ae"},
            "network: is signet, and blocks",
        ),
    ],
)
def test_templates_that_cannot_be_used(changes, message):
    def make():
        GbtTemplate.make(
            BlockTemplate.parse({**node.template(), **changes}),
            index=0,
            epoch=Epoch(),
            script=b"\x51",
            text="",
            rolling=True,
            received=0.0,
            job_id=1,
        )

    node = FakeNode()
    if message is None:
        make()
        return
    with pytest.raises(SourceError, match=rf"^{message}"):
        make()


@pytest.mark.parametrize(
    ("changes", "roll"),
    [
        # Bitcoin Core, which has no maxtime; BIP 23's words; what maxtime and maxtimeoff imply.
        ({"mutable": ["time", "transactions", "prevblock"], "maxtime": None}, 600),
        ({"mutable": ["time/increment"], "maxtime": None}, 600),
        ({"mutable": ["time/decrement"], "maxtime": None}, 0),
        ({"mutable": ["transactions"], "maxtime": None}, 0),
        ({"mutable": [], "maxtime": None}, 0),
        ({"mutable": []}, 500),
        ({"mutable": [], "maxtime": None, "maxtimeoff": 0}, 600),
        ({"mutable": ["time"], "maxtime": 1_700_000_503}, 3),
        ({"mutable": ["time"], "maxtime": 1_700_000_400}, 0),
        ({"mutable": ["time"], "mintime": 1_700_000_990}, 10),
    ],
)
def test_time_moves_if_the_node_lets_it(changes, roll):
    source = BlockTemplate.parse({**FakeNode().template(), **changes})
    options = {"index": 0, "epoch": Epoch(), "script": b"\x51", "text": "", "rolling": True}
    template = GbtTemplate.make(source, **options, received=100.0, job_id=1).template
    assert template.time == max(source.curtime, source.mintime)
    assert template.roll == roll
    assert JobFactory().next(template, now=10_000.0).time == template.time + roll


def test_all_that_a_node_wants_in_the_coinbase():
    """The values of `coinbaseaux`, whatever their keys (BIP 22)."""
    answer = {**FakeNode().template(), "coinbaseaux": {"flags": "aabb", "more": "ccdd"}}
    options = {"index": 0, "epoch": Epoch(), "script": b"\x51", "text": "", "rolling": True}
    made = GbtTemplate.make(BlockTemplate.parse(answer), **options, received=0.0, job_id=1)
    assert b"\xaa\xbb\xcc\xdd" in made.template.coinbase1


@pytest.mark.parametrize("crash", [False, True])
async def test_the_id_of_the_work_goes_back(tmp_path, crash):
    """BIP 22: it must be included with submissions, those of an earlier run among them."""
    async with FakeNode() as node:
        node.changes = {"workid": "work-7"}
        if crash:
            async with mining(node, tmp_path) as (source, listener, _):
                await listener.until(lambda: listener.templates)
                node.broken = True
                source.submit(solve(listener.templates[-1], lambda r: r.is_block))
            node.broken, node.changes = False, {}
            async with mining(node, tmp_path) as (_, listener, _):
                await listener.until(lambda: listener.said)
        else:
            await a_block(node, tmp_path)
        ((block, more),) = node.submitted
        assert more == {"workid": "work-7"}
        assert bytes.fromhex(block) == node.blocks[0]


async def test_no_id_of_work(tmp_path):
    async with FakeNode() as node:
        await a_block(node, tmp_path)
        assert [len(params) for params in node.submitted] == [1]


async def test_what_nodes_are_asked_for(tmp_path):
    """The rules that this miner knows, and what it can do (BIP 9, BIP 22)."""
    asked = []

    class Curious(FakeNode):
        async def _answer(self, request, path):
            if request["method"] == "getblocktemplate":
                asked.append(request["params"][0])
            return await super()._answer(request, path)

    async with Curious() as node:
        node.chain, node.challenge, node.changes = "signet", "51", {"rules": ["!signet"]}
        address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
        async with mining(node, tmp_path, network="signet", address=address) as (_, listener, _):
            await listener.until(lambda: listener.templates)
            assert asked[0]["rules"] == ["csv", "segwit", "taproot", "signet"]
            assert "workid" in asked[0]["capabilities"]
        node.chain, node.changes = "regtest", {}
        async with mining(node, tmp_path) as (_, listener, _):
            await listener.until(lambda: listener.templates)
            assert asked[-1]["rules"] == ["csv", "segwit", "taproot"]


@pytest.mark.parametrize("bits", ["207fffff", "1b0404cb", "17023a04", "1d00ffff", "1c05a3f4"])
def test_the_hardest_block_is_a_share(bits):
    node = FakeNode()
    source = BlockTemplate.parse({**node.template(), "bits": bits})
    options = {"index": 0, "epoch": Epoch(), "script": b"\x51", "text": "", "rolling": True}
    template = GbtTemplate.make(source, **options, received=0.0, job_id=1).template
    assert template.target == template.network_target


async def test_a_full_disk_does_not_keep_a_block_back(tmp_path):
    async with FakeNode() as node, mining(node, tmp_path) as (source, listener, _):
        await listener.until(lambda: listener.templates)
        (tmp_path / "blocks" / "done").rmdir()
        (tmp_path / "blocks").rmdir()
        source.submit(solve(listener.templates[-1], lambda r: r.is_block))
        await listener.until(lambda: len(listener.blocks) == 2)
        assert len(node.blocks) == 1
        assert [level for level, _ in listener.said] == ["error"] * 3
