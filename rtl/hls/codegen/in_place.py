"""A word that stays where it is until it is no longer used."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out


class InPlace(wiring.Component):
    """What a word was some cycles ago, without moving it from register to register.

    There are as many registers as the greatest age. Each takes the word in its turn, and keeps it
    until its next one: where clocks are gated one of them has a clock in a cycle. For each age
    another one is chosen in each cycle. Nothing is reset; until then old contents come out.

    Parameters
    ----------
    width
        Bits of the word.
    ages
        How many cycles ago, each at least 1, and the greatest one at least 2.

    Members
    -------
    i : In(width)
        The word, something new in each cycle.
    turn : In(greatest age)
        One bit is high, the next one in each cycle: see :class:`Turns`.
    o : Out(struct of words)
        For each age a field, ``age1``.
    """

    def __init__(self, *, width: int, ages: Sequence[int]) -> None:
        if not ages or max(ages) < 2 or min(ages) < 1:
            raise ValueError(f"ages must be at least 1, the greatest at least 2, not {list(ages)}")
        self._ages = ages
        words = data.StructLayout({f"age{age}": width for age in ages})
        super().__init__({"i": In(width), "turn": In(max(ages)), "o": Out(words)})

    def elaborate(self, platform: object) -> Module:
        """Registers, and a choice for each age."""
        m = Module()
        places = [
            Signal(len(self.i), name=f"place{number}", reset_less=True)
            for number in range(len(self.turn))
        ]
        for place, turn in zip(places, self.turn, strict=True):
            with m.If(turn):
                m.d.sync += place.eq(self.i)
        for age in self._ages:
            m.d.comb += self.o[f"age{age}"].eq(self._chosen(places, age))
        return m

    def _chosen(self, places: Sequence[Signal], age: int) -> Value:
        """The place that was written so many cycles ago: it is its turn in as many fewer."""
        chosen: Value | None = None
        for number, place in enumerate(places):
            mine = self.turn[(number + age) % len(places)].replicate(len(place))
            chosen = place & mine if chosen is None else chosen | (place & mine)
        assert chosen is not None
        return chosen


class Turns:
    """Counters that tell words in place whose turn it is, one for each number of places.

    Parameters
    ----------
    m
        Where they go.
    """

    def __init__(self, m: Module) -> None:
        self._m = m
        self._made: dict[int, Signal] = {}

    def of(self, count: int) -> Signal:
        """One of `count` bits is high, bit 0 first, and the next one in each cycle.

        It is not reset: whatever it held when it was switched on, it is right `count` cycles later.
        """
        if count not in self._made:
            turn = Signal(count, name=f"turn_of_{count}", init=1, reset_less=True)
            self._m.d.sync += turn.eq(Cat(~turn[:-1].any(), turn[:-1]))
            self._made[count] = turn
        return self._made[count]
