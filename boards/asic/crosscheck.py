"""One round in Icarus Verilog, with the delays that OpenSTA finds, beside our own simulation.

Nothing there is ours but the netlist and its truth tables: OpenSTA works out delays from the
Liberty and writes them as SDF, Icarus Verilog simulates with them. What is compared is how often
nets switch, what charging them takes, and how long they take to settle.
"""

import itertools
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil

from sluice.rtl.target.asic import with_operations

from ..flow.cache import cached
from ..flow.progress import Watcher
from ..flow.run import ToolError, run
from .errors import AsicError, installed
from .flat import Flat, read_flat
from .library import CLOCK_SLEW, OUTPUT_LOAD, Cell, Library
from .mapping import CORE, map_cells
from .round import Round, RoundJob
from .simulate import Window, simulate
from .simulator_input import RESET_CYCLES, watched
from .timing import LONG, opensta, time_unit

#: Rounds that are measured, from some behind the last word on.
MEASURED = Window(cycles=64, begin=4)
#: How much longer than nets take to settle here a cycle is there.
MARGIN = 1.5
#: What decides, besides files and tools.
_OWN = Path(__file__).read_text(encoding="utf-8")
_ICARUS = ("-g2012", "-gspecify", "-s", "bench")
_TIMES = r"\(([\d.]+)::([\d.]+)\)"
_WAY = re.compile(rf"\(IOPATH (.+) {_TIMES} {_TIMES}\)")


@dataclass(frozen=True)
class Figures:
    """Of a simulation of some rounds.

    Members
    -------
    edges
        Of nets.
    energy : fJ
        What charging nets takes.
    settle : ps
        The longest from a clock edge to the last edge of a net.
    """

    edges: int
    energy: float
    settle: float


@dataclass(frozen=True)
class CrossCheck:
    """The same rounds here and there. Their states were right in both."""

    cells: int
    rounds: int
    here: Figures
    there: Figures

    def lines(self) -> Iterator[str]:
        """As a table."""
        here, there = self.here, self.there
        title = f"{self.rounds} rounds of {self.cells:,} cells"
        yield f"| {title} | here | Icarus, OpenSTA | here more |"
        yield "|---|---|---|---|"
        for what, a, b, form in (
            ("edges of nets", here.edges, there.edges, ",.0f"),
            ("energy of nets, pJ", here.energy / 1e3, there.energy / 1e3, ".2f"),
            ("longest way, ps", here.settle, there.settle, ",.0f"),
        ):
            yield f"| {what} | {a:{form}} | {b:{form}} | {a / b - 1:+.1%} |"


def round_in_cells(technology: str, library: Library, watcher: Watcher) -> Flat:
    """The netlist of a round."""
    text = rtlil.convert(Round(technology), name=CORE, emit_src=False)
    return read_flat(map_cells(with_operations(text, rtlil.convert), library, watcher), library)


def cross_check(technology: str, library: Library, watcher: Watcher, seed: int = 1) -> CrossCheck:
    """Simulate a round of a technology in both.

    Raises
    ------
    AsicError
        A tool is not there or fails, or a state is wrong.
    """
    sta, iverilog = opensta(), installed("iverilog", "iverilog", "Icarus Verilog")
    vvp = installed("vvp", "iverilog", "Icarus Verilog")
    flat, job = round_in_cells(technology, library, watcher), RoundJob.random(seed)
    watcher.stage("check", "simulating a round here")
    watcher.part(None)
    ours = simulate(flat, library, job, MEASURED)
    check_states(job, ours.watched)
    settle = ours.whole["settle"]
    period = 2 * round(MARGIN * settle / 2 + 500)
    files = {
        "cells.lib": library.text,
        "flat.v": "\n".join(flat.verilog(library)),
        "cells.v": "\n".join(line for cell in library.cells.values() for line in _model(cell)),
        "sdf.tcl": _script(flat, library),
        "bench.v": "\n".join(_bench(flat, job, period)),
    }

    def make(folder: Path) -> None:
        for name, text in files.items():
            (folder / name).write_text(text + "\n", encoding="utf-8")
        watcher.stage("check", "OpenSTA writes delays")
        try:
            run(sta, ["-no_splash", "-no_init", "-exit", "sdf.tcl"], folder, lambda _: None)
        except ToolError as error:
            raise AsicError(error.message) from error
        sdf = folder / "flat.sdf"
        sdf.write_text(_for_icarus(sdf.read_text(encoding="utf-8")), encoding="utf-8")
        watcher.stage("check", "Icarus Verilog simulates")
        compiling = [iverilog, *_ICARUS, "-o", "bench.vvp", "bench.v", "flat.v", "cells.v"]
        for command in (compiling, [vvp, "-n", "bench.vvp"]):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                said = [*(done.stderr or done.stdout).strip().splitlines(), "it says no more"]
                raise AsicError(f"{Path(command[0]).name} failed: {said[0]}")
        (folder / "said").write_text(done.stdout, encoding="utf-8")

    folder, _ = cached("asic-check", [*files.values(), sta.identity, _OWN], make)
    said = (folder / "said").read_text(encoding="utf-8").splitlines()
    check_states(job, [line for line in said if set(line) <= {"0", "1"}])
    there = _count(folder / "bench.vcd", flat, library, period)
    here = Figures(
        int(sum(one["toggles"] for one in ours.blocks)),
        sum(one["net"] for one in ours.blocks),
        settle,
    )
    return CrossCheck(len(flat.instances), MEASURED.cycles, here, there)


