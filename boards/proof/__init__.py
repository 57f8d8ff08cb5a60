"""The bitstream, or the routed netlist, turned back into Verilog with the ports of a chip.

What is simulated is what the FPGA gets. Three things take the place of what has no model: the
outputs of the PLL are the clocks of the simulation, its lock the opposite of the reset, and pins
that nothing drives are high. The PLL's dividers are read back and must make the clock that was
asked for.
"""
