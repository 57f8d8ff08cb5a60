"""What is around the chip inside the FPGA: clocks, reset, the light."""
