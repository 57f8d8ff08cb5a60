"""Rounds and words of the schedule: what a unit makes is what the text of SHA-256 says.

For all words, and in each kind of slot: :mod:`sluice.rtl.engine`'s units as they are folded, placed
order by :mod:`sluice.rtl.hls.reassociate` and built by :mod:`sluice.rtl.hls.codegen.datapath`, with
all that a slot does between two registers. What comes from slots before is an operand, anything at
all.
"""

from collections.abc import Callable, Mapping, Sequence

from amaranth.hdl import Assert, Const, Elaboratable, Module

from sluice.rtl.engine.load import GatedSums
from sluice.rtl.engine.message import part_text, sum_text, word_text
from sluice.rtl.engine.register_input import Rounds
from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.delay_model import DelayModel, Delays
from sluice.rtl.hls.ir import BindingTime, Graph
from sluice.rtl.hls.operations import Text, Unit
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.schedule import schedule
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.function import next_word, round_
from sluice.rtl.target import by_name
from sluice.rtl.target.word import ValueWord
from tests.formal.property import Property, let_free

#: All operations of a slot fit between two registers.
DELAYS = Delays(adder=1000, function=1000, sigma=1000, register=0, gated_operands=True)
MODEL = DelayModel(delays=DELAYS, period=99)

STATE = ("a", "b", "c", "d", "e", "f", "g", "h")
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
        # In each slot by itself, the slot is a number: what is gated is then a word or zero, and
        # sums of the same words are one to the solver, in whatever order they are made.
        for slot, kind in enumerate(self._kinds):
            graph = Graph(len(self._kinds))
            unit = Unit(graph, "unit", dict(enumerate(self._kinds)))
            given = [GraphWord.input(graph, name, BindingTime.NONCE) for name in self._operands]
            made = self._text(unit, given)
            graph.outputs = {f"made{i}": word.node for i, word in enumerate(made)}
            found = schedule(reassociate(graph, MODEL), MODEL)
            dut = Datapath(found, technology=by_name("generic"), registered=False)
            assert dut.delay == 0, "there are registers in a slot"
            m.submodules += dut
            let_free(m, dut.enter)
            m.d.comb += dut.slot.eq(slot)
            words = {name: ValueWord(dut.enter[name]) for name in self._operands}
            for i, word in enumerate(self._meaning(kind, words)):
                m.d.comb += Assert(dut.out[f"made{i}"] == word.value)
        return m


def _round(words: Words, k: ValueWord, w: ValueWord) -> list[ValueWord]:
    after = round_([words[name] for name in STATE], k, w)
    return [after[0], after[4]]


def gated_sums(kind: str, of: Words) -> list[ValueWord]:
    """A round; a load is ``k + w`` and `x` as ``e'``, and `m` more as ``a'``."""
    if kind == "load":
        e = of["k"] + of["w"] + of.get("x", ZERO)
        return [e + of["m"], e]
    return _round(of, of["k"], of["w"])


def first(kind: str, of: Words) -> list[ValueWord]:
    """A round; a load takes words from `d` and what is added, a move makes ``e'`` of ``d``."""
    if kind in {"load", "move"}:
        t1 = of["h"] + of["sum"] if kind == "load" else ZERO
        return [t1, of["d"] + t1]
    return _round(of, of["sum"], ZERO)


def second(_kind: str, of: Words) -> list[ValueWord]:
    return _round(of, of["k"], of["w"])


def _next(**words: ValueWord) -> list[ValueWord]:
    """The next word of the schedule: of the window, those that are named ``w`` and their age."""
    return [next_word([words.get(f"w{age}", ZERO) for age in range(16, 0, -1)])]


def part(_kind: str, of: Words) -> list[ValueWord]:
    return _next(w16=of["w16"], w15=of["w15"])


def total(_kind: str, of: Words) -> list[ValueWord]:
    return _next(w16=of["p"], w7=of["w7"])


def word(kind: str, of: Words) -> list[ValueWord]:
    return _next(w16=of["x"], w2=of["w2"]) if kind == "recurrence" else [of["x"]]


def without_x(policy: GatedSums) -> Text:
    """Of an engine to which no word comes beside that of its `m`."""
    return lambda unit, operands: policy.text(unit, [*operands, unit.zero])


class Units(Elaboratable):
    """Several units, each by itself."""

    def __init__(self, *units: tuple[Text, Sequence[str], Sequence[str], Meaning]) -> None:
        self._units = units

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules += [OneSlot(*unit) for unit in self._units]
        return m


KWM = (*STATE, "k", "w", "m")
LOADED = ("", "load")
ROUNDS = (
    (without_x(GatedSums()), KWM, LOADED, gated_sums),
    (GatedSums().text, (*KWM, "x"), LOADED, gated_sums),
    (GatedSums(soon=True).text, (*KWM, "x"), LOADED, gated_sums),
    (GatedSums(soon=True, apart=True).text, (*KWM, "x"), LOADED, gated_sums),
    (Rounds().first, (*STATE, "sum"), ("", "load", "move"), first),
    (Rounds().second, (*STATE, "k", "w"), ("", ""), second),
    (Rounds(soon=True).first, (*STATE, "sum"), ("", "load", "move"), first),
    (Rounds(soon=True).second, (*STATE, "k", "w"), ("", ""), second),
)
WORDS = (
    (part_text, ("w16", "w15"), ("", ""), part),
    (sum_text, ("p", "w7"), ("", ""), total),
    (word_text, ("x", "w2"), ("recurrence", "", "idle"), word),
)
NO_STATE = "it has no state"
PROPERTIES = [
    Property(name="rounds", make=lambda: Units(*ROUNDS), depth=1, bounded=NO_STATE),
    Property(
        name="schedule_words", make=lambda: Units(*WORDS), depth=1, bounded=NO_STATE, mutable=False
    ),
]
