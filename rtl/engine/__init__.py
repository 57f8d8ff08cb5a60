"""Engines: folded hardware of SHA-256, a unit that does rounds and the units of its schedule.

What they do is text over words of a graph; which operation is done in which slot is up to whoever
binds it. An engine knows nothing of headers, nonces and jobs.
"""
