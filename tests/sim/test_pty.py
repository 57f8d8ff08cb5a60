"""The command `sluice sim --pty`: a process that a host talks to."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
import serial

from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.decoder import ResponseDecoder
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number, version_rolling
from sluice.sim import cli
from sluice.sim.catalogue import block
from sluice.sim.reference import leading_zeros, mask_of
from sluice.sim.terminal import PseudoTerminal

SLUICE = Path(sys.executable).with_name("sluice")
BITS = 8


@pytest.fixture
def serving(tmp_path):
    link = tmp_path / "chips"
    command = [SLUICE, "sim", "--pty", "--chips", "3", "--link", link, "--hit-bits", str(BITS)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    title = process.stdout.readline()
    assert title.startswith("3 x bm1370 on /dev/pts/")
    assert title.rstrip().endswith(f"({link})")
    assert str(link.readlink()) in title
    yield process, link
    process.kill()
    process.communicate()


class Port:
    """A serial port, and the frames that arrive at it."""

    def __init__(self, path):
        self.port = serial.Serial(str(path), 115200)
        self.decoder = ResponseDecoder()

    def send(self, *frames):
        for frame in frames:
            self.port.write(bytes(frame))

    def receive(self, count):
        found = []
        while len(found) < count:
            found += self.decoder.feed(self.port.read(11))
        assert self.decoder.discarded == 0
        return found


def test_serves_until_stopped(serving):
    process, link = serving
    host = Port(link)
    host.send(WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF)))
    host.send(ReadRegister(Number.CHIP_ID))
    assert [frame.value for frame in host.receive(3)] == [0x13700000] * 3
    # Close, open, and go on.
    host.port.close()
    host = Port(link)
    host.send(ChainInactive(), *(SetAddress(address) for address in (0, 0x40, 0x80)))
    host.send(ReadRegister(Number.HIT_MASK))
    assert [frame.address for frame in host.receive(3)] == [0, 0x40, 0x80]
    host.send(WriteRegister(Number.MISC_CONTROL, 0xF000C100))
    host.send(WriteRegister(Number.HASH_COUNTING_NUMBER, 1))
    job = Job(job_id=0x48, header=block(0).header.with_version(0x20000000).with_w19(0))
    host.send(job)
    chip = model("bm1370")
    nonces = host.receive(30)
    for nonce in nonces:
        assert chip.job_id(nonce.tag) == 0x48
        assert leading_zeros(nonce.header(job)) >= BITS
    assert {chip.address(nonce.w19) for nonce in nonces} == {0, 0x40, 0x80}
    # As the reset line does: no job, no address, but easy hits as before.
    process.send_signal(signal.SIGUSR1)
    while process.stdout.readline() != "! reset\n":
        pass
    host.port.reset_input_buffer()
    host.send(WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF)))
    host.send(ReadRegister(Number.HIT_MASK))
    found = [(frame.address, frame.value) for frame in host.receive(3)]
    assert found == [(0, mask_of(BITS))] * 3
    process.send_signal(signal.SIGTERM)
    said = process.stdout.read().splitlines()
    assert process.wait() == 0
    assert not link.is_symlink()
    assert said[-1].startswith("1 jobs, ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--chips", "3"], "--chips needs --pty"),
        (["--model", "bm1366"], "--model needs --pty"),
        (["--pty", "--block", "0"], "--block does not go with --pty"),
        (["--pty", "--json"], "--json does not go with --pty"),
        (["--pty", "--chips", "0"], "'--chips': 0 is not in the range 1<=x<=128"),
        (["--pty", "--hit-bits", "33"], "'--hit-bits': 33 is not in the range 0<=x<=32"),
        (["--pty", "--model", "bm1397"], "'bm1397' is not one of"),
        (["--pty", "--lanes", "9"], "lanes must be 1 to 8, not 9"),
        (["--pty", "--link", "/"], "/: File exists"),
        (["--pty", "--link", "/nowhere/tty"], "/nowhere/tty: No such file"),
    ],
)
def test_options(options, message):
    with pytest.raises(click.UsageError) as refused:
        cli.sim.main(options, standalone_mode=False)
    assert refused.value.exit_code == 2
    assert message in refused.value.format_message()
    assert "\n" not in refused.value.format_message()


def test_links(tmp_path):
    """A link that leads nowhere is replaced; one that is another's is left alone."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "gone")
    terminal = PseudoTerminal(link)
    assert str(link.readlink()) == terminal.name
    with pytest.raises(FileExistsError):
        PseudoTerminal(link)
    link.unlink()
    link.symlink_to("another")
    terminal.close()
    assert link.is_symlink()


def test_bytes_pass_unchanged(rng):
    terminal = PseudoTerminal()
    far = os.open(terminal.name, os.O_RDWR | os.O_NOCTTY)
    data = bytes(range(256)) + rng.randbytes(256)
    os.write(far, data)
    received = b""
    while len(received) < len(data):
        received += terminal.read(1)
    assert received == data
    assert terminal.write(data)
    received = b""
    while len(received) < len(data):
        received += os.read(far, 512)
    assert received == data
    assert terminal.read() == b""
    os.close(far)
    terminal.close()
