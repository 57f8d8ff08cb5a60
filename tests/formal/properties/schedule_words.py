"""Words of the schedule: what a unit makes is what the text of SHA-256 says.

For all words, and in each kind of slot: :mod:`sluice.rtl.engine`'s units as they are folded, placed
order by :mod:`sluice.rtl.hls.reassociate` and built by :mod:`sluice.rtl.hls.codegen.datapath`, with
all that a slot does between two registers. What comes from slots before is an operand, anything at
all.
"""

from collections.abc import Callable, Mapping, Sequence

from amaranth.hdl import Assert, Assume, Const, Elaboratable, Module

from sluice.rtl.engine.message import part_text, sum_text, word_text
from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.delay_model import DelayModel, Delays
from sluice.rtl.hls.ir import BindingTime, Graph
from sluice.rtl.hls.operations import Text, Unit
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.schedule import schedule
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.function import next_word
from sluice.rtl.target import by_name
from sluice.rtl.target.word import ValueWord
from tests.formal.property import Property, let_free

#: All operations of a slot fit between two registers.
DELAYS = Delays(adder=1000, function=1000, sigma=1000, register=0, gated_operands=True)
MODEL = DelayModel(delays=DELAYS, period=99)

ZERO = ValueWord(Const(0, 32))

Words = Mapping[str, ValueWord]
#: What a unit has to make of its operands in a slot of a kind.
Meaning = Callable[[str, Words], Sequence[ValueWord]]


class OneSlot(Elaboratable):
    """A unit that does each kind of operation in a slot of its own, and what it has to make."""

    def __init__(
        self, text: Text, operands: Sequence[str], kinds: Sequence[str], meaning: Meaning
    ) -> None:
        self._text, self._operands, self._kinds, self._meaning = text, operands, kinds, meaning

    def elaborate(self, platform: object) -> Module:
        m = Module()
        graph = Graph(len(self._kinds))
        unit = Unit(graph, "unit", dict(enumerate(self._kinds)))
        given = [GraphWord.input(graph, name, BindingTime.NONCE) for name in self._operands]
        made = self._text(unit, given)
        graph.outputs = {f"made{i}": word.node for i, word in enumerate(made)}
        found = schedule(reassociate(graph, MODEL), MODEL)
        dut = Datapath(found, technology=by_name("generic"), registered=False)
        assert dut.delay == 0, "there are registers in a slot"
        m.submodules += dut
        let_free(m, dut.slot, dut.enter)
        m.d.comb += Assume(dut.slot < len(self._kinds))
        words = {name: ValueWord(dut.enter[name]) for name in self._operands}
        for slot, kind in enumerate(self._kinds):
            for i, word in enumerate(self._meaning(kind, words)):
                right = dut.out[f"made{i}"] == word.value
                m.d.comb += Assert((dut.slot != slot) | right)
        return m


def _next(**words: ValueWord) -> list[ValueWord]:
    """The next word of the schedule: of the window, those that are named ``w`` and their age."""
    return [next_word([words.get(f"w{age}", ZERO) for age in range(16, 0, -1)])]


def part(_kind: str, of: Words) -> list[ValueWord]:
    return _next(w16=of["w16"], w15=of["w15"])


def total(_kind: str, of: Words) -> list[ValueWord]:
    return _next(w16=of["p"], w7=of["w7"])


def word(kind: str, of: Words) -> list[ValueWord]:
    return _next(w16=of["x"], w2=of["w2"]) if kind == "recurrence" else [of["x"]]


class Units(Elaboratable):
    """Several units, each by itself."""

    def __init__(self, *units: tuple[Text, Sequence[str], Sequence[str], Meaning]) -> None:
        self._units = units

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules += [OneSlot(*unit) for unit in self._units]
        return m


WORDS = (
    (part_text, ("w16", "w15"), ("", ""), part),
    (sum_text, ("p", "w7"), ("", ""), total),
    (word_text, ("x", "w2"), ("recurrence", "", "idle"), word),
)
NO_STATE = "it has no state"
PROPERTIES = [
    Property(
        name="schedule_words", make=lambda: Units(*WORDS), depth=1, bounded=NO_STATE, mutable=False
    ),
]
