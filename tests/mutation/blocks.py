"""Blocks whose netlists are changed, and what has to notice: a proof, or tests by their names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from amaranth.hdl import Elaboratable

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig
from sluice.rtl.core import make_core
from sluice.rtl.core.config import CoreConfig
from sluice.sim.netlist import netlist
from tests.formal.catalogue import properties
from tests.formal.prove import write_hardware
from tests.rtl.chip import test_small
from tests.rtl.core import serial_bench, test_hashcore

CORE = "tests/rtl/core"
#: Lanes whose midstates are in the memories of an engine.
RAM = "midstates in RAM"

#: Parts of a core that no other block has.
ENGINE = ("top", "top.stage*", "top.decisions*")
#: Parts of the link that no block of a property has.
LINK = ("baud", "uart_rx", "far")
#: Parts of the controller that no block of a property has.
CONTROLLER = ("results", "unchecked", "window*", "opened")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of the hardware.

    Members
    -------
    name
        As options and tables have it.
    modules
        Those that are changed, as patterns of Yosys.
    config
        Of the chip or core that the tests are about; a block without is that of a property.
    tests
        What must notice, by names of pytest; those that are done soonest come first.
    also
        Further properties of the same hardware, whose proofs may notice as well.
    """

    name: str
    modules: tuple[str, ...] = ("top.*",)
    config: ChipConfig | CoreConfig | None = None
    tests: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def netlist(self) -> str:
        """The RTLIL, a module for each component."""
        if self.config is None:
            with TemporaryDirectory(prefix="mutation-") as scratch:
                write_hardware(properties()[self.name], Path(scratch))
                return (Path(scratch) / "top.il").read_text()
        return netlist(_make(self.config), "top", repr(self.config))


def _make(config: ChipConfig | CoreConfig) -> Callable[[], Elaboratable]:
    if isinstance(config, ChipConfig):
        return lambda: Chip(config)
    return lambda: make_core(config)


def _hashcore(name: str) -> Block:
    """A core whose nonces enter one at a time."""
    tests = (
        f"test_real_blocks[{name}-0]",
        f"test_edges_of_the_range[{name}-0-9]",
        f"test_edges_of_the_range[{name}-2147483647-2147483649]",
        f"test_first_above_last_is_refused_and_the_job_goes_on[{name}]",
        f"test_next_job_without_a_gap[{name}-1]",
        f"test_next_job_is_cancelled_by_a_word[{name}]",
        f"test_stop[{name}]",
        f"test_each_bit_of_a_mask[{name}]",
        f"test_what_is_counted[{name}]",
        f"test_masks[{name}]",
        f"test_job_change_at_every_phase[{name}]",
        f"test_reset_in_mid_flight[{name}]",
    )
    return Block(
        name=f"core_{name}",
        modules=ENGINE,
        config=test_hashcore.CORES[name],
        tests=tuple(f"{CORE}/test_hashcore.py::{test}" for test in tests),
    )


def _serial(name: str, shape: str, *modules: str) -> Block:
    """A core whose nonces enter together."""
    tests = (
        f"test_real_blocks[{shape}]",
        f"test_edges_of_the_range[{shape}-0-9]",
        f"test_every_rest[{shape}-2]",
        f"test_each_bit_of_a_mask[{shape}]",
        f"test_what_is_counted[{shape}]",
        f"test_masks[{shape}]",
        f"test_unknown_words[{shape}]",
        f"test_no_other_address_is_that_of_a_word[{shape}]",
        f"test_no_range[{shape}]",
        f"test_mask_and_tag_change_with_the_job[{shape}]",
        f"test_next_range_with_the_same_words[{shape}]",
        f"test_next_job_is_cancelled_by_a_word[{shape}]",
        f"test_stop_lets_the_next_job_in[{shape}]",
        f"test_random_jobs[{shape}]",
        f"test_next_job_at_every_phase[{shape}-3]",
        f"test_job_change_at_every_phase[{shape}-3]",
        f"test_reset_in_mid_flight[{shape}]",
    )
    slow = f"test_serial_hits.py::test_back_pressure[0-{shape}]"
    # Of one shape: another model has to be compiled for it.
    more = ["test_serial_hits.py::test_each_bit_of_the_count_of_lost_hits"]
    return Block(
        name=name,
        modules=modules or ENGINE,
        config=serial_bench.with_room(serial_bench.SHAPES[shape]),
        tests=tuple(
            f"{CORE}/{test}"
            for test in [
                *(f"test_serial.py::{test}" for test in tests),
                slow,
                *more * (shape == RAM),
            ]
        ),
    )


