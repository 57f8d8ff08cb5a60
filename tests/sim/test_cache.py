"""The cache: made once, found again, whole or not there, and bounded."""

import os
import threading
from pathlib import Path

import pytest
from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from sluice.sim import cache, netlist
from sluice.sim.cache import cached
from sluice.sim.compile import CompileError, compiled


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "sluice"


class Maker:
    def __init__(self):
        self.calls = 0

    def __call__(self, folder):
        self.calls += 1
        assert list(folder.iterdir()) == []
        file = folder / "result"
        file.write_text(f"made {self.calls}")
        return file


def test_made_once(folder):
    make = Maker()
    first = cached("kind", ".x", ["a", "b"], make)
    assert first.read_text() == "made 1"
    assert cached("kind", ".x", ["a", "b"], make) == first
    assert make.calls == 1
    assert first.parent == folder / "kind"


def test_every_part_counts():
    make = Maker()
    keys = [["a", "b"], ["ab", ""], ["ab"], ["a"], ["b", "a"], ["a\0b"]]
    assert len({cached("kind", ".x", parts, make) for parts in keys}) == len(keys)


def test_failure_leaves_nothing(folder):
    def fail(scratch):
        (scratch / "half").write_text("half")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        cached("kind", ".x", ["a"], fail)
    assert [path.suffix for path in (folder / "kind").iterdir()] == [".lock"]
    assert cached("kind", ".x", ["a"], Maker()).read_text() == "made 1"


def test_two_at_once_make_one():
    started, make = threading.Barrier(2), Maker()

    def work():
        started.wait()
        cached("kind", ".x", ["a"], make)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.calls == 1


def test_oldest_go_first(monkeypatch):
    monkeypatch.setattr(cache, "KEEP", 3)
    files = []
    for number in range(3):
        files.append(cached("kind", ".x", [str(number)], Maker()))
        os.utime(files[-1], (number, number))
    # Used again, the first is the newest.
    cached("kind", ".x", ["0"], Maker())
    cached("kind", ".x", ["new"], Maker())
    assert [file.exists() for file in files] == [True, False, True]


def test_what_was_used_lately_stays(monkeypatch):
    """Somebody may be about to open it."""
    monkeypatch.setattr(cache, "KEEP", 1)
    files = [cached("kind", ".x", [str(number)], Maker()) for number in range(3)]
    assert all(file.exists() for file in files)


def test_others_remove_files_too(monkeypatch):
    """Between any two steps of this process: the file is made again, and is whole."""
    first = cached("kind", ".x", ["a"], Maker())
    utime, stat = os.utime, Path.stat

    def gone(path, *times):
        first.unlink(missing_ok=True)
        return utime(path, *times)

    monkeypatch.setattr(os, "utime", gone)
    assert cached("kind", ".x", ["a"], Maker()).read_text() == "made 1"

    def vanishing(path, **options):
        if path.suffix == ".x":
            path.unlink(missing_ok=True)
        return stat(path, **options)

    monkeypatch.setattr(cache, "KEEP", 0)
    monkeypatch.setattr(Path, "stat", vanishing)
    cached("kind", ".x", ["b"], Maker())


class Wire(wiring.Component):
    def __init__(self, value):
        self.value = value
        super().__init__({"out": Out(8)})

    def elaborate(self, platform):
        m = Module()
        m.d.sync += self.out.eq(self.value + Signal(8))
        return m


def test_netlist_is_made_once_for_a_key():
    made = []

    def make(value):
        made.append(value)
        return Wire(value)

    first = netlist.netlist(lambda: make(1), "top", "Wire(1)")
    assert netlist.netlist(lambda: make(1), "top", "Wire(1)") == first
    assert netlist.netlist(lambda: make(2), "top", "Wire(2)") != first
    assert made == [1, 2]
    assert netlist.netlist(lambda: make(1), "top") == first
    assert made == [1, 2, 1]
    assert "src" not in first


def test_changed_source_is_another_netlist(monkeypatch):
    monkeypatch.setattr(netlist, "_sources", lambda: ["before"])
    first = netlist.netlist(lambda: Wire(1), "top", "key")
    monkeypatch.setattr(netlist, "_sources", lambda: ["after"])
    assert netlist.netlist(lambda: Wire(2), "top", "key") != first


def test_compile_error_shows_the_compiler(tmp_path, folder):
    harness = tmp_path / "harness.cpp"
    harness.write_text('#include "Vmodel.h"\n#error no such thing\n')
    with pytest.raises(CompileError, match="no such thing") as error:
        compiled(lambda: Wire(1), harness)
    assert error.value.exit_code == 1
    assert list((folder / "models").glob("*.so")) == []
