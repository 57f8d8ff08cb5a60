"""What rolled cores of both kinds have in common: their ports, and what they are made from."""

from collections.abc import Sequence

from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from .hits import hit_layout
from .plan import Plan, plan
from .rolledconfig import RolledConfig
from .work import WorkWord


class RolledPorts(wiring.Component):
    """A rolled core.

    Parameters
    ----------
    config
        The configuration.

    Members
    -------
    work, hits, idle, hashing, starved, turned, hits_lost, refused
        See :class:`~.hashcore.HashCore`. Words of a job are written all or none.
    """

    def __init__(self, config: RolledConfig) -> None:
        self._config = config
        self._plan = plan(config)
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "hits": Out(stream.Signature(hit_layout(config.lanes))),
                "idle": Out(1),
                "hashing": Out(1),
                "starved": Out(1),
                "turned": Out(1),
                "hits_lost": Out(32),
                "refused": Out(32),
            }
        )

    @property
    def plan(self) -> Plan:
        """Graph, schedule and job program."""
        return self._plan

    @property
    def config(self) -> RolledConfig:
        """The configuration."""
        return self._config

    @property
    def turn(self) -> int:
        """Clocks from a nonce of a unit to the one that follows it there."""
        return self._config.timetable.slots * self._config.interleave

    @property
    def activation(self) -> int:
        """When a job is activated, in clocks after a turn begins."""
        raise NotImplementedError

    @property
    def latency(self) -> int:
        """Clocks from the slot in which a job is activated to the first hit it can bring."""
        raise NotImplementedError

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
        """See :meth:`~.plan.Plan.work_words`."""
        return self._plan.work_words(header, versions, first=first, last=last, mask=mask, tag=tag)
