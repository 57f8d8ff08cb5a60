"""Figures of a core before any tool of a device has seen it."""

import re
from dataclasses import dataclass

from amaranth.back import rtlil

from sluice.rtl.hls.codegen.stats import ScheduleStats, schedule_stats

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
    engines, lanes
        Engines of rounds, all alike, and headers that are hashed for each nonce.
    hashes_a_cycle
        Nonces a cycle, those of all engines and lanes.
    job_words, job_instructions
        Words that a job loads, and the length of the job program.
    latency
        Cycles from activation to the first hit.
    register_bits
        Registers of the whole core outside block RAM, counted in its netlist.
    schedule
        Figures of its schedule.
    """

    initiation_interval: float
    folding_factor: int
    threads: int
    engines: int
    lanes: int
    hashes_a_cycle: float
    job_words: int
    job_instructions: int
    latency: int
    register_bits: int
    schedule: ScheduleStats


def core_stats(core: Core) -> CoreStats:
    """Measure a core."""
    plan, config = core.plan, core.plan.config
    netlist = rtlil.convert(core, emit_src=False)
    return CoreStats(
        initiation_interval=round(float(1 / config.rate), 4),
        folding_factor=plan.binding.table.slots,
        threads=plan.threads,
        engines=config.engines,
        lanes=config.lanes,
        hashes_a_cycle=round(float(config.rate * config.lanes), 5),
        job_words=len(plan.program.results),
        job_instructions=len(plan.program.instructions),
        latency=core.latency,
        register_bits=sum(int(width) for width in _REGISTER.findall(netlist)),
        schedule=schedule_stats(plan.schedule, config.make_technology(), config.ram_from or None),
    )
