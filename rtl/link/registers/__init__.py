"""The registers of a chip: where they are, what changes them, and how they are read."""
