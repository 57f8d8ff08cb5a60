"""A chain of chips whose state can be changed, a bit at a time, while it runs."""

import ctypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig

from .chip import CompiledChain
from .compile import TOP, Progress, silent, verilog
from .netlist import netlist

__all__ = ["FlippedChain", "Place"]

HARNESS = Path(__file__).with_name("flips.cpp")

#: What Verilator takes as the mark of a variable that others change.
PUBLIC = " /*verilator public_flat_rw*/"

_MODULE = re.compile(r"^module .*?^endmodule", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"always @\(posedge [^)]*\)(?: begin\n.*?\n  end|\n.*?;)\n", re.DOTALL)
_ASSIGNED = re.compile(r"(\\\S+|\b[A-Za-z_]\w*) ?(?:\[[^]]*\])? <=")
_DECLARED = re.compile(r"^(  reg (?:\[\d+:0\] )?(\\\S+ |\w+)( ?\[\d+:0\])?)", re.MULTILINE)

_PLACES, _INDEX, _U32 = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32
_CALLS: dict[str, tuple[Any, list[Any]]] = {
    "new": (_PLACES, []),
    "delete": (None, [_PLACES]),
    "count": (ctypes.c_size_t, [_PLACES]),
    "name": (ctypes.c_char_p, [_PLACES, _INDEX]),
    "width": (_U32, [_PLACES, _INDEX]),
    "depth": (_U32, [_PLACES, _INDEX]),
    "flip": (None, [_PLACES, _INDEX, _U32, _U32]),
}


@dataclass(frozen=True)
class Place:
    """A register or a memory of a chip.

    Parameters
    ----------
    index
        Its number in the order of names.
    name
        Where it is: modules and signal, from ``chip0`` on.
    width
        Bits of a word.
    depth
        Words: 1 of a register.
    """

    index: int
    name: str
    width: int
    depth: int


def marked(text: str) -> str:
    """Verilog in which all state is public: registers, memories and what was read from them."""

    def mark(module: re.Match[str]) -> str:
        body = module[0]
        state = {name for block in _BLOCK.findall(body) for name in _ASSIGNED.findall(block)}

        def declare(found: re.Match[str]) -> str:
            is_state = found[3] or found[2].strip() in state
            return found[1] + PUBLIC if is_state else found[0]

        return _DECLARED.sub(declare, body)

    return _MODULE.sub(mark, text)


@cache
def _text(config: ChipConfig) -> str:
    return marked(verilog(netlist(lambda: Chip(config), TOP, repr(config))))


class FlippedChain(CompiledChain):
    """A :class:`~.chip.CompiledChain` with access to each bit of its state.

    Parameters
    ----------
    config
        Of each chip.
    hash_per_link
        Hash cycles in so many link cycles.
    progress
        Called while the model is compiled.

    Raises
    ------
    ~.tools.MissingTool, ~.compile.CompileError
        As :func:`~.compile.compiled` does.
    """

    def __init__(
        self,
        config: ChipConfig,
        *,
        hash_per_link: tuple[int, int] = (1, 1),
        progress: Progress = silent,
    ) -> None:
        progress("preparing the model", 0, 0)
        super().__init__(
            config,
            hash_per_link=hash_per_link,
            verilog=_text(config),
            harness=HARNESS,
            progress=progress,
        )
        for name, (result, arguments) in _CALLS.items():
            function = getattr(self._library, f"flips_{name}")
            function.restype, function.argtypes = result, arguments
        self._places = self._library.flips_new()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the model."""
        if self._model:
            self._library.flips_delete(self._places)
        super().close()

    def places(self) -> list[Place]:
        """All registers and memories, by name."""
        library, places = self._library, self._places
        return [
            Place(
                index,
                library.flips_name(places, index).decode(),
                library.flips_width(places, index),
                library.flips_depth(places, index),
            )
            for index in range(library.flips_count(places))
        ]

    def flip(self, place: Place, word: int, bit: int) -> None:
        """Change a bit between two cycles: it is what it is from the next edges on."""
        if not (0 <= word < place.depth and 0 <= bit < place.width):
            raise ValueError(f"{place.name} has no bit {bit} of word {word}")
        self._library.flips_flip(self._places, place.index, word, bit)
