"""What a hash takes: the netlist simulated with the delays and energies of the library."""

import json
import math
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sluice.rtl.core.plan import Plan

from ..flow.cache import cached
from ..flow.progress import Watcher
from .blocks import Block
from .errors import AsicError, installed
from .flat import Flat
from .library import CLOCK_SLEW, Cell, Library
from .simulator_input import netlist_text, stimulus_text
from .stimulus import Job, random_job

#: Inputs that a buffer of the clock tree drives.
TREE_FANOUT = 16
#: Cycles from the last word of a job to its first nonce, besides those until it may enter.
ACTIVATION = 16


@dataclass(frozen=True)
class BlockEnergy:
    """Energy of a block, in pJ a hash, and what switches.

    Members
    -------
    net
        What charges nets.
    internal
        What cells take besides.
    toggles
        Edges a hash.
    needed
        Of these, those that are left when only values at the end of a cycle count.
    """

    net: float
    internal: float
    toggles: float
    needed: float

    @property
    def total(self) -> float:
        """Of both."""
        return self.net + self.internal


@dataclass(frozen=True)
class HashEnergy:
    """What a hash takes, in pJ, the mean of all jobs.

    Members
    -------
    blocks
        By title.
    clock_cells
        What flip-flops take from a clock edge whether they change or not.
    clock_pins
        Charging their clock pins, and the wires to these.
    clock_tree
        Buffers of a clock tree: an estimate, there is none in the netlist.
    leakage : nW
        Of all cells.
    flip_flops
        How many.
    settle : ps
        The longest that nets took to settle after a clock edge.
    hashes
        Measured, and each checked.
    by_seed
        The energy of each job, tree and all.
    """

    blocks: dict[str, BlockEnergy]
    clock_cells: float
    clock_pins: float
    clock_tree: float
    leakage: float
    flip_flops: int
    settle: int
    hashes: int
    by_seed: list[float]

    @property
    def clock(self) -> float:
        """All that the clock takes."""
        return self.clock_cells + self.clock_pins + self.clock_tree

    @property
    def total(self) -> float:
        """Without leakage, which depends on the clock."""
        return sum(block.total for block in self.blocks.values()) + self.clock

    @property
    def glitches(self) -> float:
        """Edges for each one that is needed."""
        blocks = self.blocks.values()
        return sum(block.toggles for block in blocks) / sum(block.needed for block in blocks)


