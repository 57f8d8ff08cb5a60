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
    nodes
        Operations that are done anew for each nonce.
    adders
        Of these, how many have a carry chain.
    job_words
        Words that a job loads.
    job_instructions
        Length of the job program.
    latency
        Clocks from activation to the first hit.
    pipeline_clocks
        Clocks of the schedule.
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

    nodes: int
    adders: int
    job_words: int
    job_instructions: int
    latency: int
    pipeline_clocks: int
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
        nodes=len(kinds),
        adders=sum(area.carry > 0 for area in areas),
        job_words=len(schedule.job_uses),
        job_instructions=len(core.plan.program.instructions),
        latency=core.latency,
        pipeline_clocks=schedule.latency,
        register_bits=sum(int(width) for width in _REGISTER.findall(netlist)),
        pipeline_register_bits=in_registers + 32 * len(in_ram),
        ram_bits=sum(32 * (wait.cycles - 1) for wait in in_ram),
        delay_lines=len(in_ram),
        predicted_lut4=area.lut,
        predicted_carry=area.carry,
    )