def _chip(name: str, *modules: str) -> Block:
    """Parts of a chip with a small core."""
    tests = (
        "rtl/chip/test_registers.py::test_registers",
        "rtl/chip/test_registers.py::test_short_answers",
        "rtl/chip/test_registers.py::test_a_byte_without_a_stop_bit",
        "rtl/chip/test_registers.py::test_counters",
        "rtl/chip/test_registers.py::test_a_host_whose_clock_is_off",
        "rtl/chip/test_registers.py::test_more_reads_than_answers",
        "rtl/chip/test_registers.py::test_addresses",
        "rtl/chip/test_registers.py::test_answers_before_a_new_rate",
        "rtl/chip/test_small.py::test_stopped_and_started",
        "rtl/chip/test_small.py::test_versions_run_out",
        "rtl/chip/test_small.py::test_batches",
        "rtl/chip/test_small.py::test_excess",
        "rtl/chip/test_small.py::test_nothing_is_reported_while_reporting_is_off",
        "rtl/chip/test_small.py::test_no_cycle_is_lost_between_batches",
        "rtl/chip/test_small.py::test_more_hits_than_can_be_reported",
        "rtl/chip/test_small.py::test_a_hit_comes_while_one_is_taken",
        "rtl/chip/test_small.py::test_jobs_replace_each_other",
        "rtl/chip/test_registers.py::test_a_break",
        "rtl/chip/test_small.py::test_jobs_wait_whole",
        "rtl/chip/test_slices.py::test_each_bit_of_an_address",
        "rtl/chip/test_slices.py::test_slices",
        "rtl/chip/test_registers.py::test_rates",
        "rtl/chip/test_small.py::test_three_chips_share_the_nonces",
        "rtl/chip/test_small.py::test_short_batches_leave_time_for_checks",
        "rtl/chip/test_small.py::test_nonce_offsets",
        "rtl/chip/test_small.py::test_rate[equal-one]",
        "rtl/chip/test_small.py::test_rate[slow-one]",
        "rtl/chip/test_small.py::test_each_bit_of_a_version_and_a_job_id",
        "rtl/chip/test_small.py::test_reset_at_any_time",
        "coverage/test_coverage.py::test_closed",
    )
    return Block(
        name=name,
        modules=modules,
        config=test_small.configuration(*test_small.SHAPES["one"]),
        tests=tuple(f"tests/{test}" for test in tests),
    )


@cache
def blocks() -> dict[str, Block]:
    """All of them, by name: first those of properties."""
    also = {
        "hits_one_at_a_time": ("hits_lost",),
        "hits_of_a_period": ("hits_of_a_period_lost",),
    }
    # What is beside the hardware: a range and a port that are blocks of their own, and cores that
    # do anything.
    beside = "top.part/port top.part/nonces %u"
    own = {
        "shadow_store": (f"top.part {beside} %d",),
        "midstate_memory": ("top.part", "top.part.nonces"),
        "core_array": ("top.part top.part/core* %d", "top.part.cycles*"),
    }
    proved = [
        Block(name=name, modules=own.get(name, ("top.*",)), also=also.get(name, ()))
        for name, prop in properties().items()
        if prop.mutable
    ]
    tested = [
        _hashcore("pipeline"),
        _hashcore("ring16"),
        _serial("core_serial", "3"),
        _serial("core_shared_schedule", "lanes"),
        _serial("core_midstate_ram", RAM),
        _serial("job_memory", "3", "top"),
        _serial("midstate_store", RAM, "top"),
        _chip("registers", "top.link.registers", "top.link.registers.*"),
        _chip("link", "top.link", *(f"top.link.{part}" for part in LINK)),
        _chip("controller", "top.controller", *(f"top.controller.{part}" for part in CONTROLLER)),
    ]
    return {block.name: block for block in (*proved, *tested)}
