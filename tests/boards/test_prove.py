"""An iCE40's bitstream, built from scratch with the board's own chip, mines a real block."""

import json
import shutil

import pytest

from sluice.boards.catalogue import BOARDS
from sluice.boards.cores import kind_of
from sluice.boards.flow.build import build
from sluice.boards.flow.options import ToolOptions
from sluice.boards.flow.progress import Silent
from sluice.boards.proof.proof import netlist_of, prove

BOARD = BOARDS["hx8k"]


@pytest.mark.skipif(
    shutil.which("icebox_vlog") is None, reason="install the Debian package fpga-icestorm"
)
@pytest.mark.skipif(
    kind_of(BOARD.config.core) != "serial", reason=f"the chip of {BOARD.name} is no real one yet"
)
def test_a_bitstream_mines(capfd: pytest.CaptureFixture[str]) -> None:
    made = build(BOARD, BOARD.config, ToolOptions(seed=BOARD.seed), Silent())
    made.check()
    assert prove(made.plan.config, netlist_of(made), as_json=True) == 0
    proof = json.loads(capfd.readouterr().out)
    assert proof["build"] == f"{made.plan.config.build:08x}"
    assert proof["hash"].startswith("0" * 16)
