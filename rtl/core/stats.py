"""Figures of a core before any tool of a device has seen it."""

import re
from dataclasses import dataclass
from functools import reduce

from amaranth.back import rtlil

from sluice.rtl.hls.lifetimes import waits
from sluice.rtl.hls.ops import Op
from sluice.rtl.target.base import Area

from .core import Core

_REGISTER = re.compile(r"cell \$a?dff\S* .*?parameter \\WIDTH (\d+)", re.DOTALL)


@dataclass(frozen=True)
class CoreStats:
    """Size of a core.

    Members
    -------
    initiation_interval
        Cycles from a nonce to the next one, the engines taken together.
    folding_factor
        ``N``: how often the hardware of an engine is used for a nonce.
    threads
        Cycles of a slot, so nonces that take turns in an engine: the C-slow factor.
    engines
        Engines of rounds, all alike.
    lanes
        Headers that are hashed for each nonce.
    hashes_a_cycle
        Nonces a cycle, those of all engines and lanes.
    nodes
        Operations that are done anew for each nonce.
    adders
        Of these, how many have a carry chain.
    job_words
        Words that a job loads.
    job_instructions
        Length of the job program.
    latency
        Cycles from activation to the first hit.
    schedule_cycles
        Cycles of the schedule.
    register_bits
        Registers of the whole core outside block RAM, counted in its netlist.
    pipeline_register_bits
        Of these, those between the operations.
    ram_bits
        Bits that wait in block RAM.
    delay_lines
        Block RAM delay lines.
    predicted_lut4
        Four-input look-up tables of the operations, carry chains included.
    predicted_carry
        Of these, those of carry chains.
    """

    initiation_interval: float
    folding_factor: int
    threads: int
    engines: int
    lanes: int
    hashes_a_cycle: float
    nodes: int
    adders: int
    job_words: int
    job_instructions: int
    latency: int
    schedule_cycles: int
    register_bits: int
    pipeline_register_bits: int
    ram_bits: int
    delay_lines: int
    predicted_lut4: int
    predicted_carry: int


def core_stats(core: Core) -> CoreStats:
    """Measure a core."""
    schedule, config = core.plan.schedule, core.plan.config
    technology = config.make_technology()
    kinds = [node.kind for node in schedule.nodes if isinstance(node.kind, Op)]
    areas = [technology.area(kind) for kind in kinds]
    area = reduce(Area.__add__, areas, Area(0))
    stretches = list(waits(schedule, config.ram_from or None))
    in_ram = [wait for wait in stretches if wait.in_ram]
    in_registers = sum(32 * wait.cycles for wait in stretches if not wait.in_ram)
    netlist = rtlil.convert(core, emit_src=False)
    return CoreStats(
        initiation_interval=round(float(1 / config.rate), 4),
        folding_factor=core.plan.binding.slots,
        threads=core.plan.threads,
        engines=config.engines,
        lanes=config.lanes,
        hashes_a_cycle=round(float(config.rate * config.lanes), 5),
        nodes=len(kinds),
        adders=sum(area.carry > 0 for area in areas),
        job_words=len(core.plan.program.results),
        job_instructions=len(core.plan.program.instructions),
        latency=core.latency,
        schedule_cycles=schedule.latency,
        register_bits=sum(int(width) for width in _REGISTER.findall(netlist)),
        pipeline_register_bits=in_registers + 32 * len(in_ram),
        ram_bits=sum(32 * (wait.cycles - 1) for wait in in_ram),
        delay_lines=len(in_ram),
        predicted_lut4=area.lut,
        predicted_carry=area.carry,
    )
