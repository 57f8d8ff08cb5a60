"""A hashing core, compiled: work words in, hits out, cycle by cycle."""

import ctypes
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from amaranth.hdl import Elaboratable

from .compile import Change, CompileError, Progress, compiled, silent

HARNESS = Path(__file__).with_name("core.cpp")

#: Cycles between two calls of a progress function, and between two chances for an interrupt.
CHUNK = 1 << 15


class Until(IntEnum):
    """When a run ends before its last cycle."""

    #: It does not.
    CYCLES = 0
    #: All words are written: the last job is active in a cycle that follows.
    LOADED = 1
    #: All words are written, and every nonce of every job has been tested.
    IDLE = 2
    #: A hit came out, or there is none to come.
    HIT = 3


@dataclass(frozen=True)
class Hit:
    """A nonce that the hardware reports.

    Parameters
    ----------
    cycle
        The cycle in which it left the core, counted from the start of the model.
    nonce
        The header's last word as the hash function sees it.
    tag
        Of the job.
    lanes
        A bit for each lane; those set hit the target.
    """

    cycle: int
    nonce: int
    tag: int
    lanes: int


class _Hit(ctypes.Structure):
    _fields_ = (
        ("cycle", ctypes.c_uint64),
        ("lanes", ctypes.c_uint64),
        ("nonce", ctypes.c_uint32),
        ("tag", ctypes.c_uint32),
    )


_ROOM = 1024
_CALLS: dict[str, tuple[Any, list[Any]]] = {
    "new": (ctypes.c_void_p, [ctypes.c_uint64]),
    "delete": (None, [ctypes.c_void_p]),
    "reset": (None, [ctypes.c_void_p]),
    "write": (None, [ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint64), ctypes.c_size_t]),
    "run": (ctypes.c_uint64, [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint32]),
    "take": (ctypes.c_size_t, [ctypes.c_void_p, ctypes.POINTER(_Hit), ctypes.c_size_t]),
    "idle": (ctypes.c_bool, [ctypes.c_void_p]),
    "cycle": (ctypes.c_uint64, [ctypes.c_void_p]),
    "hits_lost": (ctypes.c_uint32, [ctypes.c_void_p]),
    "refused": (ctypes.c_uint32, [ctypes.c_void_p]),
    "hashed": (ctypes.c_uint64, [ctypes.c_void_p]),
    "starved": (ctypes.c_uint64, [ctypes.c_void_p]),
    "turns": (ctypes.c_uint64, [ctypes.c_void_p]),
    "trace": (ctypes.c_bool, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint64]),
}


@cache
def _library(path: Path) -> ctypes.CDLL:
    library = ctypes.CDLL(str(path))
    for name, (result, arguments) in _CALLS.items():
        function = getattr(library, f"core_{name}")
        function.restype, function.argtypes = result, arguments
    return library


class CompiledCore:
    """One instance of a compiled core, reset and idle. It is also a context manager.

    Parameters
    ----------
    make
        Makes the component: a core as :mod:`sluice.rtl.core` has them.
    key
        See :func:`~.netlist.netlist`.
    seed
        If given, hits are accepted and words are offered in pseudo-random cycles only; if not,
        always.
    waves
        Whether :meth:`record` can be called. Such a model is compiled separately, and slower.
    change
        What is changed in the Verilog, without waves: with what a count begins, for example.
    progress
        Called while the model is compiled.

    Raises
    ------
    ~.tools.MissingTool, ~.compile.CompileError
        As :func:`~.compile.compiled` does.
    """

    def __init__(
        self,
        make: Callable[[], Elaboratable],
        *,
        key: str | None = None,
        seed: int | None = None,
        waves: bool = False,
        change: Change | None = None,
        progress: Progress = silent,
    ) -> None:
        path = compiled(make, HARNESS, key=key, waves=waves, change=change, progress=progress)
        self._library = _library(path)
        # Zero is the harness's way to say "always".
        self._model = self._library.core_new(0 if seed is None else seed << 1 | 1)

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
            self._library.core_delete(self._model)
            self._model = None

    def record(self, path: Path, cycles: int) -> None:
        """Write the waveform of the next cycles, so many, to `path`, in FST."""
        if not self._library.core_trace(self._model, str(path).encode(), cycles):
            raise CompileError(f"cannot write a waveform to {path}")

    def reset(self) -> None:
        """Hold the reset for one cycle. What was not yet written is forgotten."""
        self._library.core_reset(self._model)

    def write(self, words: Iterable[tuple[int, int]]) -> None:
        """Queue work words, each an address and data; they are written as cycles pass."""
        packed = [address | data << 8 for address, data in words]
        array = (ctypes.c_uint64 * len(packed))(*packed)
        self._library.core_write(self._model, array, len(packed))

    def run(self, cycles: int, until: Until = Until.CYCLES) -> int:
        """Let up to so many cycles pass; how many did."""
        done = 0
        while done < cycles:
            amount = min(CHUNK, cycles - done)
            passed = int(self._library.core_run(self._model, amount, until))
            done += passed
            if passed < amount:
                break
        return done

    def take(self) -> list[Hit]:
        """The hits since this was last called, oldest first."""
        room = (_Hit * _ROOM)()
        hits: list[Hit] = []
        while count := self._library.core_take(self._model, room, _ROOM):
            hits += [Hit(hit.cycle, hit.nonce, hit.tag, hit.lanes) for hit in room[:count]]
        return hits

    @property
    def idle(self) -> bool:
        """Whether all words are written, all nonces tested and all hits taken."""
        return bool(self._library.core_idle(self._model))

    @property
    def cycle(self) -> int:
        """Clocks since the model was made."""
        return int(self._library.core_cycle(self._model))

    @property
    def hits_lost(self) -> int:
        """The core's count of hits that found its queue full."""
        return int(self._library.core_hits_lost(self._model))

    @property
    def refused(self) -> int:
        """The core's count of jobs whose first nonce is above their last."""
        return int(self._library.core_refused(self._model))

    @property
    def hashed(self) -> int:
        """Nonces that the core says have entered, since the model was made."""
        return int(self._library.core_hashed(self._model))

    @property
    def starved(self) -> int:
        """Nonces that it says could have entered and did not."""
        return int(self._library.core_starved(self._model))

    @property
    def turns(self) -> int:
        """Jobs that were to wait for the end of a range, and are active or cancelled since."""
        return int(self._library.core_turns(self._model))
