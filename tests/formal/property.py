"""A property, what it is proved on, and what came of the proof."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import FrameType

from amaranth.asserts import AnySeq
from amaranth.hdl import Assume, Elaboratable, Fragment, Module, Signal
from amaranth.hdl._dsl import FSM
from amaranth.lib import cdc
from amaranth.lib.data import View
from amaranth.lib.memory import Memory, ReadPort, WritePort


@dataclass(frozen=True, kw_only=True)
class Property:
    """What always holds, as hardware that asserts it.

    Members
    -------
    name
        As options and tables have it.
    make
        The hardware, with ``Assert``, ``Assume``, and ``Cover`` for what must be possible within
        the steps of the base case. All of its inputs are free, and so is the
        reset of ``sync``, unless it is told otherwise.
    depth
        Steps of the window of the induction; where there is none, of the base case.
    base
        Steps of the base case from reset, if there is an induction. One that is longer than the
        window tells a property that does not hold from one whose induction fails.
    skip
        Steps of the base case in which there is nothing to be shown.
    bounded
        Why so many steps from reset are enough; then there is no induction.
    any_state
        There is no reset: the base case begins in any state of the registers and memories. The
        bound is then that of what is asserted, which has an end.
    quick
        Whether it is proved in ``make test`` too.
    mutable
        Whether `make mutation` changes its hardware: not what another property has as well.
    modules
        Further modules in RTLIL, which the hardware has instances of.
    """

    name: str
    make: Callable[[], Elaboratable]
    depth: int
    base: int = 10
    skip: int = 0
    bounded: str = ""
    any_state: bool = False
    quick: bool = False
    mutable: bool = True
    modules: Callable[[], str] = str

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
    #: What must be possible, by its ``Cover``, is not: nothing is shown.
    EMPTY = "empty"
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


def keep_offered(m: Module, stream: object) -> None:
    """Assume of a stream that a word which is offered stays until it is taken."""
    held = stream.payload.as_value() if hasattr(stream.payload, "as_value") else stream.payload
    waited, before = Signal(), Signal(len(held))
    m.d.sync += [waited.eq(stream.valid & ~stream.ready), before.eq(held)]
    m.d.comb += Assume(~waited | (stream.valid & (held == before)))


class Opened(Elaboratable):
    """A component of which invariants may name the registers.

    An induction begins in any state that does not break what is asserted, so it has to be said how
    the registers of a component hang together. That is asserted itself, hence proved. Signals go by
    the names that variables have for them where the component is elaborated, and those of `parts`,
    classes of components in it or functions that build it, too. Of each memory `words` can be seen
    at a time.
    """

    def __init__(self, component: Elaboratable, *parts: Callable, words: int = 1) -> None:
        self._peeks: dict[str, list[list[tuple[Signal, Signal]]]] = {}
        memories: set[int] = set()
        self._parts: dict[str, Elaboratable | ReadPort | WritePort] = {}
        own = {part.__module__ for part in (*type(component).__mro__, *parts)}
        files = {sys.modules[name].__file__ for name in own if name.startswith("sluice.")}
        files.add(cdc.__file__)
        self._known: dict[str, list[Signal]] = {}

        def note(frame: FrameType, event: str, _: object) -> None:
            if event == "return" and frame.f_code.co_filename in files:
                for name, value in frame.f_locals.items():
                    if isinstance(value, Memory) and id(value) not in memories:
                        memories.add(id(value))
                        ports = [value.read_port(domain="comb") for _ in range(words)]
                        found = [(port.addr, port.data) for port in ports]
                        self._peeks.setdefault(name, []).append(found)
                    if isinstance(value, (Elaboratable, ReadPort, WritePort)):
                        self._parts[name] = value
                    if isinstance(value, FSM):
                        value = value.state
                    if isinstance(value, View):
                        value = value.as_value()
                    for signal in value if isinstance(value, list) else [value]:
                        if isinstance(signal, Signal):
                            for known in (name, f"{frame.f_code.co_name}.{name}"):
                                self._known.setdefault(known, []).append(signal)

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

    def named(self, name: str) -> Signal:
        """The first register that has been given this name, in the component itself."""
        for signal in self.all_named(name):
            return signal
        raise KeyError(f"no signal is named {name!r}")

    def all_named(self, name: str) -> list[Signal]:
        """All registers that have been given this name, in their order."""
        found = {
            id(signal): signal
            for statements in self._fragment.statements.values()
            for statement in statements
            for signal in statement._lhs_signals()
            if signal.name == name
        }
        return list(found.values())

    def part(self, name: str) -> Elaboratable | ReadPort | WritePort:
        """A component, or a port of one, that a variable stands for."""
        return self._parts[name]

    def peek(self, name: str, which: int = 0, word: int = 0) -> tuple[Signal, Signal]:
        """An address, to be driven, and the word that a memory has there; of several, one."""
        return self._peeks[name][which][word]

    def elaborate(self, platform: object) -> Fragment:
        return self._fragment
