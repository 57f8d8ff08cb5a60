"""The APIs of a daemon on ports that are free."""

import contextlib

from sluice.firmware.api import serve
from sluice.firmware.config import ApiSettings
from tests.ports import free_ports

NAMES = ("rest", "metrics", "cgminer")


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
