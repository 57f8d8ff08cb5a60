"""The node and the judge, before any daemon: blocks of a miner of the tests' own."""

import subprocess

import pytest

from sluice.firmware.demo import npm
from sluice.firmware.demo.consensus import replay
from sluice.firmware.demo.errors import DemoError
from sluice.firmware.demo.node import RegtestNode, RpcError
from tests.firmware.needs import needs_node
from tests.firmware.peers.solo import coinbase, mine, number, sha256d

ROLLED = 0x1FFFE000


async def template_of(node):
    return await node.rpc("getblocktemplate", {"rules": ["segwit"]})


def following(template, block):
    """What the template after that block would be; it claims less than it might."""
    return {
        **template,
        "height": template["height"] + 1,
        "previousblockhash": sha256d(block[:80])[::-1].hex(),
        "curtime": template["curtime"] + 1,
        "coinbasevalue": 1,
    }


async def mined(count, **choices):
    """What a fresh node says of `count` blocks, and its chain."""
    async with RegtestNode(npm.install()) as node:
        answers = [
            await node.rpc("submitblock", mine(await template_of(node), **choices).hex())
            for _ in range(count)
        ]
        return answers, await node.blocks()


@needs_node
async def test_mines_and_replays(rng):
    rolled = rng.getrandbits(32) & ROLLED
    answers, blocks = await mined(5, version=0x20000000 | rolled)
    assert answers == [None] * 5
    verdicts = replay(blocks)
    assert [verdict.valid for verdict in verdicts] == [True] * 5
    assert {verdict.version for verdict in verdicts} == {0x20000000 | rolled}


@needs_node
async def test_segwit_becomes_active():
    """After that a coinbase carries a commitment and a witness, and both of them agree."""
    active, blocks = False, []
    async with RegtestNode(npm.install()) as node:
        while not active:
            template = await template_of(node)
            active = "segwit" in [rule.lstrip("!") for rule in template["rules"]]
            # Asked for now and then only: a period, after which rules change, is 144 blocks long.
            for _ in range(1 if active else 16):
                block = mine(template)
                blocks.append(block)
                assert await node.rpc("submitblock", block.hex()) is None
                template = following(template, block)
        assert await node.rpc("getbestblockhash") == template["previousblockhash"]
    assert 430 <= len(blocks) <= 440
    assert all(verdict.valid for verdict in replay(blocks))


@needs_node
async def test_the_judge_is_stricter_than_the_node():
    """A wrong height passes bcoin, and not Bitcoin Core."""
    answers, blocks = await mined(1, height=77)
    assert answers == [None]
    assert [verdict.valid for verdict in replay(blocks)] == [False]
    assert replay(blocks)[0].reason == "consensus"


@needs_node
async def test_what_the_judge_refuses():
    _, blocks = await mined(3)
    assert not any(verdict.valid for verdict in replay(blocks[1:]))
    assert replay([b"garbage"])[0].reason == "not a block"
    twice = replay([blocks[0], blocks[0]])
    assert [verdict.valid for verdict in twice] == [True, False]
    # One bit of the merkle root: then the coinbase is another's.
    wrong = blocks[0][:40] + bytes([blocks[0][40] ^ 1]) + blocks[0][41:]
    verdicts = replay([wrong, blocks[0], blocks[0]])
    assert [verdict.valid for verdict in verdicts] == [False, True, False]
    # Each has a reason of its own.
    assert verdicts[0].reason != verdicts[2].reason == "not the longest chain"


@needs_node
async def test_errors_of_the_node():
    async with RegtestNode(npm.install()) as node:
        with pytest.raises(RpcError, match="not found"):
            await node.rpc("nonsense")
        block = mine(await template_of(node)).hex()
        assert await node.rpc("submitblock", block) is None
        assert await node.rpc("submitblock", block) == "rejected: duplicate"
    with pytest.raises(RuntimeError, match="not started"):
        await node.rpc("getblockcount")


@needs_node
async def test_a_node_that_ends_by_itself(tmp_path):
    program = tmp_path / "node.js"
    program.write_text("process.exit(3)")
    with pytest.raises(DemoError, match="ended by itself, code 3"):
        async with RegtestNode(program):
            pass


def test_missing_tools(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DemoError, match="node not found: install the Debian package nodejs"):
        npm.install()


@needs_node
def test_npm_fails(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def refuse(command, **_):
        return subprocess.CompletedProcess(command, 1, "", "npm error code EAI_AGAIN\nmore")

    monkeypatch.setattr(subprocess, "run", refuse)
    said = []
    with pytest.raises(DemoError, match="npm ci failed: npm error code EAI_AGAIN"):
        npm.install(said.append)
    assert said == ["Installing the node bcoin from npm"]
    assert not list((tmp_path / "sluice" / "bcoin").iterdir())


def test_first_coinbases():
    """The height is the shortest number there is, and from 17 a push."""
    template = {"height": 16, "coinbasevalue": 1, "rules": []}
    assert b"\x60\x04test" in coinbase(template).plain
    for height, pushed in ((17, "0111"), (127, "017f"), (128, "028000"), (32768, "03008000")):
        assert bytes.fromhex(pushed) + b"\x04test" in coinbase({**template, "height": height}).plain
    assert number(258, 2) == b"\x02\x01"
