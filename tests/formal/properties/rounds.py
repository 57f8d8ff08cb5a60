"""Rounds and words of the schedule: what a unit makes is what the text of SHA-256 says.

For all words, and in each kind of slot: :mod:`sluice.rtl.engine`'s units as they are folded, placed
order by :mod:`sluice.rtl.hls.reassociate` and built by :mod:`sluice.rtl.hls.codegen.datapath`, with
all that a slot does between two registers. What comes from slots before is an operand, anything at
all.
"""

from collections.abc import Callable, Mapping, Sequence

from amaranth.hdl import Assert, Const, Elaboratable, Module

from sluice.rtl.engine.load import GatedFunctions, GatedSums
from sluice.rtl.engine.message import part_text, sum_text, word_text
from sluice.rtl.engine.register_input import first_round, second_round
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
#: What a unit has to make of its operands in a slot, by the kinds of this slot and those after it.
Meaning = Callable[[Sequence[str], Words], Sequence[ValueWord]]


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
        for slot in range(len(self._kinds)):
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
            ahead = [*self._kinds[slot:], *self._kinds[:slot]]
            for i, word in enumerate(self._meaning(ahead, words)):
                m.d.comb += Assert(dut.out[f"made{i}"] == word.value)
        return m


def _round(words: Words, k: ValueWord, w: ValueWord) -> list[ValueWord]:
    after = round_([words[name] for name in STATE], k, w)
    return [after[0], after[4]]


def _minus(one: ValueWord, other: ValueWord) -> ValueWord:
    return ValueWord((one.value - other.value)[:32])


class Carrying(Unit):
    """A unit whose own registers are operands, and what goes into them is a result.

    Parameters
    ----------
    unit
        Whose place it takes.
    registers
        What comes out of them, by their names.
    """

    def __init__(self, unit: Unit, registers: Mapping[str, GraphWord]) -> None:
        super().__init__(unit.graph, unit.name, unit.kinds)
        self._registers = registers
        #: What goes in, and how many slots later it comes out.
        self.carried: dict[str, tuple[GraphWord, int]] = {}

    def later(self, word: GraphWord, slots: int, name: str) -> GraphWord:
        """An operand, whatever was carried."""
        self.carried[name] = word, slots
        return self._registers[name]


#: Registers of :class:`GatedFunctions`: how many slots late they are.
CARRIED = {"f": 1, "g": 2, "h": 3, "d_late": 1}


def carrying(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """A round of :class:`GatedFunctions`, and what goes into its registers."""
    a, b, c, d, e, *registers, k, w = operands
    within = Carrying(unit, dict(zip(CARRIED, registers, strict=True)))
    none = [unit.zero] * 3
    made = GatedFunctions().text(within, [a, b, c, d, e, *none, k, w])
    assert {name: slots for name, (_, slots) in within.carried.items()} == CARRIED
    return [*made, *(within.carried[name][0] for name in CARRIED)]


def gated_functions(ahead: Sequence[str], of: Words) -> list[ValueWord]:
    """A round, if ``d`` is what was ``c`` a slot before.

    A load is ``k + w`` as ``e'``, from which the ``c`` of the slot before is taken for ``a'``: all
    but ``h`` is no operand of it, and that is zero, as it was a word of ``e`` three slots before.
    Of the first word, and of one that leaves, ``e'`` is ``d + w``. In the four slots before those
    of a load ``a'`` is zero, so that no function of the load has an operand of it.
    """
    if ahead[0]:
        e = of["d"] + of["w"] + (of["h"] + of["k"] if ahead[0] == "load" else ZERO)
        a = _minus(e, of["d_late"])
    else:
        a, e = _round(of, of["k"], of["w"])
        a += _minus(of["d"], of["d_late"])
    kept = ZERO if ahead[3] == "load" else of["e"]
    return [ZERO if ahead[4] in {"first", "load"} else a, e, kept, kept, kept, of["c"]]


def gated_sums(ahead: Sequence[str], of: Words) -> list[ValueWord]:
    """A round; a load is ``k + w`` and `x` as ``e'``, and `m` more as ``a'``."""
    if ahead[0] == "load":
        e = of["k"] + of["w"] + of.get("x", ZERO)
        return [e + of["m"], e]
    return _round(of, of["k"], of["w"])


def first(ahead: Sequence[str], of: Words) -> list[ValueWord]:
    """A round; in a move ``a'`` is ``h`` and ``e'`` is ``d``; aside what is added comes to both."""
    if not ahead[0]:
        return _round(of, of["sum"], ZERO)
    t1 = of["h"] + (of["sum"] if ahead[0] == "aside" else ZERO)
    return [t1, of["d"] + (t1 if ahead[0] == "aside" else ZERO)]


def second(_ahead: Sequence[str], of: Words) -> list[ValueWord]:
    return _round(of, of["k"], of["w"])


def _next(**words: ValueWord) -> list[ValueWord]:
    """The next word of the schedule: of the window, those that are named ``w`` and their age."""
    return [next_word([words.get(f"w{age}", ZERO) for age in range(16, 0, -1)])]


def part(_ahead: Sequence[str], of: Words) -> list[ValueWord]:
    return _next(w16=of["w16"], w15=of["w15"])


def total(_ahead: Sequence[str], of: Words) -> list[ValueWord]:
    return _next(w16=of["p"], w7=of["w7"])


def word(ahead: Sequence[str], of: Words) -> list[ValueWord]:
    if ahead[0] == "recurrence":
        return _next(w16=of["x"], w2=of["w2"])
    return [of["x"] + of.get("added", ZERO)]


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
#: A load, rounds, and words that leave, as the binding has them one after the other.
FUNCTIONS = ("first", *["load"] * 3, *[""] * 6, *["leave"] * 2)
ROUNDS = (
    (carrying, (*STATE[:5], *CARRIED, "k", "w"), FUNCTIONS, gated_functions),
    (without_x(GatedSums()), KWM, LOADED, gated_sums),
    (GatedSums().text, (*KWM, "x"), LOADED, gated_sums),
    (GatedSums(soon=True).text, (*KWM, "x"), LOADED, gated_sums),
    (GatedSums(soon=True, apart=True).text, (*KWM, "x"), LOADED, gated_sums),
    (first_round, (*STATE, "sum"), ("", "move", "aside"), first),
    (second_round, (*STATE, "k", "w"), ("", ""), second),
)
WORDS = (
    (part_text, ("w16", "w15"), ("", ""), part),
    (sum_text, ("p", "w7"), ("", ""), total),
    (word_text, ("x", "w2"), ("recurrence", "", "idle"), word),
    (word_text, ("x", "w2", "added"), ("recurrence", "", "idle"), word),
)
NO_STATE = "it has no state"
PROPERTIES = [
    Property(name="rounds", make=lambda: Units(*ROUNDS), depth=1, bounded=NO_STATE),
    Property(
        name="schedule_words", make=lambda: Units(*WORDS), depth=1, bounded=NO_STATE, mutable=False
    ),
]
