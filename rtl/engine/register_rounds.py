"""Rounds of a lane whose states come in through registers, see :mod:`.register_input`."""

from collections.abc import Sequence

from sluice.rtl.hls.operations import Operand, Operation, Place, Result
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import ROUNDS

from .register_input import Registers, Rounds, next_d


def first_rounds(
    table: ReservationTable,
    lane: int,
    first: int,
    a_loaded: Sequence[Place],
    d_loaded: Sequence[Place],
    sums: Sequence[Result],
    rounds: Rounds,
) -> dict[int, Operation]:
    """Rounds of a compression, by slot, with those that load a state and those that pass it on.

    Parameters
    ----------
    table, lane
        Where they go, and what tells their units from those of others.
    first
        The slot of round 0.
    a_loaded, d_loaded
        Where the words ``a*`` of the state are in memories, and the differences ``e* - a*``.
    sums
        Of each round its constant and word of the schedule.
    rounds
        What a round is.
    """
    name = table.unit(f"first_{lane}", rounds.first)
    register = Registers(table, f"p{lane}", "dg")
    made: dict[int, Operation] = {}
    d: dict[int, Result] = {}
    begin, end = first - 4, first + ROUNDS
    loads_g, loads_d = dict(enumerate(a_loaded, begin - 2)), dict(enumerate(d_loaded, begin - 1))
    g = {begin - 2: register("g", begin - 2, loads_g[begin - 2])[0]}

    def before(slot: int, index: int) -> Operand:
        return made[slot][index] if slot in made else None

    for slot in range(begin, end + 4):
        last, t = slot - 1, slot - first
        d[last] = register("d", last, loads_d.get(last, before(last - 3, 0)))[0]
        if slot < end:
            g[last] = register("g", last, loads_g.get(last, before(last - 2, 1)))[0]
        state = [
            *(before(slot - back, 0) for back in (1, 2, 3)),
            d[last],
            *(before(slot - back, 1) for back in (1, 2)),
            g.get(last),
            g.get(last - 1),
        ]
        kind = "load" if t < 0 else "move" if slot >= end else ""
        total = sums[t] if 0 <= t < ROUNDS else None
        made[slot] = table.use(name, slot, *state, total, kind=kind)
    for slot in table.slots_aside:
        for one in "dg":
            register(one, slot, table.constant(0), aside=True)
    return made


def second_rounds(
    table: ReservationTable,
    lane: int,
    first: int,
    k: Sequence[Result],
    words: Sequence[Result],
    rounds: Rounds,
) -> Result:
    """Rounds from the initial state of SHA-256 on: ``e`` of the last one.

    `k` are their constants, `words` those of the schedule; the slot of round 0 is `first`.

    Where ``a'`` comes a cycle late, ``b`` is late too, and ``d`` takes it from there two slots
    later instead of from ``c``, so that it is in time. For the first round ``b`` then has had the
    initial ``c``, a slot before its own.
    """
    use = table.use
    name = table.unit(f"second_{lane}", rounds.second)
    next_ = table.unit(f"next_d_{lane}", next_d)
    register = Registers(table, f"s{lane}", "abcdefg")
    initial = [table.constant(word) for word in INITIAL_STATE]
    h: Operand = register("g", first - 2, initial[7])[0]
    before_c: list[Operand] = []
    if rounds.soon:
        before_c.append(register("b", first - 2, initial[2])[0])
    state = [
        register(one, first - 1, word)[0] for one, word in zip("abcdefg", initial[:7], strict=True)
    ]
    for t, w in enumerate(words):
        slot = first + t
        made = use(name, slot, *state, h, k[t], w)
        kind = "last" if t == len(words) - 2 else ""
        a, b, c, _, e, f, h = state
        before_c.append(b)
        d = use(next_, slot, before_c[t] if rounds.soon else c, kind=kind)
        after = (made[0], a, b, d[0], made[1], e, f)
        state = [register(one, slot, word)[0] for one, word in zip("abcdefg", after, strict=True)]
    return state[4]
