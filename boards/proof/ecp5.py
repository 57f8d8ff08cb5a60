"""An ECP5's routed netlist as Verilog, by Yosys.

An input that nothing drives reads as one in a look-up table and as zero elsewhere, as in the FPGA.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from ..board import Board
from ..flow.run import run
from ..flow.tools import tool
from .wrap import HASH, LOCK, ProofError, wrapper

#: Inputs that are pulled up, and those that are low where nothing drives them.
_HIGH = {"TRELLIS_COMB": ("A", "B", "C", "D"), "DCCA": ("CE",), "TRELLIS_FF": ("CE",)}
_LOW = {"TRELLIS_COMB": ("FCI", "M", "F1", "FXA", "FXB"), "TRELLIS_FF": ("LSR", "DI", "M")}

#: Parameters of cells that their models have.
_KNOWN = {
    "DCCA": (),
    "TRELLIS_RAMW": (),
    "TRELLIS_COMB": ("MODE", "INITVAL", "CCU2_INJECT1"),
    "TRELLIS_FF": ("CEMUX", "CLKMUX", "LSRMUX", "SRMODE", "REGSET", "SD"),
    "DP16KD": (
        *("DATA_WIDTH_A", "DATA_WIDTH_B", "REGMODE_A", "REGMODE_B"),
        *("WRITEMODE_A", "WRITEMODE_B"),
    ),
}

#: Ports of block RAM: their bits, or none for a single one.
_INPUTS = {"DIA": 18, "DIB": 18, "ADA": 14, "ADB": 14}
_CONTROLS = ("CEA", "WEA", "CLKA", "RSTA", "CEB", "WEB", "CLKB", "RSTB")
_WIDTHS = (9, 18, 36)
_CHUNKS, _CHUNK = 64, 320

#: How nextpnr says what a pin does.
_INNER = {"INPUT": "O", "OUTPUT": "I"}


def _pll(module: dict[str, Any]) -> dict[str, list[Any]]:
    """Take the PLL out; the bits of its outputs."""
    cells = module["cells"]
    names = [name for name, cell in cells.items() if cell["type"] == "EHXPLLL"]
    if len(names) != 1:
        raise ProofError(f"the netlist has {len(names)} PLLs, not 1")
    cell = cells.pop(names[0])
    return {HASH: cell["connections"]["CLKOS"], LOCK: cell["connections"]["LOCK"]}


def _pins(module: dict[str, Any]) -> None:
    """Take the pins' buffers out; ports are then what is behind them."""
    cells = module["cells"]
    buffers = {
        cell["connections"]["B"][0]: name
        for name, cell in cells.items()
        if cell["type"] == "TRELLIS_IO"
    }
    for port in module["ports"].values():
        cell = cells.pop(buffers[port["bits"][0]])
        direction = cell["parameters"]["DIR"]
        if direction not in _INNER:
            raise ProofError(f"a pin is {direction}, which no board here has")
        port["bits"] = cell["connections"][_INNER[direction]]


def _settled(cell: dict[str, Any], name: str) -> Any:
    """What an input of block RAM gets: unconnected ones are pulled up, before their inverter."""
    bits = cell["connections"].get(name)
    mux = cell["parameters"].get(f"{name}MUX", name).strip()
    if mux in ("0", "1"):
        return mux
    if mux == "INV":
        if bits:
            raise ProofError(f"{name} of a block RAM is inverted, which its model is not made for")
        return "0"
    return bits[0] if bits else "1"


def _memory(cell: dict[str, Any]) -> None:
    """A block RAM with buses for ports, and one parameter for what is in it at first."""
    parameters, connections = cell["parameters"], cell["connections"]
    for side in "AB":
        width = int(parameters[f"DATA_WIDTH_{side}"], 2)
        if width not in _WIDTHS:
            raise ProofError(f"a block RAM is {width} bits wide, which its model is not made for")
    ports = {
        name: [_settled(cell, f"{name}{bit}") for bit in range(count)]
        for name, count in _INPUTS.items()
    }
    ports |= {name: [_settled(cell, name)] for name in _CONTROLS}
    ports |= {
        name: [(connections.get(f"{name}{bit}") or ["x"])[0] for bit in range(18)]
        for name in ("DOA", "DOB")
    }
    chunks = [parameters.get(f"INITVAL_{n:02X}", "0" * _CHUNK) for n in range(_CHUNKS)]
    cell["connections"] = ports
    cell["port_directions"] = {
        name: "output" if name.startswith("DO") else "input" for name in ports
    }
    parameters["INIT"] = "".join(reversed(chunks))


def _settle(cell: dict[str, Any]) -> None:
    """Give inputs that nothing drives their value, and keep the parameters that models have."""
    kind, parameters, connections = cell["type"], cell["parameters"], cell["connections"]
    if kind not in _KNOWN:
        raise ProofError(f"there is no model of the cell {kind}")
    more = {}
    if kind == "DP16KD":
        _memory(cell)
        more["INIT"] = parameters["INIT"]
    elif kind == "TRELLIS_COMB":
        # The second level of multiplexers has its inputs from the first.
        more["Z1"] = "1" if connections.get("FXA") else "0"
    for level, inputs in (("1", _HIGH), ("0", _LOW)):
        for name in inputs.get(kind, ()):
            connections[name] = connections.get(name) or [level]
    kept = {name: parameters[name] for name in _KNOWN[kind] if name in parameters}
    lost = set(parameters) - set(kept) - set(more)
    if kind != "DP16KD" and any(parameters[name].strip() == "INV" for name in lost):
        raise ProofError(f"a cell {kind} inverts what its model does not")
    cell["parameters"] = kept | more


def _tie(module: dict[str, Any]) -> None:
    cells = module["cells"]
    blocked = [
        name for name, cell in cells.items() if cell["parameters"].get("MODE") == "RAMW_BLOCK"
    ]
    for name in blocked:
        del cells[name]
    for cell in cells.values():
        _settle(cell)


def prepared(netlist: dict[str, Any]) -> dict[str, Any]:
    """The netlist without PLL and buffers, its clock and the lock as ports; changed in place.

    Raises
    ------
    ProofError
        The netlist is not what was built.
    """
    module = netlist["modules"]["top"]
    outputs = _pll(module)
    _pins(module)
    _tie(module)
    for name, bits in outputs.items():
        module["ports"][name] = {"direction": "input", "bits": bits}
    netlist["modules"]["fpga"] = netlist["modules"].pop("top")
    return netlist


def verilog_of(board: Board, routed: Path) -> str:
    """Verilog whose module ``top`` has the ports of a chip.

    Raises
    ------
    ProofError
        The netlist is not what was built.
    ~.flow.run.ToolError
        Yosys fails.
    """
    netlist = prepared(json.loads(routed.read_text(encoding="utf-8")))
    ports = netlist["modules"]["fpga"]["ports"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fpga.json").write_text(json.dumps(netlist), encoding="utf-8")
        script = "read_json fpga.json; write_verilog -noattr fpga.v"
        run(tool("yosys"), ["-q", "-p", script], folder, lambda _: None)
        text = (folder / "fpga.v").read_text(encoding="utf-8")
    directions = {port: value["direction"] for port, value in ports.items()}
    models = Path(__file__).with_name("cells_ecp5.v").read_text(encoding="utf-8")
    return "\n".join((wrapper(board, "fpga", directions), text, models))
