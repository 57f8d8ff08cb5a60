"""A property, what it is proved on, and what came of the proof."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import FrameType

from amaranth.asserts import AnySeq
from amaranth.hdl import Elaboratable, Fragment, Module, Signal


@dataclass(frozen=True, kw_only=True)
class Property:
    """What always holds, as hardware that asserts it.

    Members
    -------
    name
        As options and tables have it.
    make
        The hardware, with ``Assert`` and ``Assume``. All of its inputs are free, and so is the
        reset of ``sync``, unless it is told otherwise.
    depth
        Steps of the window of the induction; where there is none, of the base case.
    base
        Steps of the base case from reset, if there is an induction. One that is longer than the
        window tells a property that does not hold from one whose induction fails.
    bounded
        Why so many steps from reset are enough; then there is no induction.
    any_state
        There is no reset: the base case begins in any state of the registers and memories. The
        bound is then that of what is asserted, which has an end.
    quick
        Whether it is proved in ``make test`` too.
    """

    name: str
    make: Callable[[], Elaboratable]
    depth: int
    base: int = 10
    bounded: str = ""
    any_state: bool = False
    quick: bool = False

    @property
    def induction(self) -> bool:
        """Whether it is proved for all times."""
        return not (self.bounded or self.any_state)


class Result(Enum):
    """What came of a proof."""

    #: For all times: base case and induction.
    PROVED = "proved"
    #: As far as the bound of the property goes.
    BOUNDED = "proved to its bound"
    #: There is a run from the first state in which an assertion fails.
    REFUTED = "refuted"
    #: The base case holds, the induction does not: nothing is known.
    UNKNOWN = "not proved"


@dataclass(frozen=True)
class Verdict:
    """A result, how long it took, and what the solver said where it failed."""

    result: Result
    seconds: float
    said: str = ""

    @property
    def good(self) -> bool:
        """Whether the property holds."""
        return self.result in {Result.PROVED, Result.BOUNDED}


def let_free(m: Module, *signals: object) -> None:
    """Give signals any value in any cycle: inputs of what is proved."""
    for signal in signals:
        value = signal.as_value() if hasattr(signal, "as_value") else signal
        m.d.comb += value.eq(AnySeq(value.shape()))


class Opened(Elaboratable):
    """A component of which invariants may name the registers.

    An induction begins in any state that does not break what is asserted, so it has to be said how
    the registers of a component hang together. That is asserted itself, hence proved. Signals go by
    the names that variables have for them where the component is elaborated.
    """

    def __init__(self, component: Elaboratable) -> None:
        files = {sys.modules[kind.__module__].__file__ for kind in type(component).__mro__[:-1]}
        self._known: dict[str, list[Signal]] = {}

        def note(frame: FrameType, event: str, _: object) -> None:
            if event == "return" and frame.f_code.co_filename in files:
                for name, value in frame.f_locals.items():
                    if isinstance(value, Signal):
                        for known in (name, f"{frame.f_code.co_name}.{name}"):
                            self._known.setdefault(known, []).append(value)

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            self._fragment = Fragment.get(component, None)
        finally:
            sys.setprofile(before)

    def all(self, name: str) -> list[Signal]:
        """What a variable stands for, each time that its function is called."""
        return list({id(signal): signal for signal in self._known.get(name, [])}.values())

    def __getitem__(self, name: str) -> Signal:
        """What a variable stands for; `function.name` where others have that name too."""
        found = self.all(name)
        if len(found) != 1:
            raise KeyError(f"{len(found)} signals have the name {name!r}")
        return found[0]

    def elaborate(self, platform: object) -> Fragment:
        return self._fragment
