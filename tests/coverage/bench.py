"""Brings a chip into each state, says each thing in it, and checks what comes of that."""

import random
from collections.abc import Iterator

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import PipelineConfig
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import MODELS
from sluice.rtl.protocol.registers import Number, version_rolling
from sluice.rtl.protocol.responses import RegisterResponse
from sluice.sim.chip import LINK_CLOCK, CompiledChain, Until
from sluice.sim.compile import Progress, silent
from tests.coverage.bins import Bin, Said, State, bins
from tests.rtl.chip.host import Host

#: The address that the chip is given, and one that nobody has.
OURS, NOBODYS = 0x10, 0x20

#: Bits of the check at the end of a frame: of a command, of a job.
CRC5, CRC16 = 5, 16

#: Link cycles in which an answer has come, and a job is begun.
ANSWERED, BEGUN = 2500, 6000

COUNTS = (Number.GOOD_COMMANDS, Number.BAD_COMMANDS, Number.GOOD_JOBS, Number.BAD_JOBS)


def configuration(name: str) -> ChipConfig:
    """A chip of few rounds: states and frames are those of any."""
    return ChipConfig(model=name, core=PipelineConfig(rounds=18), link_clock=LINK_CLOCK)


class Bench:
    """Hits the bins of one model.

    Parameters
    ----------
    name
        The model.
    seed
        Of the values, of the order and of what is damaged.
    """

    def __init__(self, name: str, seed: int, progress: Progress = silent) -> None:
        self._name = name
        #: The address of the chip as commands to it have it.
        self._called = OURS >> MODELS[name].command_shift
        self._rng = random.Random(f"{seed} {name}")
        self._chain = CompiledChain(configuration(name), progress=progress)
        self._host = Host(self._chain)

    def hit(self) -> Iterator[Bin]:
        """All bins in random order; one that is yielded has gone as it must.

        Raises
        ------
        AssertionError
            One has not.
        """
        order = bins((self._name,))
        self._rng.shuffle(order)
        with self._chain:
            for one in order:
                self._enter(one.state)
                self._try(one)
                yield one

    def _job(self) -> Job:
        header = Header.from_bytes(self._rng.randbytes(80)).with_w19(0)
        return Job(job_id=self._rng.randrange(16) * 8, header=header)

    def _enter(self, state: State) -> None:
        host = self._host
        self._chain.reset()
        # What is read comes in the long form.
        host.write(Number.VERSION_ROLLING, version_rolling(0xFFFF))
        if state is State.RESET:
            return
        host.send(ChainInactive())
        if state is State.INACTIVE:
            return
        host.send(SetAddress(OURS))
        if state is State.ADDRESSED:
            return
        host.write(Number.HASH_COUNTING_NUMBER, 0x1EB5)
        host.send(self._job())
        host.wait(BEGUN)
        assert host.read(Number.HASH_COUNT_LOW)[0] > 0
        if state is State.STOPPED:
            host.write(Number.HASH_COUNTING_NUMBER, 0)

    def _frame(self, one: Bin, value: int) -> bytes:
        ours = 0 if one.state in {State.RESET, State.INACTIVE} else self._called
        mask = Number.TICKET_MASK
        frames = {
            Said.INACTIVE: ChainInactive,
            Said.ADDRESS: lambda: SetAddress(OURS),
            Said.READ: lambda: ReadRegister(mask, ours),
            Said.READ_ALL: lambda: ReadRegister(mask),
            Said.READ_OTHER: lambda: ReadRegister(mask, NOBODYS),
            Said.WRITE: lambda: WriteRegister(mask, value, ours),
            Said.WRITE_ALL: lambda: WriteRegister(mask, value),
            Said.WRITE_OTHER: lambda: WriteRegister(mask, value, NOBODYS),
            Said.JOB: self._job,
        }
        frame = bytearray(bytes(frames[one.said]()))
        if not one.good:
            bit = self._rng.randrange(CRC16 if one.said is Said.JOB else CRC5)
            frame[-1 - bit // 8] ^= 1 << bit % 8
        return bytes(frame)

    def _try(self, one: Bin) -> None:
        host = self._host
        before = [host.read(number)[0] for number in COUNTS]
        value = self._rng.randrange(1, 1 << 32)
        self._chain.send(self._frame(one, value))
        answers = [frame.value for frame in self._answers()]
        after = [host.read(number)[0] for number in COUNTS]
        job = one.said is Said.JOB
        # Each count is read by commands that are counted themselves.
        commands, jobs = (not job, job)
        due = [4 + (one.good and commands), not one.good and commands]
        due += [one.good and jobs, not one.good and jobs]
        assert [now - then for now, then in zip(after, before, strict=True)] == due, one
        heard = one.good and one.said in {Said.READ, Said.READ_ALL}
        assert answers == ([0] if heard else []), one
        written = one.good and one.said in {Said.WRITE, Said.WRITE_ALL}
        assert host.read(Number.TICKET_MASK) == [value if written else 0], one
        taken = one.good and one.said is Said.ADDRESS and one.state is State.INACTIVE
        known = taken or one.state not in {State.RESET, State.INACTIVE}
        if one.said is Said.ADDRESS and known:
            assert len(host.read(Number.CHIP_ID, self._called)) == 1, one

    def _answers(self) -> list[RegisterResponse]:
        while not self._chain.sent:
            self._chain.run(1 << 16, Until.SENT)
        return [one for one in self._chain.frames(ANSWERED) if isinstance(one, RegisterResponse)]
