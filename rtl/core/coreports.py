"""What cores of all kinds have in common: their ports, and what they are made from."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from .config import HashConfig
from .hits import hit_layout
from .plan import Plan, plan
from .work import WorkWord

C = TypeVar("C", bound=HashConfig, covariant=True)


class CorePorts(wiring.Component, ABC, Generic[C]):
    """A core.

    Parameters
    ----------
    config
        The configuration.

    Members
    -------
    work : In(stream of WorkWord)
        Loads and activates jobs, see :meth:`~.plan.Plan.work_words`.
    hits : Out(stream of hits)
        See :func:`~.hits.hit_layout`.
    idle : Out(1)
        No nonce is on its way, no activation, no hit.
    hashing : Out(1)
        A nonce enters in this clock.
    starved : Out(1)
        None does, but one could.
    turned : Out(1)
        Changes when a job that was to be activated next is, or is cancelled.
    hits_lost : Out(32)
        Hits that found the queue full, since reset.
    refused : Out(32)
        Jobs with `first` above `last` and words with unknown addresses, dropped since reset.
    """

    def __init__(self, config: C) -> None:
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
    def config(self) -> C:
        """The configuration."""
        return self._config

    @property
    @abstractmethod
    def latency(self) -> int:
        """Clocks from the activation of a job to the first hit it can bring on `hits`."""