def simulator() -> Path:
    """The compiled simulator.

    Raises
    ------
    AsicError
        There is no compiler, or it fails.
    """
    compiler = installed("g++", "g++")
    source = Path(__file__).with_name("gates.cpp")

    def make(folder: Path) -> None:
        command = [compiler, "-std=c++17", "-O2", "-o", str(folder / "gates"), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AsicError(f"g++ failed: {done.stderr.strip().splitlines()[0]}")

    folder, _ = cached("asic-simulator", [source.read_text(encoding="utf-8")], make)
    return folder / "gates"


def measure(
    flat: Flat, library: Library, plan: Plan, hashes: int, seeds: int, watcher: Watcher
) -> HashEnergy:
    """Simulate jobs, and measure what hashes take once the core is full of them.

    Parameters
    ----------
    flat, library, plan
        The core.
    hashes
        To be measured of each job, at least.
    seeds
        Jobs, with random headers.
    watcher
        Told how it goes on.

    Raises
    ------
    AsicError
        A digest is wrong: then the netlist is.
    """
    config = plan.config
    period = plan.binding.table.slots * plan.threads
    each = config.rate * period * config.lanes
    cycles = period * math.ceil(hashes / each)
    filled = plan.latency if plan.streams else plan.binding.periods * period
    begin = filled + 3 * period + ACTIVATION
    program = simulator()
    watcher.stage("energy", "writing the netlist")
    watcher.part(None)
    text = netlist_text(library, flat)

    def make(folder: Path) -> None:
        (folder / "netlist").write_text(text, encoding="utf-8")

    folder, _ = cached("asic-gates", [text], make)
    runs: list[tuple[list[dict[str, float]], dict[str, float]]] = []
    done = 0
    for seed in range(1, seeds + 1):
        watcher.stage("energy", f"job {seed} of {seeds}: {begin + cycles} cycles")
        watcher.part((seed - 1) / seeds)
        job = random_job(plan, seed)

        def simulate(made: Path, job: Job = job) -> None:
            path = made / "stimulus"
            path.write_text(stimulus_text(flat, job, cycles, begin), encoding="utf-8")
            command = [str(program), str(folder / "netlist"), str(path)]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode:
                raise AsicError(f"simulation of the netlist failed: {run.stderr.strip()}")
            (made / "result").write_text(run.stdout, encoding="utf-8")

        parts = [folder.name, program.parent.name, repr(job), f"{cycles} {begin}"]
        made, _ = cached("asic-energy", parts, simulate)
        lines = (made / "result").read_text(encoding="utf-8").splitlines()
        count = len(Block)
        runs.append(([json.loads(line) for line in lines[:count]], json.loads(lines[count])))
        done += _check(job, lines[count + 1 :], config.lanes, int(config.rate * cycles))
    return _collect(runs, library, float(config.rate * config.lanes) * cycles, done)


def _check(job: Job, lines: list[str], lanes: int, nonces: int) -> int:
    """Every ``H7`` that the core had, against pycryptodome; the number of hashes checked.

    Raises
    ------
    AsicError
        One is missing.
    """
    seen: set[int] = set()
    for line in lines:
        value = int(line, 2)
        for _ in range(len(line) // 32):
            seen.add(value & 0xFFFFFFFF)
            value >>= 32
    for number in range(nonces):
        for lane in range(lanes):
            if job.h7(lane, number) not in seen:
                raise AsicError(
                    f"the netlist does not hash nonce {job.first + number:#010x} of lane {lane}"
                )
    return nonces * lanes


def _collect(
    runs: list[tuple[list[dict[str, float]], dict[str, float]]],
    library: Library,
    hashes: float,
    done: int,
) -> HashEnergy:
    total = hashes * len(runs)
    blocks = {}
    for block in Block:
        sums = {
            name: sum(found[block][name] for found, _ in runs)
            for name in ("net", "internal", "toggles", "needed")
        }
        blocks[block.title] = BlockEnergy(
            sums["net"] / total / 1e3,
            sums["internal"] / total / 1e3,
            sums["toggles"] / total,
            sums["needed"] / total,
        )
    all_ = runs[0][1]
    cycles, flip_flops = all_["cycles"], int(all_["flip_flops"])
    pins = all_["clock_pins"] * library.voltage**2
    tree = _tree(library, flip_flops, all_["clock_pins"])
    scale = cycles / hashes / 1e3
    internal, pins, tree = (energy * scale for energy in (all_["clock_internal"], pins, tree))
    clock = internal + pins + tree
    by_seed = [
        sum(one["net"] + one["internal"] for one in found) / hashes / 1e3 + clock
        for found, _ in runs
    ]
    return HashEnergy(
        blocks,
        clock_cells=internal,
        clock_pins=pins,
        clock_tree=tree,
        leakage=sum(one["leakage"] for one in runs[0][0]),
        flip_flops=flip_flops,
        settle=int(max(one["settle"] for _, one in runs)),
        hashes=done,
        by_seed=by_seed,
    )


def _tree(library: Library, flip_flops: int, pins: float) -> float:
    """What buffers of a clock tree take in a cycle, in fJ: each drives 16 inputs, level by level.

    The buffer is the one of the library with which this is least.
    """

    def cost(buffer: Cell) -> float:
        (entry,), (output,) = buffer.inputs, buffer.outputs
        count, load, total = flip_flops, pins / flip_flops * TREE_FANOUT, 0.0
        while count > 1:
            count = math.ceil(count / TREE_FANOUT)
            energies = [one.table.at(CLOCK_SLEW, load) for one in output.energies]
            edges = max(1, len(output.energies) // 2)
            total += count * (sum(energies) / edges + entry.capacitance * library.voltage**2)
            load = entry.capacitance * TREE_FANOUT
        return total

    buffers = library.buffers()
    if not buffers:
        raise AsicError(f"Liberty {library.name} has no buffer for a clock tree")
    return min(cost(buffer) for buffer in buffers)
