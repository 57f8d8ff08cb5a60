"""The rounds of a lane whose midstate is in RAM, see :mod:`.midstate_ram`."""

from collections.abc import Sequence

from sluice.rtl.hls.operations import Operand, Operation, Place, Result
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import ROUNDS

from ..config import NEEDED
from ..serial_config import MIDSTATE_RAM
from .register_input import Registers, first_round, next_d, second_round

#: The number of the first slot of the period in which a job comes in, and of all of them.
LOAD_FROM = 128
LOADING = range(LOAD_FROM, LOAD_FROM + MIDSTATE_RAM)
#: The slot of the first word of each schedule, and of round 0 of each hash.
FIRST_W, SECOND_W, FIRST, SECOND = 3, 77, 6, 78


def first_rounds(
    table: ReservationTable,
    lane: int,
    loaded: tuple[Sequence[Place], Sequence[Place]],
    sums: Sequence[Result],
) -> dict[int, Operation]:
    """Rounds of the first hash, by slot, with those that load and those that pass.

    Parameters
    ----------
    table
        Where they go.
    lane
        The lane.
    loaded
        Where the words ``a*`` of the midstate are, and the differences ``e* - a*``.
    sums
        Of each round its constant and word of the schedule.
    """
    name = table.unit(f"first_{lane}", first_round)
    register = Registers(table, f"p{lane}", "dg")
    made: dict[int, Operation] = {}
    begin, end = FIRST - 4, FIRST + ROUNDS
    loads_g = dict(enumerate(loaded[0], begin - 2))
    loads_d = dict(enumerate(loaded[1], begin - 1))
    d: dict[int, Result] = {}
    g = {begin - 2: register("g", begin - 2, loads_g[begin - 2])[0]}

    def before(slot: int, index: int) -> Operand:
        return made[slot][index] if slot in made else None

    for slot in range(begin, end + 4):
        last = slot - 1
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
        t = slot - FIRST
        kind = "load" if t < 0 else "pass" if slot >= end else ""
        total = sums[t] if 0 <= t < ROUNDS else None
        made[slot] = table.use(name, slot, *state, total, kind=kind)
    for slot in LOADING:
        for one in "dg":
            register(one, slot, table.constant(0), aside=True)
    return made


def second_rounds(table: ReservationTable, lane: int, words: Sequence[Result]) -> Result:
    """Rounds of the second hash: ``e`` of the last one."""
    use = table.use
    name = table.unit(f"second_{lane}", second_round)
    next_ = table.unit(f"next_d_{lane}", next_d)
    register = Registers(table, f"s{lane}", "abcdefg")
    initial = [table.constant(word) for word in INITIAL_STATE]
    h: Operand = register("g", SECOND - 2, initial[7])[0]
    state = [
        register(one, SECOND - 1, word)[0] for one, word in zip("abcdefg", initial[:7], strict=True)
    ]
    for t, w in enumerate(words):
        slot = SECOND + t
        k = table.made("k", FIRST_W + 1 + t).of_next(MIDSTATE_RAM)
        made = use(name, slot, *state, h, k, w)
        kind = "last" if t == NEEDED - 2 else ""
        a, b, c, _, e, f, h = state
        d = use(next_, slot, c, kind=kind)
        after = (made[0], a, b, d[0], made[1], e, f)
        state = [register(one, slot, word)[0] for one, word in zip("abcdefg", after, strict=True)]
    return state[4]
