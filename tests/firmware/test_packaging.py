"""What the daemon is installed with: a unit of systemd, rules of udev, a container."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sluice.firmware.packaging
from sluice.firmware.config import found_in

FOLDER = Path(sluice.firmware.packaging.__path__[0])
ROOT = Path(__file__).resolve().parents[2]
SLUICE = Path(sys.executable).with_name("sluice")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def verified(unit, folder):
    """What systemd says of it, with the command of this environment in it."""
    path = folder / "sluice.service"
    path.write_text(unit.replace("/opt/sluice/bin/sluice", str(SLUICE)))
    code, said = run("systemd-analyze", "verify", path)
    return said if said or not code else f"exit code {code}"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_unit(tmp_path):
    unit = (FOLDER / "sluice.service").read_text()
    assert verified(unit, tmp_path) == ""
    assert "Unknown key" in verified(unit.replace("UMask", "UMaks"), tmp_path)


def test_variables_are_keys():
    texts = [(FOLDER / name).read_text() for name in ("sluice.service", "Containerfile")]
    variables = dict(re.findall(r"\b(SLUICE_[A-Z_]+)=(\S+)", " ".join(texts)))
    found, wrong = found_in(variables)
    assert {".".join(map(str, path)) for path, _, _ in found} == {"mining.state", "screen.enabled"}
    assert wrong == []


#: An assignment or a match of udev: key, operator, value.
TERM = r'[A-Z_]+(?:\{[^}]+\})?(?:==|!=|\+=|=)"[^"]*"'


def test_rules():
    text = (FOLDER / "70-sluice.rules").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines
    assert all(re.fullmatch(rf"{TERM}(?:, {TERM})*", line) for line in lines)
    labels = re.findall(r'LABEL="(\w+)"', text)
    assert set(re.findall(r'GOTO="(\w+)"', text)) == set(labels)
    assert len(labels) == len(set(labels))
    code, said = run("udevadm", "--version") if shutil.which("udevadm") else (1, "")
    if code == 0 and int(said) >= 254:
        code, said = run("udevadm", "verify", FOLDER / "70-sluice.rules")
        assert code == 0, said


def test_container():
    """Everything that is copied into it is there, and what it installs is locked."""
    text = (FOLDER / "Containerfile").read_text()
    (lock,) = re.findall(r"--requirement (\S+)", text)
    assert (ROOT / lock).samefile(FOLDER / "requirements.lock")
    ignored = (FOLDER / "Containerfile.dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    wanted = {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / name).exists() for name in wanted)
    assert {"pyproject.toml", "README.md", "LICENSE", "rtl", "firmware"} <= wanted


def versions(path):
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", path.read_text()))


def test_versions_are_those_that_are_tested():
    daemon, all_of_them = (
        versions(FOLDER / "requirements.lock"),
        versions(ROOT / "requirements.lock"),
    )
    assert daemon.items() <= all_of_them.items()
