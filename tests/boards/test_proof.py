"""What is packed or routed, turned back into Verilog, answers at its UART pin."""

import dataclasses
import shutil

import pytest

from sluice.boards.board import Board
from sluice.boards.catalogue import BOARDS
from sluice.boards.flow.plan import with_pll
from sluice.boards.proof.wrap import ProofError
from sluice.rtl.protocol.commands import ReadRegister, WriteRegister
from sluice.rtl.protocol.registers import IDENTITY, Number, version_rolling
from sluice.rtl.protocol.responses import LONG
from sluice.sim.chip import CompiledChain

from .link_only import BUILD, CORES, LANES, bitstream_of, configured_of, routed_of

#: Link cycles in which an answer comes.
PATIENCE = 200_000

needs_icebox = pytest.mark.skipif(
    shutil.which("icebox_vlog") is None, reason="install the Debian package fpga-icestorm"
)


def netlist(board: Board, **other: int) -> str:
    _, made = with_pll(board, board.config)
    folders = routed_of(board).folder, configured_of(board, made).folder
    wanted = dataclasses.replace(made, dividers=made.dividers | other)
    return board.family.verilog_of(board, wanted, *folders, bitstream_of(board, made))


def answers(board: Board, verilog: str) -> list[int]:
    config, _ = with_pll(board, board.config)
    found = []
    with CompiledChain(config, hash_per_link=(2, 1), verilog=verilog) as chain:
        chain.run(3000)
        chain.send(bytes(WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF), None)))
        for register in (Number.CHIP_ID, Number.IDENTITY, Number.SHAPE, Number.BUILD):
            chain.send(bytes(ReadRegister(register, None)))
            found += [frame.value for frame in chain.frames(PATIENCE, 1, LONG)]
    return found


@pytest.mark.parametrize(
    ("name", "divider"),
    [
        pytest.param("hx8k", "DIVF", marks=needs_icebox),
        pytest.param("icebreaker", "DIVF", marks=needs_icebox),
        pytest.param("upduino", "DIVF", marks=needs_icebox),
        ("ulx3s-12f", "CLKOS_DIV"),
    ],
)
def test_the_link_answers(name: str, divider: str) -> None:
    board = BOARDS[name]
    expected = [0x13700000, IDENTITY, LANES << 8 | CORES, BUILD]
    assert answers(board, netlist(board)) == expected
    with pytest.raises(ProofError, match=f"PLL has .*{divider}"):
        netlist(board, **{divider: 1})
