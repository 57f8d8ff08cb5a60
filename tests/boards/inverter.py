"""An inverter by the rules, drawn with KLayout, and what can be wrong with it."""

from sluice.boards.asic.layout.rules import LAYERS

NETLIST = """\
.subckt inv vdd vss i nq
Mn vss i nq vss sky130_fd_pr__nfet_01v8__model l=1.5e-07 w=8.4e-07
Mp vdd i nq vdd sky130_fd_pr__pfet_01v8__model l=1.5e-07 w=8.4e-07
.ends inv
"""

#: Left, lower, right and upper edges in nm, by layer.
SHAPES = [
    ("nwell", -400, 1600, 2000, 3700),
    ("diff", 0, 0, 810, 840), ("diff", 0, 2000, 810, 2840),
    ("diff", 1300, 200, 1700, 600), ("diff", 1300, 2200, 1700, 2600),
    ("nsdm", -125, -125, 935, 965), ("nsdm", 1175, 2075, 1825, 2725),
    ("psdm", -125, 1875, 935, 2965), ("psdm", 1175, 75, 1825, 725),
    ("poly", 330, -200, 480, 3040), ("poly", 120, 1190, 480, 1520),
    ("npc", 100, 1170, 470, 1540),
    ("licon", 100, 335, 270, 505), ("licon", 540, 335, 710, 505),
    ("licon", 100, 2335, 270, 2505), ("licon", 540, 2335, 710, 2505),
    ("licon", 200, 1270, 370, 1440),
    ("licon", 1415, 315, 1585, 485), ("licon", 1415, 2315, 1585, 2485),
    ("li1", 100, -600, 270, 585), ("li1", 100, -600, 1585, -430), ("li1", 1415, -600, 1585, 565),
    ("li1", 540, 255, 710, 2585), ("li1", 200, 1190, 370, 1520),
    ("li1", 100, 2255, 270, 3600), ("li1", 100, 3430, 1585, 3600),
    ("li1", 1415, 2235, 1585, 3600),
]  # fmt: skip
#: A wire of the output on top of it, up to the fourth metal.
STACK = [
    ("mcon", 540, 1000, 710, 1170), ("met1", 470, 900, 790, 1300),
    ("via", 550, 1010, 700, 1160), ("met2", 465, 870, 785, 1300),
    ("via2", 530, 990, 730, 1190), ("met3", 400, 800, 900, 1300),
    ("via3", 530, 990, 730, 1190), ("met4", 380, 800, 900, 2000),
]  # fmt: skip


def write(path, shapes):
    """A file of GDS of these shapes: what is above the first wires is outside of the cell."""
    import klayout.db as kdb

    layout = kdb.Layout()
    top, cell = layout.create_cell("top"), layout.create_cell("inv")
    top.insert(kdb.CellInstArray(cell.cell_index(), kdb.Trans()))
    for name, *box in shapes:
        (top if name.startswith(("m", "via")) else cell).shapes(layout.layer(*LAYERS[name])).insert(
            kdb.Box(*box)
        )
    layout.write(str(path))
    return str(path)
