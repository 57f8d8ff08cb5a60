"""Where the words of jobs are: those that are loaded, and behind them those that are active.

There are three stores, each a function that builds it and gives its :class:`Feed`; the binding says
which one it needs. What differs is how a word comes to the operation that uses it: a register
beside it (here), a memory that is read in each slot (:mod:`.job_memory`), or a memory of the engine
into which it has been loaded (:mod:`.midstate_store`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from amaranth.hdl import Cat, Const, Module, Signal, Value

from .interface import Control
from .job_port import Handover, JobPort
from .nonce_range import NonceRange


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


def mask_and_tag(m: Module, jobs: Handover, mask_is: Value, tag_is: Value) -> tuple[Value, Value]:
    """Registers for both, which change to those of the next job in the cycles after these."""
    next_mask, next_tag = Signal(32, reset_less=True), Signal(8, reset_less=True)
    mask, tag = Signal(32), Signal(8)
    with m.If(jobs.taken), m.Switch(jobs.word.address):
        with m.Case(Control.MASK):
            m.d.sync += next_mask.eq(jobs.word.data)
        with m.Case(Control.TAG, Control.NEXT):
            m.d.sync += next_tag.eq(jobs.word.data)
    with m.If(mask_is):
        m.d.sync += mask.eq(next_mask)
    with m.If(tag_is):
        m.d.sync += tag.eq(next_tag)
    return mask, tag


def shadow_store(
    m: Module,
    port: JobPort,
    nonces: NonceRange,
    uses: Sequence[Iterable[tuple[int, str]]],
    delay: int,
) -> Feed:
    """A shadow register for each word, and an active one for each cycle in which it is used.

    A pulse goes with the first nonce of a job, and each active register takes its word in exactly
    the cycle in which that nonce meets it. So nonces of the old job that are on their way end with
    the old words, and no cycle is lost between two jobs.

    Parameters
    ----------
    m, port, nonces
        Where it goes, and the parts of the core in front of it.
    uses
        For each job word, by its address, the cycles in which it is used and the name of the job
        field for each.
    delay
        The cycle in which the nonce that enters in cycle 0 is tested.
    """
    jobs, activate = port.jobs, nonces.jobs.activate
    travelling, busy = Signal(delay + 1), Signal()
    pulse = Cat(activate, travelling)
    m.d.sync += [travelling.eq(pulse), busy.eq(activate | (busy & ~travelling[-1]))]
    active: dict[str, Value] = {}
    for address, used in enumerate(uses):
        shadow = Signal(32, name=f"shadow{address}", reset_less=True)
        with m.If(jobs.taken & (jobs.word.address == address)):
            m.d.sync += shadow.eq(jobs.word.data)
        for cycle, name in used:
            active[name] = Signal(32, name=name, reset_less=True)
            with m.If(pulse[cycle]):
                m.d.sync += active[name].eq(shadow)
    mask, tag = mask_and_tag(m, jobs, pulse[delay], pulse[delay + 1])
    return Feed(words={"nonce": nonces.nonce}, active=active, mask=mask, tag=tag, closed=busy)
