"""The hardware of Sluice: SHA-256, its scheduling into hardware, cores, and the chip around them."""
