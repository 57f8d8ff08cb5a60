"""From a core to standard cells, and what a hash takes of them: area, time, energy.

Vocabulary
----------
Liberty
    The format in which a cell library is described (Liberty User Guide, volume 1, Synopsys).
arc
    A way from an input of a cell to an output, with a delay for each edge.
slew
    How long an edge takes, between the thresholds that the library names.
gate equivalent
    The area of the library's smallest two-input NAND.
internal energy
    What a cell takes from the supply when it switches, besides what charges the net behind it.
block
    A part of the design whose area and energy are told apart.
"""
