"""From a round of SHA-256 to a layout whose transistors are compared with the netlist.

Flexcells are made when they are needed, of the process' own figures; Coriolis places and routes
them; KLayout checks rules, extracts transistors and wires. All three are fetched at first use and
run as programs of their own (:mod:`.jobs`), so nothing of theirs is part of Sluice.

Vocabulary
----------
rail
    The first metal of a supply along a row of cells.
strap
    A wire of the fourth metal that joins the rails of a supply.
tie
    A cell that gives a constant.
DRC
    Design rule check: what must be how wide, and how far from what.
LVS
    Layout versus schematic: transistors and nets of a layout against those of a netlist.
"""
