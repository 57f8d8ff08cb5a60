"""A host for compiled chips: brings them up, gives them jobs, and takes what they report."""

from collections.abc import Iterator

import numpy as np
from Crypto.Hash import SHA256

from sluice.rtl.config import ChipConfig
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number, version_rolling
from sluice.rtl.protocol.responses import LONG, NonceResponse, RegisterResponse, Response
from sluice.rtl.protocol.versions import rolled
from sluice.sim.chip import CompiledChain, Until
from tests.rtl.core.model import header_hash_model, header_hashes

#: More than any wait on the line: cycles of a job frame, and of all checks that can be queued.
LIMIT = 1 << 22

#: So many hashes are made sooner one by one.
FEW = 8


class Host:
    """The other end of the line.

    Parameters
    ----------
    chain
        The chips.
    """

    def __init__(self, chain: CompiledChain) -> None:
        self.chain = chain
        self.nonces: list[NonceResponse] = []

    @property
    def config(self) -> ChipConfig:
        """Of each chip."""
        return self.chain.config

    def _keep(self, frames: list[Response]) -> Iterator[RegisterResponse]:
        for frame in frames:
            if isinstance(frame, NonceResponse):
                self.nonces.append(frame)
            elif isinstance(frame, RegisterResponse):
                yield frame

    def send(self, frame: object) -> None:
        """Send a frame, and wait until it is out."""
        self.chain.send(bytes(frame))
        while not self.chain.sent:
            self.chain.run(LIMIT, Until.SENT)
        list(self._keep(self.chain.frames(40)))

    def write(self, register: Number, value: int, address: int | None = None) -> None:
        """Set a register."""
        self.send(WriteRegister(register, value, address))

    def read(self, register: Number, address: int | None = None) -> list[int]:
        """The answers of all chips, or of one."""
        wanted = self.chain.chips if address is None else 1
        answers: list[int] = []
        self.chain.send(bytes(ReadRegister(register, address)))
        for _ in range(1000):
            frames = self._keep(self.chain.frames(2000, 1, LONG))
            answers += [frame.value for frame in frames if frame.register == register]
            if len(answers) >= wanted:
                return answers
        raise AssertionError(f"{wanted} answers expected, {len(answers)} came")

    def wait(self, cycles: int) -> None:
        """Let time pass."""
        assert not list(self._keep(self.chain.frames(cycles)))

    def wait_for_nonce(self) -> int:
        """The cycle in which the next nonce has been reported."""
        count = len(self.nonces)
        while len(self.nonces) == count:
            assert not list(self._keep(self.chain.frames(LIMIT, 1)))
        return self.chain.cycle

    def wait_for_silence(self, cycles: int) -> None:
        """Let time pass, whatever comes."""
        list(self._keep(self.chain.frames(cycles)))

    def bring_up(self, mask: int | None = 0xFFFF, **registers: int) -> list[int]:
        """Reset, count, address and start; the chip ids. `registers` by their names."""
        self.chain.reset()
        self.nonces.clear()
        # What is read comes in the long form once rolling is on.
        self.write(Number.VERSION_ROLLING, version_rolling(0xFFFF))
        ids = self.read(Number.CHIP_ID)
        if mask is None:
            self.write(Number.VERSION_ROLLING, 0x80000000)
        else:
            self.write(Number.VERSION_ROLLING, version_rolling(mask))
        self.send(ChainInactive())
        interval = 256 // len(ids)
        for index in range(len(ids)):
            self.send(SetAddress(index * interval))
        self.write(Number.MISC_CONTROL, 0xF000C100)
        for name, value in registers.items():
            self.write(Number[name.upper()], value)
        self.write(Number.HASH_COUNTING_NUMBER, 0x1EB5)
        return ids

    def drain(self) -> None:
        """Wait until no more nonces come."""
        count = -1
        while count != len(self.nonces):
            count = len(self.nonces)
            self.wait(40_000)

    def results(self, jobs: dict[int, Job]) -> list[tuple[int, int, int]]:
        """What was reported: job id, rolled bits, nonce."""
        chip = model(self.config.model)
        found = []
        for nonce in self.nonces:
            job_id = chip.job_id(nonce.tag)
            assert job_id in jobs
            found.append((job_id, nonce.bits, nonce.w19))
        return found

    def digest(self, header: Header) -> tuple[int, ...]:
        """What the chips compute: by pycryptodome, or with few rounds by the integer model."""
        rounds = self.config.core.rounds
        if rounds != 64:
            return header_hash_model(header.words, rounds)
        data = SHA256.new(SHA256.new(bytes(header)).digest()).digest()
        return tuple(int.from_bytes(data[i : i + 4], "big") for i in range(0, 32, 4))

    def predicted(
        self, job: Job, bits: int, first: int, amount: int, mask: int, ticket: int = 0
    ) -> set[tuple[int, int, int]]:
        """Results that are due for one version over a range of nonces."""
        version = job.header.with_version(rolled(job.header.version, bits))
        nonces = range(first, first + amount)
        if self.config.core.rounds != 64 and amount > FEW:
            words = header_hashes(version.words, nonces, self.config.core.rounds)
            passed = np.flatnonzero((words[7] & mask | words[6] & ticket) == 0)
            return {(job.job_id, bits, nonces[index]) for index in passed.tolist()}
        found = set()
        for nonce in nonces:
            digest = self.digest(version.with_w19(nonce))
            if not digest[7] & mask and not digest[6] & ticket:
                found.add((job.job_id, bits, nonce))
        return found
