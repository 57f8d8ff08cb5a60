"""Words between a core and what drives it, and the ports that carry them."""

from collections.abc import Sequence
from enum import IntEnum

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

#: A word on the work bus.
WorkWord = data.StructLayout({"address": 8, "data": 32})


class Control(IntEnum):
    """Addresses above those of the job words."""

    FIRST = 0xF0
    LAST = 0xF1
    MASK = 0xF2
    STOP = 0xF3
    NEXT = 0xFE
    TAG = 0xFF


#: Addresses below this one are job words.
JOB_WORDS = int(Control.FIRST)


def work_words(
    job_words: Sequence[int], *, first: int, last: int, mask: int, tag: int
) -> list[tuple[int, int]]:
    """Addresses and data that load and activate a job, in an order that works.

    Raises
    ------
    ValueError
        A value does not fit its field.
    """
    given = {"first": first, "last": last, "mask": mask, "tag": tag}
    for name, value in given.items():
        bits = 8 if name == "tag" else 32
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{name} must be a number of {bits} bits, not {value}")
    if first > last:
        raise ValueError(f"first must not be above last: {first:#010x} > {last:#010x}")
    control = [(int(Control[name.upper()]), value) for name, value in given.items()]
    return [*enumerate(job_words), *control]


def hit_layout(lanes: int) -> data.StructLayout:
    """A hit: the nonce as a word, the tag of its job, and a bit for each lane that passed."""
    return data.StructLayout({"nonce": 32, "tag": 8, "lanes": lanes})


class CoreSignature(wiring.Signature):
    """The ports of a core.

    Parameters
    ----------
    lanes
        AsicBoost lanes.

    Members
    -------
    work : In(stream of WorkWord)
        Loads and activates jobs, see :class:`~.job_port.JobPort`.
    hits : Out(stream of hits)
        See :func:`hit_layout`; in the order of the nonces.
    idle : Out(1)
        No nonce is on its way, no job waits to be activated, no hit waits to be taken.
    hashing : Out(1)
        One cycle for each nonce that enters.
    starved : Out(1)
        One cycle for each that could, but did not.
    turned : Out(1)
        Changes when a job that was to be activated next is, or is cancelled.
    hits_lost : Out(32)
        Hits that found no room in the queue, since reset: those of all lanes are counted.
    refused : Out(32)
        Jobs with `first` above `last` and words with unknown addresses, dropped since reset.
    """

    def __init__(self, lanes: int) -> None:
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "hits": Out(stream.Signature(hit_layout(lanes))),
                **dict.fromkeys(("idle", "hashing", "starved", "turned"), Out(1)),
                **dict.fromkeys(("hits_lost", "refused"), Out(32)),
            }
        )
