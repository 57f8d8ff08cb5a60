"""Registers behind block RAM, moved into it.

A block RAM of the ECP5 has a register at its outputs (ECP5 and ECP5-5G Memory Usage Guide,
FPGA-TN-02204), whose words are there nearly 5 ns sooner than those of the memory. Yosys leaves that
register to the fabric.
"""

from collections import Counter
from typing import Any

Netlist = dict[str, Any]

#: A register in the fabric.
REGISTER = "TRELLIS_FF"

_RAM = "DP16KD"

#: Bits of a word that port B reads from both halves.
_BOTH = 36


def absorb(netlist: Netlist) -> int:
    """Change a netlist of Yosys in place; the number of registers that are gone.

    A block RAM changes if each bit that is read goes to one register and nowhere else, and all
    these have the clock of the memory, no enable and no reset. One that nothing writes has a port
    without a clock; where the other port reads both halves of a word, that port gets the clock too,
    and does not write.
    """
    return sum(_absorb(module) for module in netlist["modules"].values())


def _absorb(module: dict[str, Any]) -> int:
    cells: dict[str, dict[str, Any]] = module["cells"]
    rams = [cell for cell in cells.values() if cell["type"] == _RAM]
    read = {bit for ram in rams for bit in _outputs(ram).values()}
    users: Counter[int] = Counter()
    for port in module["ports"].values():
        users.update(bit for bit in port["bits"] if bit in read)
    registers: dict[int, str] = {}
    for name, cell in cells.items():
        for pin, bits in cell["connections"].items():
            for bit in bits:
                if bit in read and cell["port_directions"][pin] == "input":
                    users[bit] += 1
                    if cell["type"] == REGISTER and pin in ("DI", "M"):
                        registers[bit] = name
    gone = 0
    for ram in rams:
        pins = {pin: bit for pin, bit in _outputs(ram).items() if users[bit]}
        behind = {pin: registers[bit] for pin, bit in pins.items() if bit in registers}
        if not pins or len(behind) < len(pins) or any(users[bit] != 1 for bit in pins.values()):
            continue
        if not all(_plain(cells[name], ram) for name in behind.values()):
            continue
        for pin, name in behind.items():
            ram["connections"][pin] = cells.pop(name)["connections"]["Q"]
            gone += 1
        _clock_both(ram)
        ram["parameters"] |= {"REGMODE_A": "OUTREG", "REGMODE_B": "OUTREG"}
        ram["connections"] |= {"OCEA": ["1"], "OCEB": ["1"]}
    return gone


def _outputs(ram: dict[str, Any]) -> dict[str, int]:
    """Output pins of a memory without registers, each with its wire."""
    if any(ram["parameters"].get(f"REGMODE_{port}", "NOREG") != "NOREG" for port in "AB"):
        return {}
    return {
        pin: bits[0]
        for pin, bits in ram["connections"].items()
        if pin.startswith("DO") and bits and isinstance(bits[0], int)
    }


def _clocks(ram: dict[str, Any]) -> dict[str, list[Any]]:
    """The clock of each port that has one."""
    pins = {side: ram["connections"].get(f"CLK{side}", ["0"]) for side in "AB"}
    return {side: bits for side, bits in pins.items() if isinstance(bits[0], int)}


def _clock_both(ram: dict[str, Any]) -> None:
    """Give the clock to both ports of a memory whose one port reads what both put out."""
    clocks = _clocks(ram)
    if len(clocks) == 1 and int(ram["parameters"].get("DATA_WIDTH_B", "0"), 2) == _BOTH:
        (clock,) = clocks.values()
        (other,) = {"A", "B"} - clocks.keys()
        ram["connections"] |= {f"CLK{other}": clock, f"CE{other}": ["1"], f"WE{other}": ["0"]}


def _plain(register: dict[str, Any], ram: dict[str, Any]) -> bool:
    """Whether a register does nothing but follow the memory."""
    wires, clocks = register["connections"], _clocks(ram).values()
    return (
        all(wires["CLK"] == clock for clock in clocks)
        and register["parameters"].get("CLKMUX", "CLK") == "CLK"
        and wires.get("LSR", ["0"]) == ["0"]
        and wires.get("CE", ["1"]) == ["1"]
        and register["parameters"].get("CEMUX", "1").strip() in ("1", "CE")
        and register["parameters"].get("REGSET", "RESET") == "RESET"
    )