def check_states(job: RoundJob, lines: list[str]) -> None:
    """That the states are those of the model, one a cycle at the end.

    Raises
    ------
    AsicError
        They are not.
    """
    wanted = [f"{state:0256b}" for state in itertools.islice(job.states(), MEASURED.cycles)]
    if wanted[-1] not in lines[-MEASURED.begin - 2 :] or not {*wanted} <= {*lines}:
        raise AsicError("the netlist of a round does not do what SHA-256 says")


def _script(flat: Flat, library: Library) -> str:
    unit = time_unit(library)
    return "\n".join(
        (
            "read_liberty cells.lib",
            "read_verilog flat.v",
            f"link_design {flat.top}",
            f"create_clock -name clk -period {LONG * 1e3 / unit} [get_ports clk__0]",
            f"set_clock_transition {CLOCK_SLEW / unit} [get_clocks clk]",
            f"set_input_transition {CLOCK_SLEW / unit} [all_inputs]",
            f"set_load {OUTPUT_LOAD / 1e3} [all_outputs]",
            "write_sdf -no_timestamp -no_version flat.sdf",
        )
    )


def _for_icarus(sdf: str) -> str:
    """SDF with one delay for each way and edge, in whole picoseconds.

    OpenSTA writes a way once for each state in which the library tells it apart, without the state,
    and for the least and the greatest slew; here it is the mean of all, as in our simulation.
    Icarus Verilog would take the last one, does not look at ``TIMESCALE``, and knows no delays
    between cells, which are zero here.
    """
    (unit,) = re.findall(r"TIMESCALE (\w+)", sdf)
    scale = {"1ns": 1e3, "1ps": 1.0}[unit]
    ways: dict[str, list[list[float]]] = {}
    made = []
    for line in sdf.replace("TIMESCALE 1ns", "TIMESCALE 1ps").splitlines():
        if found := _WAY.fullmatch(line.strip()):
            ways.setdefault(found[1], []).append([float(found[n]) * scale for n in range(2, 6)])
            continue
        for way, times in ways.items():
            rise, fall = (
                sum(one[k] + one[k + 1] for one in times) / (2 * len(times)) for k in (0, 2)
            )
            made.append(f"(IOPATH {way} ({rise:.0f}) ({fall:.0f}))")
        ways = {}
        if "INTERCONNECT" not in line:
            made.append(line)
    return "\n".join(made)


