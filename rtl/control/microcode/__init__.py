"""The programs of the processor, and what puts them together."""
