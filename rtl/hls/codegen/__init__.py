"""From a schedule to an Amaranth component."""
