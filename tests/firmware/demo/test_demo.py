"""`sluice demo`: from nothing to blocks that the simulated hardware has found."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sluice.firmware import config
from sluice.firmware.demo import cli
from sluice.firmware.demo.chips import SimulatedChips
from sluice.firmware.demo.cli import SHOWN
from sluice.firmware.demo.daemon import Ports, configuration
from sluice.firmware.demo.errors import DemoError
from sluice.firmware.demo.node import RegtestNode
from sluice.firmware.ways import ways
from tests.firmware.needs import needs_node
from tests.ports import free_ports

SLUICE = Path(sys.executable).with_name("sluice")


@needs_node
def test_blocks(tmp_path):
    port, metrics, cgminer = free_ports(3)
    options = ["--blocks", "6", "--port", str(port), "--keep", str(tmp_path)]
    # Nobody else may have found these free in the same moment.
    own = {"SLUICE_API_METRICS_PORT": str(metrics), "SLUICE_API_CGMINER_PORT": str(cgminer)}
    done = subprocess.run(
        [SLUICE, "demo", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **own},
    )
    log = (tmp_path / "daemon.log").read_text()
    assert done.returncode == 0, done.stderr + log
    found, accepted, rolled, valid = map(
        int,
        re.search(
            r"(\d+) found, (\d+) accepted by the node, (\d+) of them with rolled version bits,"
            r" (\d+) valid",
            done.stdout.replace("\n", " "),
        ).groups(),
    )
    assert found >= accepted == valid >= 6
    # As many as the table has of other versions than the node's; perhaps none, one time in 9,000.
    versions = re.findall(r"… +\W +([0-9a-f]{8}) ", done.stdout)
    assert len(versions) == min(valid, SHOWN)
    assert rolled == sum(version != "20000000" for version in versions) or valid > SHOWN
    assert done.stdout.count("valid") >= valid
    # All ways to look at it that there are, and each was there to be looked at.
    settings = config.parse((tmp_path / "sluice.toml").read_text(), own).api
    assert settings.rest.port == port
    assert all(getattr(settings, name).enabled for name in type(settings).model_fields)
    for way in ways(settings):
        assert f"  {way.name:<13} {way.address}" in done.stdout
    # The chip's own log has the frames; the daemon's has no password.
    assert "nonce" in (tmp_path / "chips.log").read_text()
    secret = config.load(tmp_path / "sluice.toml").pools[0].password.get_secret_value()
    assert secret not in log
    assert not (tmp_path / "chips").is_symlink()


def test_port_in_use():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(click.UsageError, match=f"--port: cannot listen .* {port}: .* in use"):
            cli.demo.main(["--port", str(port)], standalone_mode=False)


def test_missing_node(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (port,) = free_ports(1)
    with pytest.raises(click.UsageError, match="install the Debian package nodejs"):
        cli.demo.main(["--port", str(port)], standalone_mode=False)


def test_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    (port,) = free_ports(1)
    with pytest.raises(click.UsageError, match="Not a directory"):
        cli.demo.main(
            ["--port", str(port), "--keep", str(tmp_path / "file" / "x")], standalone_mode=False
        )


def test_configuration_is_one(tmp_path):
    """Paths with quotes too, and the password comes through."""
    node = RegtestNode(tmp_path)
    node.port = 18443
    odd = tmp_path / 'a "b" \\c'
    text = configuration(node, odd, tmp_path, Ports(8420, 1, 2), log=tmp_path / "log")
    settings = config.parse(text)
    assert settings.chains[0].port == str(odd)
    assert settings.pools[0].password.get_secret_value() == node.password
    assert json.loads(json.dumps(settings.pools[0].url)) == "http://127.0.0.1:18443"


def test_ports_that_are_taken():
    known = config.ApiSettings().metrics.port
    with contextlib.suppress(OSError), socket.socket() as other:
        other.bind(("127.0.0.1", known))
        other.listen()
        ports = Ports.near(8420)
        assert ports.rest == 8420
        assert ports.metrics not in (0, known)
        assert ports.cgminer > 0


async def test_chips_that_do_not_start(tmp_path):
    (tmp_path / "chips").mkdir()
    with pytest.raises(DemoError, match=r"did not start: .*File exists"):
        async with SimulatedChips(tmp_path / "chips", tmp_path / "log"):
            pass
