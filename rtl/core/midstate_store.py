"""A store whose words are loaded into the memories of the engine, one after the other."""

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.codegen.pipe import later

from .binding.binding import RangeWord
from .interface import Control
from .job_port import JobPort
from .job_store import ANY_ORDER, Feed, JobStore
from .period_range import DatapathRange
from .sequencer import Sequencer
from .strobes import Strobes


class MidstateStore(JobStore):
    """One memory, with a place for each slot, those of the load period among them.

    Words of the next job wait in the places of the slots that load them; those that are not written
    stay those of the last job. The range and the mask are in it as well, in slots in which rounds
    need no constant. What the datapath adds to them there is what has to be added: one to the
    nonce, which is written back; the nonce to the last one, whose bits are inverted, which comes to
    all ones if it is the last, and to a carry if it is above it; and minus one to the nonce, which
    is that of a hit. Mask and last nonce of a job that takes over are written back as they are.

    Parameters
    ----------
    m, port, nonces
        As of :class:`~.job_store.JobStore`.
    sequencer, strobes
        Of the core.
    """

    def __init__(
        self,
        m: Module,
        port: JobPort,
        nonces: DatapathRange,
        *,
        sequencer: Sequencer,
        strobes: Strobes,
    ) -> None:
        super().__init__(m, port, nonces)
        self._sequencer, self._strobes, self._range = sequencer, strobes, nonces
        ((self._name, brought),) = strobes.binding.inputs.items()
        words = [0xFFFFFFFF if word is RangeWord.MINUS_ONE else word for word in brought]
        depth = 1 << (len(words) - 1).bit_length()
        init = [word if isinstance(word, int) else 0 for word in words]
        m.submodules[self._name] = memory = Memory(
            shape=32, depth=depth, init=init, attrs=ANY_ORDER
        )
        self._write, self._read = memory.write_port(), memory.read_port()
        # When the datapath has the sums of the words of the range.
        written = (RangeWord.MASK, RangeWord.LAST, RangeWord.NONCE)
        self._summed = [sequencer.at(strobes.summed(word)) for word in written]

    def _slot(self, word: RangeWord) -> int:
        return self._strobes.binding.slot_of(self._name, word)

    @property
    def _tag_slot(self) -> int:
        """Its word is there in the cycle before that of the mask."""
        return self._slot(RangeWord.MASK) - 1

    def feed(self) -> Feed:
        """The memory, read in each slot."""
        m, strobes = self._m, self._strobes
        arrival = strobes.arrival(self._name)
        word = self._read.data
        m.d.comb += self._read.addr.eq(self._sequencer.before(arrival - 1))
        tested = later(m, word, strobes.out - strobes.binding.tap - arrival - 1)
        tag = Signal(8, reset_less=True)
        with m.If(self._range.loading & self._sequencer.at(strobes.out - 1)):
            m.d.sync += tag.eq(tested)
        # The next nonce is written in the cycle after that of the last one.
        return Feed(words={self._name: word}, mask=tested, tag=tag, closed=self._summed[1])

    def write_back(self, datapath: Datapath) -> None:
        """Words of jobs have a port with those that the datapath has counted."""
        m, strobes, port = self._m, self._strobes, self._port
        total = datapath.out["sum"]
        mask_is, last_is, nonce_is = self._summed
        again = ((mask_is | last_is) & self._range.taking) | nonce_is
        back = Mux(last_is, self._slot(RangeWord.LAST), self._slot(RangeWord.MASK))
        back = Mux(nonce_is, self._slot(RangeWord.NONCE), back)
        place, kept = self._load_place()
        inverted = port.jobs.word.address == Control.LAST
        data = port.jobs.word.data ^ inverted.replicate(32)
        # Of the two words that are added, and of their sum.
        tops = [
            later(m, word[-1], strobes.sum - there)
            for word, there in (
                (self._read.data, strobes.arrival(self._name)),
                (datapath.out["word"], strobes.told("word")),
            )
        ]
        carry = (tops[0] & tops[1]) | ((tops[0] | tops[1]) & ~total[-1])
        m.d.comb += [
            self._write.en.eq(again | port.job_word | kept),
            self._write.addr.eq(Mux(again, back, place)),
            self._write.data.eq(Mux(again, total, data)),
            self._range.known.eq(last_is),
            self._range.last.eq(total.all()),
            self._range.above.eq(carry),
        ]

    def _load_place(self) -> tuple[Value, Value]:
        """Where a word of the bus is to wait; and whether it is one that has no address there."""
        m, word = self._m, self._port.jobs.word
        places = {
            Control.MASK: self._slot(RangeWord.MASK),
            Control.LAST: self._slot(RangeWord.LAST),
            Control.FIRST: self._slot(RangeWord.NONCE),
            Control.NEXT: self._tag_slot,
            Control.TAG: self._tag_slot,
        }
        first = self._strobes.binding.load_from
        place, kept = Signal(8), Signal()
        m.d.comb += place.eq(first | word.address)
        with m.Switch(word.address):
            for control, slot in places.items():
                with m.Case(control):
                    m.d.comb += [place.eq(first | slot), kept.eq(self._port.jobs.taken)]
        return place, kept
