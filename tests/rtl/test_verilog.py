"""`sluice verilog`: what it writes is what other tools take, and what it refuses."""

import dataclasses
import re
import subprocess

import click
import pytest

from sluice.boards.catalogue import BOARDS
from sluice.rtl.config import ChipConfig
from sluice.rtl.core import PipelineConfig
from sluice.rtl.core.serial_config import SerialConfig
from sluice.rtl.verilog import verilog, verilog_text
from sluice.rtl.verilog_names import named_ports
from sluice.sim import tools

SMALL = PipelineConfig(rounds=18)


def ports(text, name):
    return re.search(rf"^module {name}\((.*)\);", text, re.MULTILINE)[1].split(", ")


def generated(text):
    """Declarations of ports whose names no one has given."""
    return re.findall(r"^  (?:input|output) .*\$.*$", text, re.MULTILINE)


def lint(path, name):
    verilator = tools.verilator()
    command = [verilator.program, "--lint-only", "--top-module", name, path]
    environment = verilator.environment()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


#: As Yosys writes it: a part of a signal, a name that is taken inside, and no signal at all.
WRITTEN = r"""module \top.part (\port$7$2 , \full$3 , \port$9$0 , \full$4 );
  input [1:0] \port$7$2 ;
  input \full$3 ;
  input \full$4 ;
  output \port$9$0 ;
  wire full;
  wire [4:0] word;
  wire \full.bit ;
  \top.cell  cell (
    .full(full)
  );
  assign word = { 1'h0, \port$7$2 , 2'h1 };
  assign \full.bit  = full;
  assign \port$9$0  = \full$3  & \full$4 ;
endmodule
module top(full);
  input full;
  \top.part  part (
    .\port$7$2 (2'h0),
    .\full$3 (full),
    .\full$4 (full),
    .\port$9$0 (\$1 )
  );
endmodule
"""
NAMED = r"""module \top.part (word_3_2, full, o, full_2);
  input [1:0] word_3_2;
  input full;
  input full_2;
  output o;
  wire \full$3 ;
  wire [4:0] word;
  wire \full$3.bit ;
  \top.cell  cell (
    .full(\full$3 )
  );
  assign word = { 1'h0, word_3_2, 2'h1 };
  assign \full$3.bit  = \full$3 ;
  assign o = full & full_2;
endmodule
module top(full);
  input full;
  \top.part  part (
    .word_3_2(2'h0),
    .full(full),
    .full_2(full),
    .o(\$1 )
  );
endmodule
"""


def test_ports_have_names():
    assert re.sub(" +", " ", named_ports(WRITTEN)) == re.sub(" +", " ", NAMED)


CONFIGS = {
    "chip": ChipConfig(model="bm1368", core=SMALL, cores=2),
    "chip of one serial core": ChipConfig(core=SerialConfig(), chain=False, compact=True),
    "chip of carry chains": ChipConfig(core=SerialConfig(engines=1, technology="ecp5")),
    "core": SMALL,
    "core with lanes": SerialConfig(engines=1, lanes=3),
}


@pytest.mark.parametrize("kind", CONFIGS)
def test_other_tools_take_it(kind, tmp_path):
    """Without a warning."""
    config, (name, *_) = CONFIGS[kind], kind.split()
    text = verilog_text(config)
    path = tmp_path / f"{name}.v"
    path.write_text(text)
    lint(path, name)
    assert repr(config) in text.splitlines()[0]
    wanted = {"chip": {"rx", "tx", "next_tx", "next_rx", "hash_clk", "hit"}, "core": set()}[name]
    assert {"clk", "rst", *wanted} <= set(ports(text, name))
    assert "src = " not in text
    # Cells of the device come with a model.
    assert ("CCU2C" in text) == ("carry" in kind) == ("`ifndef SYNTHESIS\nmodule CCU2C" in text)
    assert generated(text) == []


def test_command(tmp_path, capsys):
    path = tmp_path / "core.v"
    options = ["--core-only", "--period", "15", "--ram-from", "0", "-o", str(path)]
    verilog.main(options, standalone_mode=False)
    text = path.read_text()
    assert "period=15.0" in text.splitlines()[0]
    assert ports(text, "core")
    assert f"core.v: {len(text.splitlines()):,} lines" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Missing option '-o' / '--output'"),
        (["-o", "x.v", "--model", "bm1397"], "'bm1397' is not one of"),
        (["-o", "x.v", "--cores", "3"], "cores must be a power of two from 1 to 128, not 3"),
        (["-o", "x.v", "--lanes", "9"], "lanes must be 1 to 8, not 9"),
        (
            ["-o", "x.v", "--core-only", "--period", "4"],
            "period must be at least 4.5 ns, which one operation takes, not 4",
        ),
        (["-o", "x.v", "--link-clock", "5"], "link_clock must be between 925926 and 1e9 Hz, not 5"),
        (["-o", "x.v", "--board", "icestick"], "'icestick' is not one of icebreaker, "),
        (
            ["-o", "x.v", "--board", "icebreaker", "--lanes", "2"],
            "--lanes does not go with",
        ),
        (["-o", "x.v", "--board", "icebreaker", "--core", "ring"], "--core does not go with"),
        (["-o", "x.v", "--build", "-1"], "build must be a number of 32 bits, not -1"),
        (["-o", "/nowhere/x.v"], "/nowhere is not a folder"),
    ],
)
def test_refuses(options, message):
    with pytest.raises(click.UsageError) as refused:
        verilog.main(options, standalone_mode=False)
    assert refused.value.exit_code == 2
    assert message in refused.value.format_message()


def test_the_chip_of_a_board(tmp_path):
    path = tmp_path / "chip.v"
    options = ["--board", "icebreaker", "--model", "bm1366", "-o", str(path)]
    verilog.main(options, standalone_mode=False)
    text = path.read_text()
    config = dataclasses.replace(BOARDS["icebreaker"].config, model="bm1366")
    assert text == verilog_text(config)
    assert generated(text) == []
    assert "\n  input [31:0] increments__payload__amount;\n" in text
    lint(path, "chip")
