"""Blocks on disk: what is found there after the daemon was killed at any moment."""

import json

import pytest

from sluice.firmware.config import parse
from sluice.firmware.miner import Miner
from sluice.firmware.sources.journal import Journal
from sluice.firmware.sources.saved import SavedBlock
from tests.firmware.sources.fakenode import sha256d

URL = "http://a"


def a_block(rng, **changes):
    block = rng.randbytes(200)
    values = {"height": 5, "url": URL, "found_at": 10.0, "block": block.hex()}
    return SavedBlock(**{"hash": sha256d(block[:80])[::-1].hex(), **values, **changes})


def names(folder):
    return {path.name for path in (folder / "blocks").iterdir()} - {"done"}


def test_order_and_nodes(rng, tmp_path):
    journal = Journal(tmp_path)
    blocks = [a_block(rng, found_at=10.0 - n) for n in range(3)]
    for block in blocks:
        journal.save(block)
        journal.settle(block)
    again = Journal(tmp_path)
    assert list(again.recover()) == []
    assert list(again.waiting(URL)) == blocks[::-1]
    assert list(again.waiting("http://b")) == []
    again.judged(blocks[1], "accepted")
    assert list(again.waiting(URL)) == [blocks[2], blocks[0]]


@pytest.mark.parametrize("ending", ["", ".4711"])
def test_what_was_being_written(rng, tmp_path, ending):
    """Whole blocks are rescued, whatever is torn goes, and nobody has to know the number."""
    journal, whole, torn, done = Journal(tmp_path), *(a_block(rng) for _ in range(3))
    journal.save(done)
    journal.judged(done, "accepted")
    for block, length in ((whole, None), (torn, rng.randrange(len(torn.text()))), (done, None)):
        path = tmp_path / "blocks" / f".{block.hash}.json{ending}"
        path.write_text(block.text()[:length])
    told = list(journal.recover())
    assert names(tmp_path) == {f"{whole.hash}.json"}
    assert list(journal.waiting(URL)) == [whole]
    assert sorted(told) == sorted(
        [
            f"block {whole.hash} was being written when the daemon was killed, and is whole",
            f"{tmp_path}/blocks/.{torn.hash}.json{ending}: removed: it was being written when the "
            "daemon was killed",
        ]
    )
    assert list(journal.recover()) == []


def test_a_torn_block_is_kept_aside(rng, tmp_path):
    journal, block, torn, whole = Journal(tmp_path), *(a_block(rng) for _ in range(3))
    journal.save(block)
    (tmp_path / "blocks" / f"{torn.hash}.json").write_text(torn.text()[:100])
    (tmp_path / "blocks" / f".{torn.hash}.json.99").write_text(torn.text())
    (tmp_path / "blocks" / f"{whole.hash}.json").write_bytes(bytes(300))
    told = list(journal.recover())
    assert f"is no block and was kept as {torn.hash}.json.torn: " in told[0] + told[1]
    # A second copy that is whole takes its place.
    assert {saved.hash for saved in journal.waiting(URL)} == {block.hash, torn.hash}
    assert {name for name in names(tmp_path) if name.endswith(".torn")} == {
        f"{torn.hash}.json.torn",
        f"{whole.hash}.json.torn",
    }
    assert list(journal.recover()) == []


def test_the_daemon_says_what_it_found(rng, tmp_path):
    Journal(tmp_path)
    block = a_block(rng)
    (tmp_path / "blocks" / f".{block.hash}.json.1").write_text(block.text())
    (tmp_path / "blocks" / "stranger.json").write_text("{")
    tables = '[[chains]]\nport = "none"\n[[pools]]\nkind = "benchmark"\n'
    miner = Miner(parse(f'[mining]\nstate = "{tmp_path}"\n{tables}'))
    texts = [event.text for event in miner.snapshot().events]
    assert len(texts) == 2
    assert "stranger.json: is no block and was kept as stranger.json.torn: " in texts[0]
    assert texts[1].startswith(f"block {block.hash} was being written")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hash": "00" * 32}, "hash: is not that of the block, '0000"),
        ({"block": "00" * 80}, "block: must be more than a header, not 80 bytes"),
        ({"block": "xx"}, "block: must be hexadecimal"),
        ({"height": "5"}, "height: "),
        ({"url": None}, "url: "),
        ({"found_at": None}, "found_at: "),
    ],
)
def test_what_is_no_block(rng, changes, message):
    values = json.loads(a_block(rng).text())
    with pytest.raises(ValueError, match=f"^{message}"):
        SavedBlock.parse(json.dumps(values | changes).encode())
