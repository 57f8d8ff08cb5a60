"""The chip.

::

            link clock                                │ hash clock
    rx ──►┌──────┐ jobs   ┌──────────────────────┐    │    ┌───────────┐
    tx ◄──│      │──────► │ Controller: processor│ bus│──► │           │
          │ Link │results │ and its programs     │ ═══╪══► │ CoreArray │
 next_tx ◄│      │◄────── │                      │ ◄══╪═══ │           │
 next_rx ►└──────┘        └──────────────────────┘hits│    └───────────┘
"""

from amaranth.hdl import ClockDomain, ClockSignal, Module, ResetInserter
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.config import ChipConfig
from sluice.rtl.control.control import Controller
from sluice.rtl.core.core import make_core
from sluice.rtl.core.plan import plan
from sluice.rtl.link.link import Link
from sluice.rtl.link.recovery import LineRecovery
from sluice.rtl.reset import JointReset

#: Periods of the receiving clock in which whatever crosses between ``sync`` and ``hash``, either
#: way, must arrive: the least that one of the crossings bears.
ARRIVAL = min(Controller.ARRIVAL, JointReset.ARRIVAL)


class Chip(wiring.Component):
    """A mining chip on a serial line.

    Its ``sync`` domain is that of the link; the cores have a clock of their own, and are reset with
    the link.

    Parameters
    ----------
    config
        The configuration.

    Members
    -------
    hash_clk : In(1)
        The clock of the cores.
    rx, tx : In(1), Out(1)
        To the host, or to the chip before.
    next_tx, next_rx : Out(1), In(1)
        To the chip behind; leave `next_rx` high without one.
    hit : Out(1)
        A result waits to be sent: for a light.
    """

    def __init__(self, config: ChipConfig) -> None:
        self._config = config
        super().__init__(
            {
                "hash_clk": In(1),
                "rx": In(1, init=1),
                "tx": Out(1, init=1),
                "next_tx": Out(1, init=1),
                "next_rx": In(1, init=1),
                "hit": Out(1),
            }
        )

    @property
    def config(self) -> ChipConfig:
        """The configuration."""
        return self._config

    def elaborate(self, platform: object) -> Module:
        """Link and controller, and the reset of the cores."""
        m = Module()
        config = self._config
        m.domains.hash = ClockDomain()
        m.d.comb += ClockSignal("hash").eq(self.hash_clk)
        technology = config.core.make_technology()
        link = Link(config.link())
        reset = JointReset(domain="hash", asynchronous=technology.asynchronous)
        m.submodules.recovery = recovery = LineRecovery(config.link())
        again = ResetInserter({"sync": recovery.reset})
        m.submodules.reset, m.submodules.link = again(reset), again(link)
        cores = [make_core(config.core) for _ in range(config.cores)]
        controller = Controller(
            plan(config.core), cores, clock=config.link_clock, compact=config.compact
        )
        m.submodules.controller = ResetInserter({"sync": reset.both})(controller)

        status = link.status
        m.d.comb += [
            link.rx.eq(self.rx),
            self.tx.eq(link.tx),
            self.next_tx.eq(link.next_tx & ~recovery.hold),
            recovery.pin.eq(self.rx),
            recovery.tick.eq(link.tick),
            recovery.good.eq(link.good),
            reset.again.eq(recovery.reset),
            link.next_rx.eq(self.next_rx),
            controller.jobs.payload.eq(link.jobs.payload),
            controller.jobs.valid.eq(link.jobs.valid),
            link.jobs.ready.eq(controller.jobs.ready),
            link.results.payload.eq(controller.results.payload),
            link.results.valid.eq(controller.results.valid),
            controller.results.ready.eq(link.results.ready),
            self.hit.eq(controller.results.valid),
            controller.parameter.eq(link.parameter),
            controller.control.eq(link.control),
            link.increments.payload.eq(controller.increments.payload),
            link.increments.valid.eq(controller.increments.valid),
            controller.increments.ready.eq(link.increments.ready),
            controller.counting.eq(link.counting),
            status.nonce_error.eq(controller.error),
            status.batch.eq(controller.batch),
            status.stale.eq(controller.stale),
            status.build.eq(config.build),
            status.cores.eq(config.cores),
            status.lanes.eq(config.core.lanes),
            status.rate.eq(config.hashes_per_cycles),
        ]
        return m
