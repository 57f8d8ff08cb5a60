"""What goes over a chip's serial line, in words."""

from collections.abc import Iterator

from sluice.rtl.protocol.commands import (
    ChainInactive,
    Command,
    ReadRegister,
    SetAddress,
    WriteRegister,
)
from sluice.rtl.protocol.decoder import CommandDecoder, ResponseDecoder
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import Model
from sluice.rtl.protocol.registers import BY_NUMBER, Number, field_of
from sluice.rtl.protocol.responses import (
    LONG,
    SHORT,
    NonceResponse,
    RegisterResponse,
    Response,
)

from .reference import block_hash

__all__ = ["Traffic"]


def _register(number: int) -> str:
    known = BY_NUMBER.get(number)
    return known.name if known else f"register {number:02x}"


def _whom(address: int | None) -> str:
    return "all" if address is None else f"chip {address:02x}"


class Traffic:
    """Decodes both directions, and remembers what a host has asked for.

    Parameters
    ----------
    model
        Of the chips.

    Attributes
    ----------
    jobs, nonces
        How many have passed.
    mining
        The chips have a job and are to hash.
    divider
        The last one that a host wrote to register 0x28.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.jobs = self.nonces = 0
        self.reset()

    def reset(self) -> None:
        """The chips have been reset."""
        self._commands = CommandDecoder()
        self._responses = ResponseDecoder(SHORT)
        self._jobs: dict[int, Job] = {}
        self._running = False
        self.divider: int | None = None

    @property
    def mining(self) -> bool:
        """Whether the chips have a job and are to hash."""
        return self._running and bool(self._jobs)

    def from_host(self, data: bytes) -> Iterator[str]:
        """A line for each frame that these bytes complete."""
        for frame in self._commands.feed(data):
            yield self._command(frame)

    def from_chip(self, data: bytes) -> Iterator[str]:
        """A line for each frame that these bytes complete."""
        for frame in self._responses.feed(data):
            yield self._response(frame)

    def _command(self, frame: Command | Job) -> str:
        match frame:
            case Job():
                self.jobs += 1
                self._jobs[self._returned(frame.job_id)] = frame
                header = frame.header
                return (
                    f"job {frame.job_id:02x}: version {header.version:08x} time {header.time:08x} "
                    f"bits {header.bits:08x} nonce from {header.w19:08x}"
                )
            case WriteRegister():
                self._wrote(frame)
                name = _register(frame.register)
                return f"write {_whom(frame.address)}: {name} = {frame.value:08x}"
            case ReadRegister():
                return f"read {_whom(frame.address)}: {_register(frame.register)}"
            case SetAddress():
                return f"set address {frame.address:02x}"
            case ChainInactive():
                return "chain inactive"
        return repr(frame)

    def _wrote(self, frame: WriteRegister) -> None:
        if frame.register == Number.VERSION_ROLLING:
            rolling = field_of(frame.register, "rolling").of(frame.value)
            self._responses.length = LONG if rolling else SHORT
        elif frame.register == Number.HASH_COUNTING_NUMBER:
            self._running = frame.value != 0
        elif frame.register == Number.UART_BAUD:
            self.divider = field_of(frame.register, "divider").of(frame.value)

    def _returned(self, job_id: int) -> int:
        """What of a job id comes back with a nonce."""
        return self._model.job_id(self._model.tag(job_id, 0))

    def _response(self, frame: Response) -> str:
        if isinstance(frame, RegisterResponse):
            return f"chip {frame.address:02x}: {_register(frame.register)} = {frame.value:08x}"
        if not isinstance(frame, NonceResponse):
            return repr(frame)
        self.nonces += 1
        job_id = self._model.job_id(frame.tag)
        job = self._jobs.get(job_id)
        digest = block_hash(frame.header(job)) if job else "of an unknown job"
        return f"nonce {frame.w19:08x} job {job_id:02x} bits {frame.bits:04x}: {digest}"
