"""How long tests wait for what has to come."""

#: Seconds: against waiting for ever on the most loaded machine, no measure of anything.
GUARD = 180
