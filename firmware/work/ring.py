"""The jobs that chips may still report results of, by the ids that go over the wire."""

from collections import OrderedDict

from .job import MiningJob

__all__ = ["JobRing"]

#: Ids come back in four bits, from models that give fewest back.
SLOTS = 16
STEP = 8


class JobRing:
    """The last sixteen jobs.

    Ids are multiples of 8 below 0x80, which all models give back whole. The one used longest ago
    is used next.
    """

    def __init__(self) -> None:
        self._jobs: OrderedDict[int, MiningJob] = OrderedDict()
        self._next = 0

    def add(self, job: MiningJob) -> int:
        """Keep a job and forget the oldest one; its id."""
        job_id = self._next * STEP
        self._next = (self._next + 1) % SLOTS
        self._jobs.pop(job_id, None)
        self._jobs[job_id] = job
        return job_id

    def get(self, job_id: int) -> MiningJob | None:
        """The job with that id."""
        return self._jobs.get(job_id)

    def ease(self, zeros: int) -> None:
        """Chips now report easier results, of jobs they have already too."""
        for job in self._jobs.values():
            if job.limit < (1 << (256 - zeros)) - 1:
                job.ticket(zeros)

    def clear(self) -> None:
        """Forget all: chips have been reset."""
        self._jobs.clear()
