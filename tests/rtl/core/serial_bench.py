"""A compiled serial core: its periods, and what is due in each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring

from sluice.rtl.core.core import make_core
from sluice.rtl.core.interface import JOB_WORDS, Control
from sluice.rtl.core.plan import plan
from sluice.rtl.core.serial_config import SerialConfig
from sluice.rtl.protocol.header import Header
from sluice.sim.core import CompiledCore, Hit, Until
from sluice.sim.reference import digest_word

#: More cycles than any range here takes.
LIMIT = 1 << 20

#: Cores of every kind.
SHAPES = {
    "1": SerialConfig(engines=1),
    "3": SerialConfig(engines=3, decoder=True),
    "far": SerialConfig(engines=8, stages=4, distance=2, queue=8),
    "late": SerialConfig(engines=8, stages=4, distance=1, queue=8, decoder=True, late_level=True),
    "fast": SerialConfig(
        engines=3, stages=3, c_slow=2, technology="generic", period=8.2, ram_from=9
    ),
    "lanes": SerialConfig(engines=3, lanes=2, technology="ecp5-operators", period=7.5, slack=2.6),
    "midstates in RAM": SerialConfig(engines=1, lanes=2),
    "4 midstates in RAM": SerialConfig(engines=1, lanes=4, decoder=True, period=9.6),
    "far lanes": SerialConfig(
        engines=4,
        lanes=3,
        stages=2,
        c_slow=2,
        distance=2,
        queue=8,
        decoder=True,
        technology="generic",
        period=8.2,
    ),
}


@cache
def tested(header: Header, nonce: int) -> int:
    """The word that the mask looks at, by the reference."""
    return digest_word(header.with_w19(nonce))


@dataclass(frozen=True)
class Work:
    """A job: a header, nonces, and what comes back with them."""

    header: Header
    first: int
    last: int
    tag: int
    mask: int = 0
    next: bool = field(default=False, kw_only=True)

    def words(self, config: SerialConfig) -> list[tuple[int, int]]:
        """All that is written, the activation last."""
        *words, (_, tag) = plan(config).work_words(
            self.header.words,
            [header.words[0] for header in self.headers(config)],
            first=self.first,
            last=self.last,
            mask=self.mask,
            tag=self.tag,
        )
        return [*words, (int(Control.NEXT if self.next else Control.TAG), tag)]

    def headers(self, config: SerialConfig) -> list[Header]:
        """Of each lane: the version is rolled."""
        version, *words = self.header.words
        rolled = [version ^ lane * 0x00E01F00 for lane in range(config.lanes)]
        return [Header.from_words([word & 0xFFFFFFFF, *words]) for word in rolled]

    def lanes(self, nonce: int, config: SerialConfig) -> int:
        """A bit for each lane on which the reference says that a nonce is a hit."""
        if not self.mask:
            return (1 << config.lanes) - 1
        return sum(
            (not tested(header, nonce) & self.mask) << lane
            for lane, header in enumerate(self.headers(config))
        )


class Slow(wiring.Component):
    """A core whose hits are taken in one cycle of `spacing` at the most."""

    def __init__(self, config: SerialConfig, spacing: int) -> None:
        self.core = make_core(config)
        self.spacing = spacing
        super().__init__(self.core.signature)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.core = core = self.core
        count = Signal(range(self.spacing))
        last = count == self.spacing - 1
        m.d.sync += count.eq(count + 1)
        with m.If(last):
            m.d.sync += count.eq(0)
        m.d.comb += [
            core.work.payload.eq(self.work.payload),
            core.work.valid.eq(self.work.valid),
            self.work.ready.eq(core.work.ready),
            self.hits.payload.eq(core.hits.payload),
            self.hits.valid.eq(core.hits.valid & last),
            core.hits.ready.eq(self.hits.ready & last),
            *(
                getattr(self, name).eq(getattr(core, name))
                for name in ("idle", "hashing", "starved", "turned", "hits_lost", "refused")
            ),
        ]
        return m


def with_room(shape: SerialConfig, queue: int | None = None) -> SerialConfig:
    """A core with so many places for hits; those of a period unless told otherwise."""
    return replace(shape, queue=queue or shape.together)


def _begun(lost: int, text: str) -> str:
    """Verilog of a core whose count of lost hits begins with another number."""
    count = r"(?<= lost <= )(?=.*;$)"
    changed, found = re.subn(count, f"rst ? 32'd{lost} : ", text, flags=re.MULTILINE)
    assert found == 1, found
    return changed


class SerialBench(CompiledCore):
    """A core, with room for the hits of a period unless told otherwise.

    Parameters
    ----------
    shape
        Of the configuration.
    queue
        Hits that can wait.
    spacing
        Cycles in which one hit is taken at the most.
    seed
        As of :class:`CompiledCore`.
    lost
        With what a reset begins the count of lost hits, which are otherwise too few for its
        higher bits.
    """

    def __init__(
        self,
        shape: SerialConfig,
        *,
        queue: int | None = None,
        spacing: int = 1,
        seed: int | None = None,
        lost: int = 0,
    ) -> None:
        self.config = with_room(shape, queue)
        #: Nonces that are hashed in a period, and cycles of a period.
        self.together, self.period = shape.together, shape.slots * shape.threads
        #: Periods that a nonce takes, and periods without nonces between two jobs.
        binding = plan(shape).binding
        self.periods = binding.periods + bool(binding.load_from)
        self.apart = binding.gap
        self._jobs: dict[int, Work] = {}
        core = make_core(self.config)
        self.activation, self.latency = core.activation, core.latency
        if spacing == 1:
            key, change = repr(self.config), partial(_begun, lost) if lost else None
            make = partial(make_core, self.config)
            super().__init__(make, key=key, seed=seed, change=change)
        else:
            super().__init__(lambda: Slow(self.config, spacing), seed=seed)
        self.since = self.cycle

    def reset(self) -> None:
        super().reset()
        self.since = self.cycle
        self._jobs.clear()

    def begin(self, cycles: int = 0) -> None:
        """As it was after the start, some cycles later, and nothing left to take."""
        self.reset()
        self.run(cycles)
        self.take()

    def load(self, *jobs: Work, words: bool = True) -> None:
        """Write the words of jobs, one after the other; without `words` those of the last stay."""
        self.expect(*jobs)
        lowest = 0 if words else JOB_WORDS
        self.write(
            (address, data)
            for job in jobs
            for address, data in job.words(self.config)
            if address >= lowest
        )

    def expect(self, *jobs: Work) -> None:
        """Hits with the tags of these jobs are theirs."""
        self._jobs |= {job.tag: job for job in jobs}

    def due(self, job: Work, nonces: Iterable[int] | None = None) -> list[int]:
        """Of all nonces of the range, or of some, those that are hits on a lane."""
        if nonces is None:
            nonces = range(job.first, job.last + 1)
        return [nonce for nonce in nonces if job.lanes(nonce, self.config)]

    def results(self, job: Work) -> int:
        """How many hits there are in all, those of each lane counted."""
        nonces = range(job.first, job.last + 1)
        return sum(job.lanes(nonce, self.config).bit_count() for nonce in nonces)

    def take(self) -> list[Hit]:
        """See :meth:`CompiledCore.take`; all are hits on the very lanes that they tell of."""
        hits = super().take()
        for hit in hits:
            job = self._jobs.get(hit.tag)
            if job is None or self.config.lanes == 1:
                assert hit.lanes, hit
            else:
                assert hit.lanes == job.lanes(hit.nonce, self.config), hit
        return hits

    def until_loaded(self) -> None:
        """Run until all words are written."""
        assert self.run(LIMIT, Until.LOADED) < LIMIT

    def until_idle(self) -> list[Hit]:
        """Run until all is done; the hits."""
        assert self.run(LIMIT, Until.IDLE) < LIMIT
        return self.take()

    def begun(self, hits: Iterable[Hit]) -> list[tuple[int, int]]:
        """For each hit the period since the reset in which its nonce was begun, and where in it."""
        first = self.since + self.activation + self.latency
        return [divmod(hit.cycle - first, self.period) for hit in hits]


def nonces(hits: Sequence[Hit], tag: int) -> list[int]:
    """Of a job."""
    return [hit.nonce for hit in hits if hit.tag == tag]
