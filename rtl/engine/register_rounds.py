"""Rounds of a lane whose states come in through registers, see :mod:`.register_input`.

A state comes in within the five slots before round 0, and the one before leaves in the same ones.
Slots from that of round 0 on:

==== =========== =================== ===========
slot ``a'`` is   `b` takes           `g` takes
==== =========== =================== ===========
-5   the old h   ``f*``
-4   the old g   ``e*``
-3   the old f   ``d*``              ``a*``
-2   the old e   ``c*``              ``h*``
-1   ``a*``      ``b*``              ``g*``
==== =========== =================== ===========

In these slots ``a'`` is ``h`` and ``e'`` is ``d``. What `b` takes is ``d`` three slots later:
``f*`` and ``e*`` are ``e'`` of the last two slots, the other three are where they belong in round
0. What `g` takes is ``h`` two slots later: ``a*`` is ``a'`` of the last slot. The old a to d have
been ``a'`` of the last four rounds.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from sluice.rtl.hls.operations import Operand, Place, Result
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import ROUNDS

from .register_input import Registers, first_round, next_d, second_round


def first_rounds(
    table: ReservationTable,
    lane: int,
    first: int,
    b_takes: Sequence[Place],
    g_takes: Sequence[Result],
    sums: Sequence[Result],
    aside: Mapping[int, tuple[Operand, Operand]],
) -> list[Result]:
    """Rounds of a compression, and what loads its state.

    Parameters
    ----------
    table, lane
        Where they go, and what tells their units from those of others.
    first
        The slot of round 0.
    b_takes, g_takes
        Where words of the state are in a memory, and those that have been read from another one,
        in the order of the slots.
    sums
        Of each round its constant and word of the schedule.
    aside
        What `b` and `g` take in slots of the period aside.

    Returns
    -------
    list of Result
        The words of the state after the last round, each ``a'`` of a slot: ``d`` to ``a``, and then
        ``h`` to ``e``.
    """
    name, end = table.unit(f"first_{lane}", first_round), first + ROUNDS
    register = Registers(table, f"p{lane}", "bg")
    b, g = dict[int, Result](), dict[int, Result]()
    for slot, word in enumerate(b_takes, first - len(b_takes)):
        b[slot] = register("b", slot, word)[0]
    for slot, came in enumerate(g_takes, first - len(g_takes)):
        g[slot] = register("g", slot, came)[0]
    # In the first of these the last word of the state before leaves, which its `h` is.
    made = {
        slot: table.use(name, slot, *[None] * 3, b[slot - 3], *[None] * 3, h, kind="move")
        for slot, h in ((first - 2, None), (first - 1, g[first - 3]))
    }
    for slot in range(first, end):
        if slot > first:
            b[slot - 1] = register("b", slot - 1, made[slot - 2][0])[0]
            g[slot - 1] = register("g", slot - 1, made[slot - 3][1])[0]
        state = (
            *(made[slot - 1][0], b[slot - 1], b[slot - 2], b[slot - 3]),
            *(made[slot - 1][1], made[slot - 2][1], g[slot - 1], g[slot - 2]),
        )
        made[slot] = table.use(name, slot, *state, sums[slot - first])
    for slot in range(end, end + 3):
        g[slot - 1] = register("g", slot - 1, made[slot - 3][1])[0]
        made[slot] = table.use(name, slot, *[None] * 7, g[slot - 2], kind="move")
    last = made[first - 2][0].of_next(table.slots)
    for slot, words in aside.items():
        for one, operand in zip("bg", words, strict=True):
            register(one, slot, operand, aside=True)
    return [*(made[slot][0] for slot in range(end - 4, end + 3)), last]


def second_rounds(
    table: ReservationTable,
    lane: int,
    first: int,
    k: Sequence[Result],
    words: Sequence[Result],
) -> Result:
    """Rounds from the initial state of SHA-256 on: ``e`` of the last one.

    `k` are their constants, `words` those of the schedule; the slot of round 0 is `first`.

    As ``a'`` comes a cycle late, ``b`` is late too, and ``d`` takes it from there two slots later
    instead of from ``c``, so that it is in time. Words that only move on are in the initial state
    what has been loaded in slots before: ``c`` in `b`, ``h`` and ``g`` in `f`.
    """
    use = table.use
    name = table.unit(f"second_{lane}", second_round)
    next_ = table.unit(f"next_d_{lane}", next_d)
    register = Registers(table, f"s{lane}", "abdef")
    initial = [table.constant(word) for word in INITIAL_STATE]
    b = [register("b", first - 2, initial[2])[0]]
    f = [register("f", first - 3 + i, initial[7 - i])[0] for i in range(2)]
    a, b_now, d, e, f_now = (
        register(one, first - 1, word)[0]
        for one, word in zip("abdef", itemgetter(0, 1, 3, 4, 5)(initial), strict=True)
    )
    for t, w in enumerate(words):
        slot = first + t
        b.append(b_now)
        f.append(f_now)
        made = use(name, slot, a, b[-1], b[-2], d, e, f[-1], f[-2], f[-3], k[t], w)
        later = use(next_, slot, b[-2], kind="last" if t == len(words) - 2 else "")
        after = (made[0], a, later[0], made[1], e)
        a, b_now, d, e, f_now = (
            register(one, slot, word)[0] for one, word in zip("abdef", after, strict=True)
        )
    return e
