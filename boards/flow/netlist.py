"""What is changed in a netlist of Yosys before place and route."""

import json
from pathlib import Path

from . import carry, outreg

#: Changes when the same netlist comes out otherwise: the cache keeps what goes in by it.
RULES = "block RAM takes up registers, 2; carry chains are open, 2"


def change(file: Path, counts: Path) -> None:
    """Change a netlist for an ECP5 in its file, and what Yosys' ``stat`` has counted."""
    netlist = json.loads(file.read_text(encoding="utf-8"))
    gone = outreg.absorb(netlist)
    if carry.open_(netlist) or gone:
        file.write_text(json.dumps(netlist), encoding="utf-8")
    if gone:
        found = json.loads(counts.read_text(encoding="utf-8"))
        found["design"]["num_cells_by_type"][outreg.REGISTER] -= gone
        counts.write_text(json.dumps(found), encoding="utf-8")
