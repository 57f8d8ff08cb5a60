"""What a hash takes: the netlist simulated with the delays and energies of the library."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sluice.rtl.core.plan import Plan

from ..flow.progress import Watcher
from .blocks import Block
from .errors import AsicError
from .flat import Flat
from .library import CLOCK_SLEW, Cell, Library
from .simulate import Run, simulate, window
from .stimulus import Job, random_job

#: Inputs that a buffer of the clock tree drives.
TREE_FANOUT = 16


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
        What flip-flops take from a clock edge whether they change or not; and clock gates.
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


def measure(
    flat: Flat,
    library: Library,
    plan: Plan,
    hashes: int,
    seeds: int,
    watcher: Watcher,
    *,
    together: int | None = None,
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
    together
        Jobs at the same time; as many as there are processors for ``None``.

    Raises
    ------
    AsicError
        A digest is wrong: then the netlist is.
    """
    config, measured = plan.config, window(plan, hashes)
    runs: list[Run] = []
    done = 0
    jobs = [random_job(plan, seed) for seed in range(1, seeds + 1)]
    # Each is a process of its own.
    with ThreadPoolExecutor(max_workers=together or len(os.sched_getaffinity(0))) as pool:
        going = [pool.submit(simulate, flat, library, job, measured) for job in jobs]
        try:
            for number, (job, one) in enumerate(zip(jobs, going, strict=True), 1):
                cycles = measured.begin + measured.cycles
                watcher.stage("energy", f"job {number} of {seeds}: {cycles} cycles")
                watcher.part((number - 1) / seeds)
                runs.append(one.result())
                nonces = int(config.rate * measured.cycles)
                done += check_digests(job, runs[-1].watched, config.lanes, nonces)
        finally:
            pool.shutdown(cancel_futures=True)
    return _collect(runs, library, float(config.rate * config.lanes) * measured.cycles, done)


def check_digests(job: Job, lines: list[str], lanes: int, nonces: int) -> int:
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
    runs: list[Run],
    library: Library,
    hashes: float,
    done: int,
) -> HashEnergy:
    total = hashes * len(runs)
    blocks = {}
    for block in Block:
        sums = {
            name: sum(run.blocks[block][name] for run in runs)
            for name in ("net", "internal", "toggles", "needed")
        }
        blocks[block.title] = BlockEnergy(
            sums["net"] / total / 1e3,
            sums["internal"] / total / 1e3,
            sums["toggles"] / total,
            sums["needed"] / total,
        )
    all_ = runs[0].whole
    cycles, flip_flops = all_["cycles"], int(all_["flip_flops"])
    pins = all_["clock_pins"] * library.voltage**2
    tree = _tree(library, int(all_["leaves"]), all_["leaf_pins"])
    scale = cycles / hashes / 1e3
    internal, pins, tree = (energy * scale for energy in (all_["clock_internal"], pins, tree))
    clock = internal + pins + tree
    by_seed = [
        sum(one["net"] + one["internal"] for one in run.blocks) / hashes / 1e3 + clock
        for run in runs
    ]
    return HashEnergy(
        blocks,
        clock_cells=internal,
        clock_pins=pins,
        clock_tree=tree,
        leakage=sum(one["leakage"] for one in runs[0].blocks),
        flip_flops=flip_flops,
        settle=int(max(run.whole["settle"] for run in runs)),
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
