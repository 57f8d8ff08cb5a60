"""The APIs of a daemon on ports that are free."""

import contextlib
import socket

from sluice.firmware.api import serve
from sluice.firmware.config import ApiSettings

NAMES = ("rest", "metrics", "cgminer")


def free_ports(count):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def settings(only=NAMES, **rest):
    ports = dict(zip(NAMES, free_ports(3), strict=True))
    tables = {name: {"port": port, "enabled": name in only} for name, port in ports.items()}
    tables["rest"].update(rest)
    return ApiSettings.model_validate(tables)


@contextlib.asynccontextmanager
async def served(daemon, **options):
    """Yields the settings."""
    chosen = settings(**options)
    async with serve(daemon, chosen):
        yield chosen
