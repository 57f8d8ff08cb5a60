"""How a state comes into an engine: three policies, each a text of a unit that does rounds.

A round of hardware has results ``a'`` and ``e'``; the state is what the last four slots have made
of each. Before round 0 four slots, oldest word first, have to make the words of the state that the
rounds begin with, ``e*`` and ``a*``. Loading all of it at once would cost a look-up table a bit.

==================== ==============================================================================
gated functions      all functions are zero in these slots, and so are ``h`` and what is added of
                     ``d``: what is left of a round is ``e' = k + w`` and ``a' = e' - d``
gated sums           the last sum of each takes nothing but ``k + w``, and a word for ``a'``
register input       registers that have no sum in front of them take the word itself, see
                     :mod:`.register_input`
==================== ==============================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.rtl.hls.operations import Brought, Operand, Operation, Unit
from sluice.rtl.hls.trace import GatedWord, GraphWord
from sluice.rtl.sha256.function import round_

from .engine import Engine, Loaded, Policy, State


def _made_e(state: Sequence[GraphWord], k: GraphWord, w: GraphWord) -> GraphWord:
    """``e'`` of a round."""
    return round_(state, k, w)[4]


def a_of(zero: GraphWord, a: GraphWord, b: GraphWord, c: GraphWord, t1: GraphWord) -> GraphWord:
    """``a'`` of a round: ``T1`` takes the place of ``h`` in a round of zeros."""
    return round_((a, b, c, zero, zero, zero, zero, t1), zero, zero)[0]


def _state(made: Sequence[Operation]) -> State:
    """What four slots have made, as a state."""
    return [one[index] for index in (0, 1) for one in reversed(made)]


class GatedFunctions(Policy):
    """Functions are gated, where a gate is an input of their tables.

    Operands of the unit are the state, `k` and `w`. Kinds are ``first``, for the first word of a
    state, ``load`` for the others, and ``leave``: then ``e'`` is ``d``. What is subtracted from
    ``e'`` comes as ``c`` a slot ahead.

    Of the first word ``e'`` comes to zero. Its ``e*``, which is only needed as ``h``, is in the
    ``k`` of that round: so no ``h`` is to be zero whose word is still needed as ``f``, and both are
    one register.
    """

    def text(self, unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
        """A round."""
        a, b, c, d, e, _, _, _, k, w = operands
        zero = unit.zero
        closed = unit.gated(e, unit.at("load", ahead=3))
        f, g, h = (unit.later(closed, slots, name) for slots, name in enumerate("fgh", 1))
        unit.late(a, b, c, e, f, g)
        late_d = unit.later(c, 1, "d_late")

        def gate(word: GraphWord) -> GraphWord:
            return unit.gated(word, unit.at("first", "load", "leave"))

        head_a, head_e = (GatedWord(unit.graph, word.node, gate) for word in (a, e))
        h = unit.gated(h + k, unit.at("first", "leave"))
        made_e = _made_e([head_a, b, c, d, head_e, f, g, h], zero, w).named(f"e'_{unit.name}")
        made_a = a_of(zero, head_a, b, c, made_e.minus(late_d)).named(f"a'_{unit.name}")
        return [unit.gated(made_a, unit.at("first", "load", ahead=4)), made_e]

    def load(self, engine: Engine, begin: int, words: Sequence[Loaded]) -> State:
        """Bind what loads four words of each chain, in four slots from `begin` on."""
        k, m, use = engine.k, engine.m, engine.use
        lacks = [word.e.minus(word.a) for word in words]
        lacks[0] = engine.known(0).minus(words[0].a)
        use(begin - 1, None, None, Brought(m, lacks[0]))
        made: list[Operation] = []
        for i, word in enumerate(words):
            c = Brought(m, lacks[i + 1]) if i < 3 else made[0][0]
            own = Brought(k, word.e.minus(word.w)) if i else None
            state = [None, None, c, *[None] * 5]
            kind = "load" if i else "first"
            made.append(use(begin + i, *state, own, engine.message.at(begin + i), kind=kind))
        return _state(made)

    def begins(self, words: Sequence[Loaded]) -> GraphWord | None:
        """What is added to the constant of the first round."""
        return words[0].e

    def leaves(self, engine: Engine, slot: int, d: Operand) -> Operand:
        """The word ``d``: ``e'`` of the slot."""
        return engine.use(slot, None, None, None, d, kind="leave")[1]


@dataclass(frozen=True)
class GatedSums(Policy):
    """Sums have a gate or a choice for an operand, where that costs nothing.

    Operands of the unit are the state, `k`, `w`, and in a ``load`` `m` and `x`: then ``e'`` is
    ``k + w``, to which `x` is added if there is one, and ``a'`` is `m` more than that. So what
    `k`, or `x`, brings then is ``e*`` less the schedule's word of the slot.

    Parameters
    ----------
    soon
        Whether as little as can be follows ``e``, for engines whose rounds take a cycle: what does
        not depend on it is a sum of its own then.
    apart
        Whether words that come from afar, `k` and `w`, are added before any of the state: so that
        a schedule with slack can put a register behind their sum.
    """

    soon: bool = False
    apart: bool = False

    def text(self, unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
        """A round."""
        a, b, c, d, e, f, g, h, k, w, m, x = operands
        zero, load = unit.zero, unit.at("load")
        unit.late(a, b, c, e, f, g, *([d, h] if self.apart else []))

        def opened(word: GraphWord) -> GraphWord:
            return unit.gated(word, load) if x == zero else unit.select(word, {x: load})

        if self.soon:
            late = _made_e([a, b, c, zero, e, f, g, zero], zero, zero)
            made_e = unit.gated(late, load) + (opened(d + h) + (k + w))
        else:
            made_e = opened(_made_e([a, b, c, d, e, f, g, h], zero, zero)) + (k + w)
        made_e = made_e.named(f"e'_{unit.name}")
        t2 = unit.select(a_of(zero, a, b, c, zero), {m: load})
        made_a = made_e.minus(unit.gated(d, load)) + t2
        return [made_a.named(f"a'_{unit.name}"), made_e]

    def load(self, engine: Engine, begin: int, words: Sequence[Loaded]) -> State:
        """Bind what loads four words of each chain, in four slots from `begin` on."""
        made: list[Operation] = []
        for slot, word in enumerate(words, begin):
            own, w = Brought(engine.m, word.a.minus(word.e)), engine.message.at(slot)
            less = Brought(engine.x or engine.k, word.e.minus(word.w))
            k, x = (None, less) if engine.x else (less, None)
            made.append(engine.use(slot, *[None] * 8, k, w, own, x, kind="load"))
        return _state(made)
