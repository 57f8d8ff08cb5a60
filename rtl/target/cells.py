"""The cells of a device, and how many a netlist has of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Which cells count as what after synthesis.

    Members
    -------
    synth
        Yosys' command that synthesises for the device; options may follow.
    luts, carries, rams, lutrams, dsps
        Names of cells, and how many four-input look-up tables, bits of carry chains, block RAMs,
        memories of look-up tables and multipliers each is. A carry may be a look-up table too.
    registers
        How the names of cells that are registers begin.
    """

    synth: str
    luts: Mapping[str, int]
    carries: Mapping[str, int]
    rams: Mapping[str, int]
    lutrams: Mapping[str, int]
    dsps: Mapping[str, int]
    registers: str

    def count(self, cells: Mapping[str, int]) -> dict[str, int]:
        """Figures of a netlist, from the number of its cells by their names."""
        weights = {
            "lut4": self.luts,
            "carry": self.carries,
            "ff": {name: 1 for name in cells if name.startswith(self.registers)},
            "bram": self.rams,
            "lutram": self.lutrams,
            "dsp": self.dsps,
        }
        return {
            what: sum(weight * cells.get(name, 0) for name, weight in counted.items())
            for what, counted in weights.items()
        }


ECP5_CELLS = Cells(
    synth="synth_ecp5",
    luts={"LUT4": 1, "CCU2C": 2},
    carries={"CCU2C": 2},
    rams={"DP16KD": 1},
    lutrams={"TRELLIS_DPR16X4": 1},
    dsps={"MULT18X18D": 1},
    registers="TRELLIS_FF",
)
ICE40_CELLS = Cells(
    synth="synth_ice40",
    luts={"SB_LUT4": 1},
    carries={"SB_CARRY": 1},
    rams={"SB_RAM40_4K": 1},
    lutrams={},
    dsps={"SB_MAC16": 1},
    registers="SB_DFF",
)
