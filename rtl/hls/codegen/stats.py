"""Figures of a schedule before any tool of a device has seen its hardware."""

from dataclasses import dataclass
from functools import reduce

from sluice.rtl.target import Technology
from sluice.rtl.target.base import Area

from ..lifetimes import waits
from ..ops import Op
from ..schedule import Schedule


@dataclass(frozen=True)
class ScheduleStats:
    """Size of a schedule.

    Members
    -------
    nodes
        Operations that are done anew for each nonce.
    adders
        Of these, how many have a carry chain.
    schedule_cycles
        Cycles of the schedule.
    pipeline_register_bits
        Registers between the operations.
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
    schedule_cycles: int
    pipeline_register_bits: int
    ram_bits: int
    delay_lines: int
    predicted_lut4: int
    predicted_carry: int


def schedule_stats(
    schedule: Schedule, technology: Technology, ram_from: int | None
) -> ScheduleStats:
    """Count what a schedule takes."""
    kinds = [node.kind for node in schedule.nodes if isinstance(node.kind, Op)]
    areas = [technology.area(kind) for kind in kinds]
    area = reduce(Area.__add__, areas, Area(0))
    stretches = list(waits(schedule, ram_from))
    in_ram = [wait for wait in stretches if wait.in_ram]
    in_registers = sum(32 * wait.cycles for wait in stretches if not wait.in_ram)
    return ScheduleStats(
        nodes=len(kinds),
        adders=sum(area.carry > 0 for area in areas),
        schedule_cycles=schedule.latency,
        pipeline_register_bits=in_registers + 32 * len(in_ram),
        ram_bits=sum(32 * (wait.cycles - 1) for wait in in_ram),
        delay_lines=len(in_ram),
        predicted_lut4=area.lut,
        predicted_carry=area.carry,
    )
