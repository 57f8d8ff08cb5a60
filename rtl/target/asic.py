"""Standard cells: each operation is a module, which is mapped to cells once for all its instances.

So whoever maps a design knows area, delay and energy of each operation, by its name. A netlist
names these modules and does not have them; :func:`with_operations` adds them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from amaranth.hdl import Cat, Const, Elaboratable, Instance, Module, Signal, Value

from sluice.rtl.hls.delay_model import Delays
from sluice.rtl.hls.ops import Op, apply
from sluice.rtl.sha256.word import BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1, Sigma

from .base import Area, Technology
from .prefix import FULL_ADDER, Adder, FullAdder, add, full_add
from .word import ValueWord

_SIGMAS = (BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1)
#: Names of modules begin so.
PREFIX = "op__"


@dataclass(frozen=True)
class Kind:
    """What modules of operations differ in.

    Members
    -------
    op, which
        See :func:`sluice.rtl.hls.ops.apply`.
    args
        Operands of 32 bits; of a constant its number, and ``None`` for a word that varies.
    adder
        How carries are formed.
    """

    op: Op
    args: tuple[int | None, ...]
    which: Sigma | None
    adder: Adder

    @property
    def name(self) -> str:
        """Operation, adder or index of the sigma, and operands: ``w`` for a word."""
        how = str(_SIGMAS.index(self.which)) if self.which else self.adder.name.lower()
        words = ["w" if arg is None else f"{arg:x}" for arg in self.args]
        return PREFIX + "__".join([self.op.value, how, "_".join(words)])

    @classmethod
    def named(cls, name: str) -> "Kind":
        """The kind of a name."""
        op, how, words = name.removeprefix(PREFIX).split("__")
        args = tuple(None if word == "w" else int(word, 16) for word in words.split("_"))
        if how.isdecimal():
            return cls(Op(op), args, _SIGMAS[int(how)], Adder.RIPPLE)
        return cls(Op(op), args, None, Adder[how.upper()])


class Operation(Elaboratable):
    """The module of an operation. Numbers among its operands are part of it.

    Parameters
    ----------
    kind
        Which.

    Members
    -------
    operands : 32 bits each
        ``a0``, ``a1``, …: the words that vary, in order.
    result : 32 bits
        ``y``.
    carries : 32 bits
        ``z``, of a carry-save adder only: what is to be added to its result, the parity.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.operands = [Signal(32, name=f"a{i}") for i in range(kind.args.count(None))]
        self.result = Signal(32, name="y")
        self.carries = Signal(32, name="z")

    @property
    def ports(self) -> list[Signal]:
        """All of them."""
        carries = [self.carries] if self.kind.op is Op.PARITY else []
        return [*self.operands, self.result, *carries]

    def elaborate(self, platform: object) -> Module:
        """A gate for each bit."""
        m = Module()
        kind, varying = self.kind, iter(self.operands)
        args = [next(varying) if arg is None else Const(arg, 32) for arg in kind.args]
        if kind.op in {Op.ADD, Op.SUB}:
            left, right = args
            subtract = kind.op is Op.SUB
            result = add(m, kind.adder, left, ~right if subtract else right, int(subtract))
        elif kind.op is Op.PARITY:
            rows = [full_add(m, *(_bit(arg, bit) for arg in args)) for bit in range(32)]
            result = Cat(total for total, _ in rows)
            m.d.comb += self.carries.eq(Cat(Const(0, 1), *(carry for _, carry in rows[:-1])))
        else:
            result = apply(kind.op, [ValueWord(arg) for arg in args], kind.which).value
        m.d.comb += self.result.eq(result)
        return m


def with_operations(netlist: str, convert: Callable[..., str]) -> str:
    """The text of a netlist, and the modules of the operations that it names.

    Parameters
    ----------
    netlist
        What Amaranth has written.
    convert
        What has written it: that of ``amaranth.back.rtlil`` or of ``amaranth.back.verilog``.
    """
    texts = [netlist]
    for name in sorted(set(re.findall(rf"\b{PREFIX}\w+", netlist))):
        operation = Operation(Kind.named(name))
        texts.append(convert(operation, name=name, ports=operation.ports, emit_src=False))
    if any(FULL_ADDER in text for text in texts):
        adder = FullAdder()
        texts.append(convert(adder, name=FULL_ADDER, ports=adder.ports, emit_src=False))
    return "\n".join(texts)


def _bit(word: Value, bit: int) -> Value:
    return Const(word.value >> bit & 1, 1) if isinstance(word, Const) else word[bit]


class ASIC(Technology):
    """A module for each operation; adders of Brent and Kung.

    The two words of a carry-save adder come from one module, if both are made of the same operands.
    """

    name = "asic"
    adder = Adder.BRENT_KUNG
    ram_register = False
    preset_memories = False
    #: A library needs no other flip-flop than the plainest one.
    asynchronous = False

    #: Estimates for cells of 130 to 180 nm. They only decide where registers go: what a library's
    #: cells really take is known after mapping.
    delays = Delays(
        adder=1900, function=350, sigma=450, register=500, absorbs=False, gated_operands=True
    )

    def __init__(self) -> None:
        #: Both results of carry-save adders, by module and operands, and what keeps those alive.
        self._savers: dict[tuple[int, ...], tuple[Signal, Signal, object]] = {}

    def emit(self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None) -> Value:
        """An instance of an :class:`Operation`."""
        if op in {Op.PARITY, Op.CARRIES}:
            key = (id(m), *map(id, args))
            if key not in self._savers:
                self._savers[key] = (*self._instance(m, Op.PARITY, args, which), (m, args))
            return self._savers[key][op is Op.CARRIES]
        return self._instance(m, op, args, which)[0]

    def _instance(
        self, m: Module, op: Op, args: Sequence[Value], which: Sigma | None
    ) -> tuple[Signal, Signal]:
        """The results of a module."""
        values = [Value.cast(arg) for arg in args]
        numbers = tuple(value.value if isinstance(value, Const) else None for value in values)
        kind = Kind(op, numbers, which, self.adder)
        words = [value for value in values if not isinstance(value, Const)]
        result, carries = Signal(32), Signal(32)
        pins = {f"i_a{i}": word for i, word in enumerate(words)}
        pins |= {"o_z": carries} if op is Op.PARITY else {}
        m.submodules += Instance(kind.name, **pins, o_y=result)
        return result, carries

    def area(self, op: Op) -> Area:
        """Not known before it is mapped."""
        del op
        return Area(0)


class Ripple(ASIC):
    """Adders whose carry goes from bit to bit."""

    name = "asic-ripple"
    adder = Adder.RIPPLE
    delays = Delays(
        adder=7000, function=350, sigma=450, register=500, absorbs=False, gated_operands=True
    )


class Sklansky(ASIC):
    """Adders with the fewest levels, and large fan-outs."""

    name = "asic-sklansky"
    adder = Adder.SKLANSKY


class KoggeStone(ASIC):
    """Adders with the fewest levels, and the most cells."""

    name = "asic-kogge-stone"
    adder = Adder.KOGGE_STONE