def _model(cell: Cell) -> Iterator[str]:
    """A cell as Verilog, with ways whose delays SDF gives."""
    inputs = [pin.name for pin in cell.inputs]
    yield f"module {cell.name}({', '.join(pin.name for pin in cell.pins)});"
    for pin in cell.pins:
        yield f"  {'output' if pin.output else 'input'} {pin.name};"
    row, rows = f"{{{', '.join(reversed(inputs))}}}", 1 << len(inputs)
    for pin in cell.outputs:
        name = pin.name
        yield f"  wire [{rows - 1}:0] rows_{name} = {rows}'h{pin.function:x};"
        if cell.clock:
            yield f"  reg held_{name} = 0;"
            yield f"  always @(posedge {cell.clock}) held_{name} <= rows_{name}[{row}];"
            yield f"  assign {name} = held_{name};"
        else:
            yield f"  assign {name} = rows_{name}[{row}];"
    yield "  specify"
    for pin in cell.outputs:
        for source in sorted({arc.input for arc in pin.arcs}):
            clock = source == cell.clock
            way = f"posedge {source} => ({pin.name} : 1'b1)" if clock else f"{source} => {pin.name}"
            yield f"    ({way}) = (0, 0);"
    yield "  endspecify"
    yield "endmodule"


def _bench(flat: Flat, job: RoundJob, period: int) -> Iterator[str]:
    """A bench that does what ``gates.cpp`` does, cycle by cycle; `period` in ps."""
    width, last = len(flat.names["work__payload"]), len(job.words)
    ports = {"clk__0": "clk", "rst__0": "rst", "work__valid__0": "valid", "work__ready__0": "ready"}
    ports |= {f"work__payload__{bit}": f"payload[{bit}]" for bit in range(width)}
    yield "`timescale 1ps/1ps"
    yield "module bench;"
    yield "  reg clk = 0, rst = 0, valid = 0, taken = 0;"
    yield f"  reg [{width - 1}:0] payload = 0, words [0:{last - 1}];"
    yield "  wire ready;"
    yield "  integer cycle = 0, sent = 0, from = -1;"
    wires = ", ".join(f".{port}({wire})" for port, wire in ports.items())
    yield f"  {flat.top} dut({wires});"
    yield "  initial begin"
    for number, word in enumerate(job.words):
        yield f"    words[{number}] = {width}'h{word:x};"
    yield '    $sdf_annotate("flat.sdf", dut);'
    yield f"    #{period};"
    yield f"    while (from < 0 || cycle < from + {MEASURED.cycles}) begin"
    yield "      taken = valid & ready;"
    yield "      if (taken) sent = sent + 1;"
    yield f"      if (taken && sent == {last}) from = cycle + {MEASURED.begin};"
    yield '      if (cycle == from) begin $dumpfile("bench.vcd"); $dumpvars(1, dut); end'
    yield f"      clk = 1; #{CLOCK_SLEW:.0f};"
    yield f"      rst = cycle < {RESET_CYCLES};"
    yield f"      valid = cycle >= {RESET_CYCLES} && sent < {last};"
    yield "      payload = valid ? words[sent] : 0;"
    yield f"      #{period // 2} clk = 0; #{period // 2 - CLOCK_SLEW:.0f};"
    seen = ", ".join(f"dut.n{net}" for net in reversed(watched(flat)))
    yield f'      $display("%b", {{{seen}}});'
    yield "      cycle = cycle + 1;"
    yield "    end"
    yield "    $finish;"
    yield "  end"
    yield "endmodule"


def _count(path: Path, flat: Flat, library: Library, period: int) -> Figures:
    """Edges in a VCD that begins with the first clock edge that is measured."""
    load: dict[int, float] = defaultdict(float)
    for instance in flat.instances:
        for pin, net in zip(library.cells[instance.kind].pins, instance.nets, strict=True):
            if not pin.output:
                load[net] += pin.capacitance
    for name in flat.outputs:
        for net in flat.names[name]:
            load[net] += OUTPUT_LOAD
    clock = flat.names["clk"][0]
    nets: dict[str, int] = {}
    value: dict[str, str] = {}
    edges, energy, settle, now, begin = 0, 0.0, 0, 0, -1
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if found := re.match(r"\$var wire\s+1 (\S+) n(\d+) ", line):
                if int(found[2]) != clock:
                    nets[found[1]] = int(found[2])
            elif line[0] == "#":
                now = int(line[1:])
                begin = now if begin < 0 else begin
            elif line[0] in "01" and (code := line[1:].strip()) in nets:
                if value.get(code, line[0]) != line[0]:
                    edges += 1
                    energy += 0.5 * load[nets[code]] * library.voltage**2
                    settle = max(settle, (now - begin) % period)
                value[code] = line[0]
    return Figures(edges, energy, settle)
