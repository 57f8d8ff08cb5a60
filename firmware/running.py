"""Which ports and addresses the daemon has that runs, so that `--check` can tell its own.

A file in the folder for the state names them. It is locked while the daemon lives, so what a killed
one leaves is seen to be nobody's.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .config import Settings

__all__ = ["Running", "running", "running_daemon"]


@dataclass(frozen=True, kw_only=True)
class Running:
    """A daemon that runs.

    Attributes
    ----------
    process
        Its number.
    ports
        Serial ports, as its configuration names them.
    addresses
        What it listens on: host and port.
    """

    process: int
    ports: frozenset[str]
    addresses: frozenset[tuple[str, int]]

    def has_port(self, port: str) -> bool:
        """Whether it is one of its ports, by whatever name."""
        return os.path.realpath(port) in {os.path.realpath(own) for own in self.ports}


def _file(state: Path) -> Path:
    return state / "running.json"


def _endpoints(settings: Settings) -> list[tuple[str, int]]:
    found = (getattr(settings.api, name) for name in type(settings.api).model_fields)
    return [(endpoint.host, endpoint.port) for endpoint in found if endpoint.enabled]


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Be the daemon that runs, while the block lasts.

    Raises
    ------
    OSError
        The file cannot be written; :class:`BlockingIOError` if another daemon has it.
    """
    state = settings.mining.state
    state.mkdir(parents=True, exist_ok=True)
    path = _file(state)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
        said = {
            "process": os.getpid(),
            "ports": [chain.port for chain in settings.chains],
            "addresses": _endpoints(settings),
        }
        json.dump(said, file)
        file.flush()
        yield


def running_daemon(settings: Settings) -> Running | None:
    """The daemon that runs on the same folder; `None` if there is none, or it cannot be told."""
    try:
        with _file(settings.mining.state).open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                said = json.load(file)
                return Running(
                    process=said["process"],
                    ports=frozenset(said["ports"]),
                    addresses=frozenset((host, port) for host, port in said["addresses"]),
                )
    except (OSError, ValueError, KeyError):
        pass
    return None
