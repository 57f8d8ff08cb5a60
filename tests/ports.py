"""TCP ports that are free, and stay free until somebody listens there.

A port that the system chooses is one of those that it also gives to the next connection, whoever
makes it. These are below them, and each worker of the tests has its own.
"""

import contextlib
import itertools
import os
import socket

#: Systems give out ports from 32768 (Linux) or 49152 (RFC 6335, section 6) on.
FIRST, LAST = 20_000, 32_767

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_OWN = range(FIRST + _WORKER, LAST + 1, _WORKERS)

# Other tests may run on this machine: they begin elsewhere.
_next = itertools.cycle(_OWN[(at + 37 * os.getpid()) % len(_OWN)] for at in range(len(_OWN)))


def free_port():
    """One that nobody listens at, another each time."""
    for port in itertools.islice(_next, len(_OWN)):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is no TCP port left")


def free_ports(count):
    """So many."""
    return [free_port() for _ in range(count)]
