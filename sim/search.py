"""A search for nonces on a simulated core, every hit confirmed by the reference."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sluice.rtl.core import CoreConfig, make_core
from sluice.rtl.core.plan import plan
from sluice.rtl.protocol.header import HEADER_WORDS, Header
from sluice.rtl.protocol.versions import ROLLED_SHIFT

from . import reference
from .compile import Progress, silent
from .core import CHUNK, CompiledCore, Hit, Until

LAST_NONCE = 0xFFFFFFFF

#: Clocks of the waveform that is written on request.
RECORDED = 2048


def lane_versions(header: Header, lanes: int) -> list[int]:
    """The header's version, and for each further lane one with other rolled bits (BIP 320)."""
    return [header.version ^ lane << ROLLED_SHIFT for lane in range(lanes)]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is searched.

    Parameters
    ----------
    header
        A header. Its version is that of the first lane. If its nonce is in the range and reaches
        the mask, it has to be found.
    first, last
        Nonces as the hardware counts them, :attr:`~sluice.rtl.protocol.header.Header.w19`.
    mask_bits
        Zero bits at the start of the hash that make a hit.
    until_hit
        End with the first hit.
    """

    header: Header
    first: int
    last: int
    mask_bits: int
    until_hit: bool = False

    @classmethod
    def window(cls, header: Header, size: int, offset: int, mask_bits: int) -> "Job":
        """A range of `size` nonces that has the header's own at `offset`, or near it at the ends.

        It is cut short where the numbers end.
        """
        first = max(0, min(header.w19 - offset, LAST_NONCE + 1 - size))
        last = min(first + size - 1, LAST_NONCE)
        return cls(header=header, first=first, last=last, mask_bits=mask_bits)


@dataclass(frozen=True)
class Result:
    """What a search came to.

    Parameters
    ----------
    found
        Headers that hit, confirmed by the reference, in the order in which they were found.
    wrong
        What should not have happened, a line each: hits that the reference does not confirm or that
        came twice, hits that were lost, the header's own nonce not found.
    hashes, cycles
        How many headers were hashed, and in how many cycles, loading the job included.
    seconds
        For how long the simulation ran.
    """

    found: list[Header]
    wrong: list[str]
    hashes: int
    cycles: int
    seconds: float


class Searcher:
    """A simulated core to search with.

    Parameters
    ----------
    config
        Of the core.
    waves
        Where to write the waveform of the first job's first cycles, if anywhere.
    progress
        Called while the model is compiled.
    """

    def __init__(
        self, config: CoreConfig, *, waves: Path | None = None, progress: Progress = silent
    ) -> None:
        self._config = config
        self._plan = plan(config)
        self._core = CompiledCore(
            lambda: make_core(config),
            key=repr(config),
            waves=waves is not None,
            progress=progress,
        )
        self._tag = 0
        if waves:
            self._core.record(waves, RECORDED)

    def close(self) -> None:
        """End the simulation."""
        self._core.close()

    def latency(self) -> int:
        """Measure the cycles from the activation of a job to the first hit that it brings."""
        header = [0] * HEADER_WORDS
        versions = [0] * self._config.lanes
        words = self._plan.work_words(header, versions, first=0, last=0, mask=0, tag=0)
        self._core.write(words)
        self._core.run(len(words) + CHUNK, Until.LOADED)
        # In the cycle after its last word.
        activated = self._core.cycle
        self._core.run(CHUNK)
        return self._core.take()[0].cycle - activated

    def search(self, job: Job, progress: Callable[[int], None] = lambda _: None) -> Result:
        """Search one range of nonces.

        Parameters
        ----------
        job
            What to search.
        progress
            Called with the number of cycles done so far.
        """
        self._tag = (self._tag + 1) % 256
        lost = self._core.hits_lost
        versions = lane_versions(job.header, self._config.lanes)
        headers = [job.header.with_version(version) for version in versions]
        words = self._plan.work_words(
            job.header.words,
            [header.words[0] for header in headers],
            first=job.first,
            last=job.last,
            mask=reference.mask_of(job.mask_bits),
            tag=self._tag,
        )
        started = perf_counter()
        self._core.write(words)
        cycles = self._core.run(len(words) + CHUNK, Until.LOADED)
        until = Until.HIT if job.until_hit else Until.IDLE
        while (passed := self._core.run(CHUNK, until)) == CHUNK:
            cycles += passed
            progress(cycles)
        seconds = perf_counter() - started
        hits = self._core.take()
        last = hits[-1].nonce if job.until_hit and hits else job.last
        found, wrong = self._confirm(job, headers, hits)
        if lost := self._core.hits_lost - lost:
            wrong.append(f"{lost} hits lost")
        if job.until_hit:
            # Whatever is still on its way belongs to nobody.
            self._core.reset()
        hashes = (last - job.first + 1) * self._config.lanes
        return Result(found, wrong, hashes, cycles + passed, seconds)

    def _confirm(
        self, job: Job, headers: list[Header], hits: list[Hit]
    ) -> tuple[list[Header], list[str]]:
        found: list[Header] = []
        wrong: list[str] = []
        for hit in hits:
            where = f"nonce {hit.nonce:#010x}"
            if hit.tag != self._tag or not job.first <= hit.nonce <= job.last or not hit.lanes:
                wrong.append(f"{where}: reported, but not of this job")
            for lane, header in enumerate(headers):
                if hit.lanes >> lane & 1:
                    candidate = header.with_w19(hit.nonce)
                    if reference.leading_zeros(candidate) < job.mask_bits:
                        wrong.append(f"{where} in lane {lane}: not confirmed by the reference")
                    else:
                        found.append(candidate)
        if len(set(found)) < len(found):
            wrong.append(f"{len(found) - len(set(found))} hits reported twice")
        own = job.header
        due = reference.leading_zeros(own) >= job.mask_bits and job.first <= own.w19 <= job.last
        if due and not job.until_hit and own not in found:
            wrong.append(f"nonce {own.w19:#010x}: not found, though it is in the range")
        return found, wrong
