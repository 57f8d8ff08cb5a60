"""A chain of chips, compiled: bytes in and out of the serial port, link clock by link clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from amaranth.hdl import Elaboratable

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig
from sluice.rtl.link.config import RESET_DIVIDER
from sluice.rtl.protocol.decoder import ResponseDecoder
from sluice.rtl.protocol.registers import baud_rate
from sluice.rtl.protocol.responses import Response

from .chiplib import ByteRecord, Disturbance, FaultRecord, Until, library
from .compile import CompileError, Progress, compiled, compiled_verilog, silent

__all__ = ["DEAF", "LINK_CLOCK", "Byte", "CompiledChain", "Disturbance", "Until"]

HARNESS = Path(__file__).with_name("chip.cpp")

#: The slowest link clock that a chip takes, and so the cheapest: eight cycles a bit after reset.
LINK_CLOCK = 925926.0

#: Link cycles after a reset in which the chips clear their registers and hear nothing.
DEAF = 1100

#: Bytes fetched at a time.
ROOM = 1024

#: Link cycles between two chances for an interrupt.
CHUNK = 1 << 13


@dataclass(frozen=True)
class Byte:
    """What arrived at the host.

    Parameters
    ----------
    cycle
        The link cycle of its stop bit, counted from the start of the model.
    value
        The byte.
    bad
        It had no stop bit, or its start bit was over by the middle.
    """

    cycle: int
    value: int
    bad: bool


class CompiledChain:
    """Chips one behind the other, and a host's serial port. It is also a context manager.

    The chips are compiled once, however many there are. After it is made, and after each
    :meth:`reset`, the chips listen.

    Parameters
    ----------
    config
        Of each chip. A `link_clock` of :data:`LINK_CLOCK` makes the traffic cheapest.
    chips
        How many.
    hash_per_link
        Hash cycles in so many link cycles. It is this, not the configuration, that decides how the
        simulated clocks relate.
    waves
        Whether :meth:`record` can be called. Such a model is compiled separately, and slower.
    progress
        Called while the model is compiled.
    make
        Makes another component with the ports of a chip.
    verilog
        Verilog in its place: the module ``top`` has the ports of a chip.
    harness
        A C++ file that does what ``chip.cpp`` does, and more.

    Raises
    ------
    ~.tools.MissingTool, ~.compile.CompileError
        As :func:`~.compile.compiled` does.
    """

    def __init__(
        self,
        config: ChipConfig,
        *,
        chips: int = 1,
        hash_per_link: tuple[int, int] = (1, 1),
        waves: bool = False,
        progress: Progress = silent,
        make: Callable[[ChipConfig], Elaboratable] = Chip,
        verilog: str | None = None,
        harness: Path = HARNESS,
    ) -> None:
        if chips < 1:
            raise ValueError(f"chips must be at least 1, not {chips}")
        _check_ratio(hash_per_link)
        if verilog is not None:
            path = compiled_verilog(verilog, harness, progress=progress)
        else:
            key = repr(config) if make is Chip else None
            path = compiled(lambda: make(config), harness, key=key, waves=waves, progress=progress)
        self._config = config
        self._chips = chips
        self._library = library(path)
        self._model = self._library.chain_new(chips, *hash_per_link)
        self._decoder = ResponseDecoder()
        self._wake()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the model; a waveform that is being recorded is complete then."""
        if self._model:
            self._library.chain_delete(self._model)
            self._model = None

    @property
    def config(self) -> ChipConfig:
        """The configuration of each chip."""
        return self._config

    @property
    def chips(self) -> int:
        """How many."""
        return self._chips

    def _wake(self) -> None:
        self.set_baud(baud_rate(RESET_DIVIDER))
        self.run(DEAF)

    def record(self, path: Path, cycles: int) -> None:
        """Write the waveform of the next `cycles` link cycles to `path`, in FST."""
        if not self._library.chain_trace(self._model, str(path).encode(), cycles):
            raise CompileError(f"cannot write a waveform to {path}")

    def reset(self) -> None:
        """Reset all chips, and wait until they listen. What is on the lines is forgotten."""
        self._library.chain_reset(self._model)
        self._decoder = ResponseDecoder(self._decoder.length)
        self._wake()

    def set_baud(self, rate: float) -> None:
        """Change the host's rate at once; let what was sent go out before."""
        self._library.chain_rate(self._model, self._config.link_clock / rate)

    def set_ratio(self, hash_per_link: tuple[int, int]) -> None:
        """Change how many hash cycles there are in so many link cycles."""
        _check_ratio(hash_per_link)
        self._library.chain_ratio(self._model, *hash_per_link)

    def send(self, data: bytes, gap: float = 0) -> None:
        """Queue bytes; they go out as cycles pass, each after `gap` bit times of silence."""
        self._library.chain_send(self._model, data, len(data), gap)

    def disturb(self, line: int, delay: int, cycles: int, kind: Disturbance) -> None:
        """Damage a line for `cycles` link cycles, `delay` from now.

        Lines are numbered: first the `rx` of each chip, then the `tx` of each chip.
        """
        if not 0 <= line < 2 * self._chips:
            raise ValueError(f"line must be 0 to {2 * self._chips - 1}, not {line}")
        start = self.cycle + delay
        self._library.chain_disturb(self._model, FaultRecord(start, start + cycles, line, kind))

    def run(self, cycles: int, until: Until = Until.CYCLES) -> int:
        """Let up to `cycles` link cycles pass; how many did."""
        done = 0
        while done < cycles:
            amount = min(CHUNK, cycles - done)
            passed = int(self._library.chain_run(self._model, amount, until))
            done += passed
            if passed < amount:
                break
        return done

    def take(self) -> list[Byte]:
        """What arrived since this was last called, oldest first."""
        room = (ByteRecord * ROOM)()
        taken: list[Byte] = []
        while count := self._library.chain_take(self._model, room, ROOM):
            taken += [Byte(byte.cycle, byte.value, bool(byte.bad)) for byte in room[:count]]
        return taken

    def frames(self, cycles: int, count: int = 0, length: int | None = None) -> list[Response]:
        """Let up to `cycles` link cycles pass, fewer once `count` frames arrived; the frames.

        Parameters
        ----------
        cycles
            At most so many.
        count
            0 for all that arrive.
        length
            Bytes of a response from now on: see :class:`ResponseDecoder`.
        """
        if length is not None:
            self._decoder.length = length
        found: list[Response] = []
        end = self.cycle + cycles
        while self.cycle < end and not (count and len(found) >= count):
            self.run(end - self.cycle, Until.BYTE)
            found += self._decoded()
        return found

    def _decoded(self) -> Iterator[Response]:
        for byte in self.take():
            if byte.bad:
                self._decoder.timeout()
            else:
                yield from self._decoder.feed(bytes([byte.value]))

    @property
    def discarded(self) -> int:
        """Bytes seen by :meth:`frames` that belonged to no frame."""
        return self._decoder.discarded

    @property
    def sent(self) -> bool:
        """Whether everything that was to be sent has been sent."""
        return bool(self._library.chain_idle(self._model))

    @property
    def pending(self) -> int:
        """Bytes that wait to be sent."""
        return int(self._library.chain_pending(self._model))

    @property
    def cycle(self) -> int:
        """Link cycles since the model was made."""
        return int(self._library.chain_cycle(self._model))

    @property
    def hash_cycle(self) -> int:
        """Hash cycles since the model was made."""
        return int(self._library.chain_hash_cycle(self._model))


def _check_ratio(hash_per_link: tuple[int, int]) -> None:
    if not all(1 <= part < 1 << 16 for part in hash_per_link):
        raise ValueError(f"hash_per_link must be two numbers from 1 to 65535, not {hash_per_link}")
