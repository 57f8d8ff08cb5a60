"""A module with the ports of a chip around one with the pins of an FPGA."""

from ..board import Board
from ..headers import NEXT

#: Ports of the FPGA's module that are outputs of its PLL in the simulation.
HASH, LINK, LOCK = "sluice_hash", "sluice_link", "sluice_lock"


class ProofError(ValueError):
    """What was read back is not what was built. The message says how they differ."""


def wrapper(board: Board, fpga: str, ports: dict[str, str]) -> str:
    """Verilog of the module ``top``.

    Parameters
    ----------
    board
        The board.
    fpga
        Name of the module around which it is.
    ports
        Ports of that module and their directions: those of :data:`HASH`, :data:`LINK` and
        :data:`LOCK`, and pins by the names of Amaranth's resources.
    """
    if board.divide > 1:
        raise ProofError(f"{board.name} divides its crystal's clock, which no proof can follow yet")
    name, number = board.serial
    crystal = board.make().default_clk
    wires = {
        HASH: "hash_clk",
        LINK: "clk",
        LOCK: "!rst",
        f"{crystal}_0__io": "clk",
        f"{name}_{number}__rx__io": "rx",
        f"{name}_{number}__tx__io": "tx",
        f"{NEXT}_0__tx__io": "next_tx",
        f"{NEXT}_0__rx__io": "next_rx",
    }
    if board.pulled is not None:
        wires[f"{name}_{number}__{board.pulled}__io"] = "1"
    for reset, which in board.resets:
        # Nobody presses or pulls it, whichever level that is.
        pin = board.platform().lookup(reset, which)
        wires[f"{reset}_{which}__io"] = str(int(pin.ios[0].invert))
    missing = {f"{name}_{number}__rx__io", f"{name}_{number}__tx__io"} - set(ports)
    if missing:
        raise ProofError(f"the netlist has no pin {', '.join(sorted(missing))}")
    connections = [f"    .{port}({wires[port]})" for port in sorted(ports) if port in wires]
    idle = "" if f"{NEXT}_0__tx__io" in ports else "  assign next_tx = 1'b1;\n"
    return (
        "module top(input clk, input hash_clk, input rst, input rx, output tx,\n"
        "  output next_tx, input next_rx, output hit);\n"
        f"  assign hit = 1'b0;\n{idle}"
        f"  {fpga} fpga (\n" + ",\n".join(connections) + "\n  );\nendmodule\n"
    )
