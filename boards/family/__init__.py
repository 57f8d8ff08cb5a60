"""Families of FPGAs: a record each of tools, files, cells, PLL, top level and proof."""
