"""Everything about a core that is known before its hardware: binding, schedule, job program."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, singledispatch

from sluice.rtl.hls.codegen.datapath import job_fields
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.job_program import JobProgram, job_program
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.schedule import NoScheduleError, Schedule, schedule

from .binding import midstate_ram, pipeline, ring, serial, shared_schedule
from .binding.binding import Binding
from .config import ConfigError, CoreConfig, PipelineConfig, RingConfig
from .interface import work_words
from .mining import HEADER_WORDS, header_inputs
from .serial_config import SerialConfig
from .strobes import Strobes


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a configuration comes to.

    Members
    -------
    config
        The configuration.
    binding
        The folded graph, and the words that it needs in each slot.
    schedule
        The cycle of each of its operations.
    program
        From midstates and the tail of the header to the job words, in the order of their addresses.
    """

    config: CoreConfig
    binding: Binding
    schedule: Schedule
    program: JobProgram

    @property
    def streams(self) -> bool:
        """Whether nonces enter one at a time, and job words are in registers."""
        return not self.binding.job_words

    @property
    def threads(self) -> int:
        """Cycles of a slot, the C-slow factor."""
        return max(1, self.schedule.threads)

    @property
    def strobes(self) -> Strobes:
        """When things happen, where nonces enter together."""
        inputs, distance = self.binding.inputs, self.config.distance
        return Strobes(self.schedule, inputs, self.binding, self.threads, distance)

    @property
    def latency(self) -> int:
        """Cycles from a nonce that enters one at a time to its test."""
        return self.schedule.latency + 1

    def uses(self) -> list[list[tuple[int, str]]]:
        """For each job word the cycles in which it is used, and the name of its field for each."""
        fields, uses = job_fields(self.schedule), self.schedule.job_uses
        return [[(cycle, fields[node, cycle]) for cycle in uses[node]] for node in uses]

    def work_words(
        self, header: Sequence[int], versions: Sequence[int], **control: int
    ) -> list[tuple[int, int]]:
        """Addresses and data for the work bus that start a job.

        Parameters
        ----------
        header
            The twenty words of the header, first byte most significant. Version and nonce in it are
            not used.
        versions
            The version word ``W0`` of each lane.
        control
            Range, mask and tag, see :func:`~.interface.work_words`.

        Raises
        ------
        ValueError
            A value does not fit its field, or the counts of words or versions are wrong.
        """
        if len(header) != HEADER_WORDS:
            raise ValueError(f"header must be {HEADER_WORDS} words, not {len(header)}")
        if len(versions) != self.config.lanes:
            raise ValueError(f"versions must be {self.config.lanes}, not {len(versions)}")
        inputs = header_inputs(header, versions, self.config.rounds)
        return work_words(self.program.run(inputs), **control)


@singledispatch
def bind(config: CoreConfig) -> Binding:
    """The binding of a configuration; one for another kind is registered here."""
    raise TypeError(f"no binding for {config!r}")


@bind.register
def _(config: PipelineConfig) -> Binding:
    return pipeline.binding(config.lanes, config.rounds)


@bind.register
def _(config: RingConfig) -> Binding:
    return ring.binding(config.ring, config.lanes)


@bind.register
def _(config: SerialConfig) -> Binding:
    if config.midstate_ram:
        return midstate_ram.binding(config.lanes)
    if config.lanes > 1:
        engines, apart = config.results.members, config.slack > 0
        return shared_schedule.binding(engines, config.lanes, config.threads, apart=apart)
    return serial.binding(config.results.members, config.threads, gated_sums=config.gated_sums)


@singledispatch
def place(config: CoreConfig, graph: Graph) -> Schedule:
    """The order of sums and the cycle of each operation; another way is registered here.

    Raises
    ------
    NoScheduleError
        A loop takes longer than the cycles it has.
    """
    model = config.delays()
    ordered = reassociate(graph, model, share=config.share, carry_save=config.carry_save)
    return schedule(ordered, model, config.threads, config.ram_from or None)


@cache
def plan(config: CoreConfig) -> Plan:
    """Bind, order and schedule the core of a configuration. The result is kept.

    Raises
    ------
    ConfigError
        A loop of the core takes longer than the cycles it has, at this period.
    """
    binding = bind(config)
    assert binding.table.slots == config.slots, config
    try:
        scheduled = place(config, binding.table.graph)
    except NoScheduleError as error:
        raise ConfigError(f"period must leave time for every loop: {error}") from error
    program = job_program(binding.job_words or list(scheduled.job_uses))
    return Plan(config=config, binding=binding, schedule=scheduled, program=program)
