"""The hardware of Sluice: SHA-256, its scheduling, cores, and the chip around them."""
