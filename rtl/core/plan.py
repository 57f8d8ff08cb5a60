"""Everything about a core that is known before its hardware: graph, schedule, job program."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sluice.rtl.hls.codegen.datapath import job_fields
from sluice.rtl.hls.ir import Source
from sluice.rtl.hls.job_program import JobProgram, job_program
from sluice.rtl.hls.schedule import NoScheduleError, Schedule, schedule

from .config import ConfigError, HashConfig
from .mining import HEADER_WORDS, header_inputs
from .work import work_words


@dataclass(frozen=True)
class Plan:
    """What a configuration comes to.

    Members
    -------
    config
        The configuration.
    schedule
        The pipeline.
    program
        From midstates and the tail of the header to the job words, in the order of their addresses.
    """

    config: HashConfig
    schedule: Schedule
    program: JobProgram

    @property
    def inputs(self) -> list[str]:
        """Names of the inputs of the graph that are known with the nonce."""
        return [node.name for node in self.schedule.nodes if node.kind is Source.INPUT]

    def arrival(self, name: str) -> int:
        """The clock of a pass in which an input of the graph is used."""
        return next(clock for node, clock in self.schedule.clock.items() if node.name == name)

    def uses(self) -> list[list[tuple[int, str]]]:
        """For each job word the clocks in which it is used, and the name of its field for each."""
        fields = job_fields(self.schedule)
        return [
            [(clock, fields[node, clock]) for clock in clocks]
            for node, clocks in self.schedule.job_uses.items()
        ]

    def work_words(
        self,
        header: Sequence[int],
        versions: Sequence[int],
        *,
        first: int,
        last: int,
        mask: int,
        tag: int,
    ) -> list[tuple[int, int]]:
        """Addresses and data for the work bus that start a job.

        Parameters
        ----------
        header
            The twenty words of the header, first byte most significant. Version and nonce in it are
            not used.
        versions
            The version word ``W0`` of each lane.
        first, last
            The range of nonce words, both included.
        mask
            Bits of ``H7`` that must be zero.
        tag
            Comes back with each hit, 8 bits.

        Raises
        ------
        ValueError
            A value does not fit its field, or the counts of words or versions are wrong.
        """
        if len(header) != HEADER_WORDS:
            raise ValueError(f"header must be {HEADER_WORDS} words, not {len(header)}")
        if len(versions) != self.config.lanes:
            raise ValueError(f"versions must be {self.config.lanes}, not {len(versions)}")
        job_words = self.program.run(
            header_inputs(header, versions, self.config.compression_rounds)
        )
        return work_words(job_words, first=first, last=last, mask=mask, tag=tag)


@cache
def plan(config: HashConfig) -> Plan:
    """Trace, order and schedule the core of a configuration. The result is kept.

    Raises
    ------
    ConfigError
        A loop of the core takes longer than the clocks it has, at this period.
    """
    model = config.delays()
    try:
        scheduled = schedule(config.reassociated(), model, config.turn, config.ram_from or None)
    except NoScheduleError as error:
        wrong = f"period must leave time for the loops of the core, not {config.period!r}"
        raise ConfigError(wrong) from error
    return Plan(config, scheduled, job_program(config.job_words(scheduled)))
