"""Where the words of jobs are: those that are loaded, and behind them those that are active.

There are three stores, with one interface; the binding says which one it needs. What differs is how
a word comes to the operation that uses it: a register beside it, a memory that is read in each
slot, or a memory of the engine into which it has been loaded.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from amaranth.hdl import Cat, Const, Module, Signal, Value

from .interface import Control
from .job_port import JobPort
from .nonce_range import NonceRange

#: A word is never read in the cycle in which it is written.
ANY_ORDER = {"no_rw_check": 1}


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a store gives to the first broadcast stage, all of one thread.

    Members
    -------
    words : 32 bits each
        By the names of the inputs of the datapath, each when it arrives there.
    active : 32 bits each
        Active registers, by the names of the job fields of the datapath.
    offset : 1 bit
        The word of the input that brings the nonce is the nonce: engines add what they are apart.
        It is told at the control, as the mask is; both go the distance to the first stage yet.
    mask : 32 bits
        Bits of ``H7`` that must be zero, of the nonces that are tested in this cycle.
    tag : 8 bits
        Of their job, in the cycle after that.
    closed : 1 bit
        What has been written must stay as it is.
    """

    words: Mapping[str, Value]
    active: Mapping[str, Value] = field(default_factory=dict)
    offset: Value = field(default_factory=lambda: Const(0, 1))
    mask: Value
    tag: Value
    closed: Value = field(default_factory=lambda: Const(0, 1))


class JobStore(ABC):
    """Takes words of jobs from the port, and feeds the datapath.

    Parameters
    ----------
    m
        Where it goes.
    port, nonces
        Of the core.
    """

    def __init__(self, m: Module, port: JobPort, nonces: NonceRange) -> None:
        self._m, self._port, self._nonces = m, port, nonces

    @abstractmethod
    def feed(self) -> Feed:
        """Build it."""

    def _mask_and_tag(self, mask_is: Value, tag_is: Value) -> tuple[Value, Value]:
        """Registers for both, which change in the cycles after these."""
        m, word = self._m, self._port.jobs.word
        next_mask, next_tag = Signal(32, reset_less=True), Signal(8, reset_less=True)
        mask, tag = Signal(32), Signal(8)
        with m.If(self._port.jobs.taken), m.Switch(word.address):
            with m.Case(Control.MASK):
                m.d.sync += next_mask.eq(word.data)
            with m.Case(Control.TAG, Control.NEXT):
                m.d.sync += next_tag.eq(word.data)
        with m.If(mask_is):
            m.d.sync += mask.eq(next_mask)
        with m.If(tag_is):
            m.d.sync += tag.eq(next_tag)
        return mask, tag


class ShadowStore(JobStore):
    """A shadow register for each word, and an active one for each cycle in which it is used.

    A pulse goes with the first nonce of a job, and each active register takes its word in exactly
    the cycle in which that nonce meets it. So nonces of the old job that are on their way end with
    the old words, and no cycle is lost between two jobs.

    Parameters
    ----------
    m, port, nonces
        As of :class:`JobStore`.
    uses
        For each job word, by its address, the cycles in which it is used and the name of the job
        field for each.
    delay
        The cycle in which the nonce that enters in cycle 0 is tested.
    """

    def __init__(
        self,
        m: Module,
        port: JobPort,
        nonces: NonceRange,
        *,
        uses: Sequence[Iterable[tuple[int, str]]],
        delay: int,
    ) -> None:
        super().__init__(m, port, nonces)
        self._uses = uses
        self._delay = delay

    def feed(self) -> Feed:
        """Registers, and the pulse."""
        m, port = self._m, self._port
        travelling, busy = Signal(self._delay + 1), Signal()
        pulse = Cat(self._nonces.jobs.activate, travelling)
        m.d.sync += [
            travelling.eq(pulse),
            busy.eq(self._nonces.jobs.activate | (busy & ~travelling[-1])),
        ]
        active: dict[str, Value] = {}
        for address, used in enumerate(self._uses):
            shadow = Signal(32, name=f"shadow{address}", reset_less=True)
            with m.If(port.jobs.taken & (port.jobs.word.address == address)):
                m.d.sync += shadow.eq(port.jobs.word.data)
            for cycle, name in used:
                active[name] = Signal(32, name=name, reset_less=True)
                with m.If(pulse[cycle]):
                    m.d.sync += active[name].eq(shadow)
        mask, tag = self._mask_and_tag(pulse[self._delay], pulse[self._delay + 1])
        words = {"nonce": self._nonces.nonce}
        return Feed(words=words, active=active, mask=mask, tag=tag, closed=busy)
