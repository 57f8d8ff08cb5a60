"""The demonstration: a real node on a private chain, a simulated chip, and the daemon between them.

`sluice demo` shows blocks being found, accepted, and then judged by the consensus code of Bitcoin
Core. Tests use the same node and the same judge.
"""
