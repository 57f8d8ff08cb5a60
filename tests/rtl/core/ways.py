"""Two more ways to lay the double hash on hardware, each a binding of some forty lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sluice.rtl.core.binding.binding import Binding, RangeWord
from sluice.rtl.core.binding.hash_twice import (
    expand_header,
    hash_twice,
)
from sluice.rtl.core.mining import header_words, midstate_words, padding
from sluice.rtl.core.plan import bind
from sluice.rtl.core.serial_config import SerialConfig
from sluice.rtl.engine.engine import Engine, chains, shifted
from sluice.rtl.engine.load import GatedSums
from sluice.rtl.engine.message import Message, part_text, sum_text, word_text
from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.operations import Brought, Operation, adds
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS


@dataclass(frozen=True, kw_only=True)
class TwoRounds(SerialConfig):
    """An engine with two rounds of hardware, of which a cycle does both."""

    technology: str = "generic"
    engines: int = 1
    period: float | None = 40.0

    @property
    def slots(self) -> int:
        """The folding factor."""
        return 72


@dataclass(frozen=True, kw_only=True)
class SerialLanes(SerialConfig):
    """Lanes with an engine each, which does both hashes of a nonce; two threads."""

    technology: str = "generic"
    engines: int = 1
    lanes: int = 2
    c_slow: int = 2

    @property
    def slots(self) -> int:
        """The folding factor."""
        return 140


@bind.register
def _(config: TwoRounds) -> Binding:
    table, job = ReservationTable(config.slots), Graph()
    texts = {"put": adds, "part": part_text, "sum": sum_text, "w": word_text}
    for i in "01":
        for name, text in (texts | {"round": GatedSums().text}).items():
            table.unit(f"{name}{i}", text, memory=name == "put")

    def compress(first: int, begin: Sequence, block: Sequence, count: int) -> list[Operation]:
        made, w = [], []
        for n, word in enumerate(chains(begin, begin[:4])):
            k, m = Brought(f"k{n % 2}", word.e), Brought(f"m{n % 2}", word.a.minus(word.e))
            operands = (*[None] * 8, k, None, m, None)
            made.append(table.use(f"round{n % 2}", first - 2 + n // 2, *operands, kind="load"))
        state = [one[index] for index in (0, 1) for one in reversed(made)]
        for t in range(count):
            i, slot, word, late = t % 2, first + t // 2, block[t] if t < 16 else None, None
            if t >= 16:
                part = table.use(f"part{i}", slot - 7, w[t - 16], w[t - 15])
                word, late = table.use(f"sum{i}", slot - 3, part[0], w[t - 7])[0], w[t - 2]
            kind = "recurrence" if late else ""
            w.append(table.use(f"w{i}", slot, word, late, kind=kind)[0])
            k = Brought(f"k{i}", ROUND_CONSTANTS[t] + INITIAL_STATE[7] * (t == 60 and count < 64))
            made.append(table.use(f"round{i}", slot, *state, k, w[t]))
            state = shifted(made[-1], state)
        return made[4:]

    tail, middle, zero, words = header_words(job), midstate_words(job), table.constant(0), []
    for t, word in enumerate([*tail, RangeWord.NONCE]):
        words.append(table.use(f"put{t % 2}", t, zero, Brought(f"m{t % 2}", word))[0])
    made = compress(6, middle, [*words, *padding(4, 640, table.constant)], 64)
    for t, word in enumerate(reversed(middle), 60):
        one, i = made[t][1] if t < 64 else made[t - 4][0], (t + 1) % 2
        words.append(table.use(f"put{i}", 6 + t // 2, one, Brought(f"m{i}", word))[0])
    block = [*words[:3:-1], *padding(8, 256, table.constant)]
    last = compress(44, [GraphWord.constant(job, word) for word in INITIAL_STATE], block, 61)[-1]
    for i in "01":
        table.idle(f"w{i}", zero)
    fold(table, {"h7_0": last[1]}, 75, pairs=True)
    return Binding.of(table, [["k0"], ["k1"], ["m0"], ["m1"]])


@bind.register
def _(config: SerialLanes) -> Binding:
    table, job, policy, outputs = ReservationTable(config.slots), Graph(), GatedSums(), {}
    message = Message(table, "")
    expand_header(message, job, 0)
    for lane in range(config.lanes):
        digest, unit = Message(table, f"_digest{lane}"), table.unit(f"round{lane}", policy.text)
        engine = partial(Engine, unit, policy, job=job, m=f"y{lane}", x=f"x{lane}")
        outputs[f"h7_{lane}"] = hash_twice(engine(message), engine(digest), lane=lane)
        digest.close()
    message.close()
    fold(table, outputs, 140, pairs=True)
    own = [[f"x{lane}", f"y{lane}"] for lane in range(config.lanes)]
    return Binding.of(table, [*own, ["m"], ["k"]])
