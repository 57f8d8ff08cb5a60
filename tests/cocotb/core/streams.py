"""Drivers and monitors of streams, for benches.

Everything is driven on falling edges and looked at just after, when it has settled: what is seen
then is what the next rising edge takes.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar, Self

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, ReadOnly
from cocotb.utils import get_sim_time

PERIOD = 10

#: Tells in each cycle whether to wait in it.
Pauses = Callable[[], bool]


def never() -> bool:
    """No pause: a transfer in every cycle."""
    return False


def bursts(share: float) -> Pauses:
    """Random pauses in `share` of the cycles, some short and some long."""
    left = 0
    paused = False

    def pause() -> bool:
        nonlocal left, paused
        if not left:
            left = random.choice((1, 1, 2, 3, 20))
            paused = random.random() < share
        left -= 1
        return paused

    return pause


def now() -> int:
    """The number of the cycle: that of the rising edge that comes next."""
    return round(get_sim_time("ns")) // PERIOD


def start_clock(dut) -> None:
    Clock(dut.clk, PERIOD, unit="ns").start(start_high=False)


@dataclass(frozen=True)
class Transaction:
    """A payload, its members by name; the first member has the lowest bits.

    A subclass names them in `WIDTHS`, in this order, and has them as its first fields.
    """

    WIDTHS: ClassVar[tuple[int, ...]] = ()

    @classmethod
    def unpack(cls, value: int) -> Self:
        members = []
        for width in cls.WIDTHS:
            members.append(value & ((1 << width) - 1))
            value >>= width
        assert not value, "payload is wider than its members"
        return cls(*members)

    def pack(self) -> int:
        value, low = 0, 0
        for field, width in zip(fields(self), self.WIDTHS, strict=False):
            member = getattr(self, field.name)
            assert 0 <= member < 1 << width, field.name
            value |= member << low
            low += width
        return value


class _Stream:
    def __init__(self, dut, prefix: str, kind: type[Transaction]) -> None:
        self.clk, self.rst = dut.clk, dut.rst
        self.payload = getattr(dut, f"{prefix}__payload")
        self.valid = getattr(dut, f"{prefix}__valid")
        self.ready = getattr(dut, f"{prefix}__ready")
        self.kind = kind
        self._prepare()
        self.task = cocotb.start_soon(self._run())

    def _prepare(self) -> None:
        """Before the first cycle."""

    async def _run(self) -> None:
        raise NotImplementedError


class StreamSource(_Stream):
    """Offers what is in `queue`. What is offered stays until it is taken, or until a reset."""

    def _prepare(self) -> None:
        self.queue: deque[Transaction] = deque()
        self.pauses: Pauses = never
        self.valid.value = 0
        self.payload.value = 0

    async def _run(self) -> None:
        offered = False
        while True:
            await FallingEdge(self.clk)
            if not self.queue:
                offered = False
            elif not offered:
                offered = not self.pauses()
            self.valid.value = int(offered)
            # What is not offered means nothing.
            word = self.queue[0].pack() if offered else random.getrandbits(len(self.payload))
            self.payload.value = word
            await ReadOnly()
            if int(self.rst.value):
                # Whatever was offered is still there in the first cycle of the reset.
                self.queue.clear()
            elif offered and int(self.ready.value):
                self.queue.popleft()
                offered = False


class StreamSink(_Stream):
    """Takes what is offered, in the cycles in which it does not pause."""

    def _prepare(self) -> None:
        self.pauses: Pauses = never
        self.ready.value = 0

    async def _run(self) -> None:
        while True:
            await FallingEdge(self.clk)
            self.ready.value = int(not self.pauses())


class StreamMonitor(_Stream):
    """Tells `observe` each transfer and its cycle, and insists on the rules of streams."""

    def __init__(
        self, dut, prefix: str, kind: type[Transaction], observe: Callable[[int, Transaction], None]
    ) -> None:
        self.observe = observe
        super().__init__(dut, prefix, kind)

    async def _run(self) -> None:
        held = None
        while True:
            await FallingEdge(self.clk)
            await ReadOnly()
            if int(self.rst.value):
                held = None
                continue
            if not int(self.valid.value):
                assert held is None, "valid was withdrawn"
                continue
            payload = self.payload.value.to_unsigned()
            assert held in (None, payload), "payload changed while it was offered"
            held = payload
            if int(self.ready.value):
                held = None
                self.observe(now(), self.kind.unpack(payload))
