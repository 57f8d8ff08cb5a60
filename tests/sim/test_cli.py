"""The command `sluice sim`: what it prints, what it refuses, and when it fails."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sluice.rtl.core import SerialConfig
from sluice.rtl.core.plan import plan
from sluice.sim import cli
from sluice.sim.board import simulated
from sluice.sim.catalogue import block, blocks
from sluice.sim.search import Searcher

GENESIS = bytes(block(0).header).hex()
GENESIS_HASH = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"


def sluice(*arguments):
    command = [Path(sys.executable).with_name("sluice"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def found(*arguments):
    done = sluice("sim", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_json():
    result = found("--block", "0")
    assert set(result) == {"found", "hashes", "cycles", "seconds"}
    assert result["found"] == [{"nonce": 2083236893, "version": 1, "hash": GENESIS_HASH}]
    assert result["hashes"] == 1 << 17
    assert result["cycles"] > 1 << 17
    assert result["seconds"] > 0


def test_header_starts_at_its_own_nonce():
    assert len(found("--header", GENESIS, "--window", "1")["found"]) == 1
    assert found("--header", GENESIS, "--first", "0x1dac2b7d", "--window", "50")["found"] == []
    result = found("--header", GENESIS, "--first", "0x1dac2b00", "--last", "0x1dac2b7c")
    assert result["hashes"] == 0x7D
    assert len(result["found"]) == 1


def test_easier_masks_find_more():
    bits, window = 6, 4096
    result = found("--block", "0", "--mask-bits", str(bits), "--window", str(window), "--seed", "1")
    assert len(result["found"]) > 1
    assert all(int(header["hash"], 16) < 1 << 256 - bits for header in result["found"])


def test_core_of_a_board():
    result = found("--board", "icebreaker", "--block", "0", "--window", "300")
    assert [header["hash"] for header in result["found"]] == [GENESIS_HASH]
    # It has lanes, and a nonce takes it many cycles.
    assert result["hashes"] > 300
    assert result["cycles"] > 30 * 300


def test_what_is_simulated_of_ecp5_has_the_schedule_of_a_board():
    core = SerialConfig(engines=1, lanes=2, technology="ecp5")
    own, other = plan(core).schedule, plan(simulated(core)).schedule
    assert simulated(core).technology == "ecp5-operators"
    assert [*own.cycle.values()] == [*other.cycle.values()]
    assert [node.kind for node in own.nodes] == [node.kind for node in other.nodes]
    ice40 = SerialConfig(engines=1, technology="ice40")
    assert simulated(ice40) is ice40


def test_seed_repeats():
    runs = [
        found("--block", "0", "--seed", str(seed), "--mask-bits", "6", "--window", "4096")["found"]
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_catalogue_jobs(rng):
    jobs = cli._catalogue_jobs(1 << 17, 32, rng)
    assert len(jobs) == len(blocks()) + 1
    for (name, job), wanted in zip(jobs, blocks(), strict=False):
        assert name == str(wanted.height)
        assert job.header == wanted.header
        assert job.last - job.first + 1 == 1 << 17
        assert job.first <= wanted.header.w19 <= job.last
    name, free = jobs[-1]
    assert (name, free.mask_bits, free.until_hit) == ("free", 18, True)
    # Whatever the seed, the command ends after so many nonces.
    assert free.last - free.first + 1 == 1 << 21


def test_catalogue_and_table():
    done = sluice("sim", "--window", "64", "--mask-bits", "32", "--seed", "7")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0] == ["block", "version", "nonce", "hash", "cycles", "hashes/s"]
    assert rows[1][:4] == ["0", "00000001", "7c2bac1d", GENESIS_HASH]
    assert [row[0] for row in rows[1:34]] == [*(str(b.height) for b in blocks()), "free"]
    assert rows[33][3].startswith("0000")
    assert rows[-1] == ["seed", "7"]
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--header", GENESIS[2:]], "'--header': header must be 80 bytes, not 79."),
        (["--header", "xyz"], "'--header': header must be hexadecimal digits, not 'xyz'."),
        (["--block", "1"], "'--block': '1' is not in the catalogue, which has 0, "),
        (["--block", "genesis"], "'--block': 'genesis' is not in the catalogue"),
        (["--mask-bits", "33"], "'--mask-bits': 33 is not in the range 0<=x<=32."),
        (["--window", "0"], "'--window': 0 is not in the range 1<=x<=4294967296."),
        (["--lanes", "0"], "lanes must be 1 to 8, not 0"),
        (["--lanes", "K"], "'--lanes': 'K' is not a valid integer."),
        (
            ["--block", "0", "--first", "9", "--last", "8"],
            "--first: first must not be above last: 0x00000009 > 0x00000008",
        ),
        (["--block", "0", "--first", "x"], "'--first': 'x' is not a number."),
        (["--block", "0", "--last", "1" + 8 * "0" + "00"], "is not a number of 32 bits."),
        (["--first", "1"], "--first and --last need --block or --header"),
        (["--board", "icebreaker", "--lanes", "2"], "--lanes does not go with --board"),
        (["--board", "nowhere"], "'--board': 'nowhere' is not one of "),
        (["--block", "0", "--header", GENESIS], "--block and --header exclude each other"),
    ],
)
def test_bad_input_is_one_line(arguments, complaint):
    done = sluice("sim", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_is_wrong_fails(monkeypatch, capsys):
    search = Searcher.search

    def lies(self, job, progress):
        result = search(self, job, progress)
        result.wrong.append("nonce 0x00000001: not confirmed by the reference")
        return result

    monkeypatch.setattr(Searcher, "search", lies)
    with pytest.raises(SystemExit) as ended:
        cli.sim.main(["--block", "0", "--window", "10", "--json"])
    assert ended.value.code == 1
    assert "block 0: nonce 0x00000001: not confirmed" in capsys.readouterr().err


def test_bench():
    done = sluice("bench-sim", "--hashes", "1000", "--repeat", "2", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert len(figures["repetitions"]) == 2
    assert figures["hashes"] == 1000
    assert figures["config"]["lanes"] == 1
    assert "-O" in figures["compiler"]
    assert figures["latency"] > 64
    assert len(figures["chip_repetitions"]) == 2
    assert min(figures["chip_repetitions"]) > 0
    table = sluice("bench-sim", "--hashes", "1000", "--repeat", "1").stdout
    assert [line.split("  ")[0] for line in table.splitlines()] == [
        name.replace("_", " ") for name in figures
    ]
