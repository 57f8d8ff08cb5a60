"""Many builds: seeds, clocks, configurations, devices, options of the tools."""
