"""Logs tell no secret, whatever is in scope where something goes wrong."""

import asyncio
import json
import os
import pty
import sys

import pytest
import structlog

from sluice.firmware.config import LogSettings
from sluice.firmware.logs import set_up_logs
from sluice.firmware.sources.failover import Failover
from sluice.firmware.sources.stratum import StratumSource
from tests.firmware.sources.otherend import Pool
from tests.firmware.sources.recorder import Recorder

SECRET = "correct horse battery staple"


class Clumsy(StratumSource):
    """Fails with its password in a variable, as a word and as what it is part of."""

    async def session(self):
        password = self.settings.password.get_secret_value()
        request = {"params": [self.settings.user, password]}
        assert len(request) == 1
        raise RuntimeError("something unheard of")


async def mishap(out, form):
    """What is logged when a source that holds a password ends in a way nobody foresaw."""
    settings = Pool(password=SECRET).source.settings
    listener = Recorder()
    stream = set_up_logs(LogSettings(format=form, file=out))
    try:
        failover = Failover([Clumsy(0, settings, listener)], listener, longest_wait=0.01)
        task = asyncio.create_task(failover.run())
        await listener.until(lambda: listener.said)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    finally:
        structlog.reset_defaults()
        if out is not None:
            stream.close()
    return listener.said


@pytest.mark.parametrize("form", ["words", "json"])
async def test_tracebacks_show_no_variables(tmp_path, form):
    said = await mishap(tmp_path / "log", form)
    logged = (tmp_path / "log").read_text()
    assert "internal error" in logged
    assert "RuntimeError" in logged
    assert "in session" in logged
    assert SECRET not in logged + repr(said)
    if form == "json":
        assert all(json.loads(line) for line in logged.splitlines())


async def test_nor_on_a_terminal(monkeypatch):
    """Colours bring another renderer."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        await mishap(None, "words")
        logged = b""
        while b"RuntimeError" not in logged or b"something unheard of" not in logged:
            logged += os.read(ours, 1 << 16)
    os.close(ours)
    assert SECRET.encode() not in logged
    assert b"in session" in logged
    assert b"locals" not in logged
