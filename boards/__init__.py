"""Boards: the chip on real FPGAs, by open tools alone.

Vocabulary
----------
board
    A circuit board with one FPGA: its pins, its clock, its serial port, and the chip that fits it.
fabric
    What is around the chip inside the FPGA: clocks, reset, the light.
plan
    Netlist and constraints of a top level: all that the tools are given.
stage
    One tool's work: synthesis, place and route, packing. Its files are kept, found again by the
    digest of everything that went in.
asked, reached
    Of a clock: the frequency that it is constrained to, and what static timing analysis says that
    it could have after routing.
"""
