"""A chip in cells: its netlist as it is simulated, its parts, and what the command refuses."""

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from sluice.boards.asic import flat, library_reader
from sluice.boards.asic.blocks import Block
from sluice.boards.asic.chip import PARTS, ChipInCells
from sluice.boards.asic.mapping import CHIP, Mapped
from sluice.boards.cli.prove import IN_CELLS, prove
from sluice.boards.flow.progress import Silent
from tests.boards.cells import liberty

#: Ports of a chip, and a flip-flop in each of its domains.
NETS = {"clk": 2, "hash_clk": 3, "rst": 4, "rx": 5, "next_rx": 6, "tx": 8, "next_tx": 9, "hit": 0}


@pytest.fixture
def chip(tmp_path: Path) -> ChipInCells:
    (tmp_path / "small.lib").write_text(liberty())
    made = flat.Flat(
        [
            flat.Instance("DFF", "held", Block.JOBS, [2, 5, 7]),
            flat.Instance("INV", "tx", Block.JOBS, [7, 8]),
            flat.Instance("DFF", "next_tx", Block.JOBS, [3, 6, 9]),
        ],
        10,
        {name: [net] for name, net in NETS.items()},
        ["clk", "hash_clk", "rst", "rx", "next_rx"],
        ["tx", "next_tx", "hit"],
        CHIP,
    )
    cells = library_reader.load(tmp_path / "small.lib", 0.0)
    return ChipInCells(IN_CELLS, cells, made, Mapped(tmp_path, CHIP))


BENCH = """
module bench;
  reg clk = 0, rx = 0; wire tx, next_tx, hit;
  top top(.clk(clk), .hash_clk(1'b0), .rst(1'b0), .rx(rx), .next_rx(1'b1), .tx(tx),
    .next_tx(next_tx), .hit(hit));
  initial begin
    #1 $display("%b%b", tx ^ tx, next_tx ^ next_tx);
    repeat (4) begin rx = ~rx; #1 clk = 1; #1 $display("%b%b", tx, hit); clk = 0; end
  end
endmodule
"""


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="needs the Debian package iverilog")
def test_the_netlist_is_simulated_with_the_librarys_functions(chip, tmp_path):
    """Flip-flops have a value from the start, any; then they have what comes."""
    (tmp_path / "top.v").write_text(chip.verilog(Silent()) + BENCH)
    subprocess.run(["iverilog", "-o", "top", "top.v", "-s", "bench"], cwd=tmp_path, check=True)
    run = ["vvp", "-n", "top"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["00", "00", "10", "00", "10"]


def test_parts(chip, tmp_path):
    """By the names of modules; what is in no module is a buffer of a net with many inputs."""
    modules = {
        f"\\{CHIP}": {"\\chip.link": 1, "\\chip.controller": 1},
        "\\chip.link": {"DFF": 1},
        "\\chip.controller": {"\\op__add": 2},
        "\\op__add": {"INV": 1},
    }
    text = ", ".join(
        f'"{name[1:]}": {{"num_cells_by_type": {inside}}}'.replace("'", '"').replace("\\\\", "")
        for name, inside in modules.items()
    )
    (tmp_path / "stat.json").write_text(f'{{"modules": {{{text}}}}}')
    parts = chip.parts()
    assert [*parts] == [*PARTS, "buffers"]
    assert (parts["link"].cells, parts["link"].flip_flops, parts["link"].area) == (1, 1, 6.0)
    assert (parts["cores"].cells, parts["control"].cells) == (2, 0)
    assert sum(part.cells for part in parts.values()) == len(chip.flat.instances)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "either --board or --liberty must be given"),
        (["--board", "hx8k", "--liberty", "sky130"], "either --board or --liberty"),
        (["--liberty", "sky130", "--technology", "ecp5"], "--technology must be one of cells"),
        (["--liberty", "none.lib"], "none.lib: no such file, and none of sky130, osu018"),
    ],
)
def test_what_is_refused(words, said):
    done = CliRunner().invoke(prove, words)
    assert done.exit_code == 2
    assert said in done.stderr.replace("\n", " ")
