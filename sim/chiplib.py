"""The functions of chip.cpp, and the records that they exchange."""

import ctypes
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any


class Until(IntEnum):
    """When a run ends before its last cycle."""

    #: It does not.
    CYCLES = 0
    #: A byte arrives at the host.
    BYTE = 1
    #: Everything that was to be sent has been sent.
    SENT = 2


class Disturbance(IntEnum):
    """What a fault does to a line."""

    LOW = 0
    HIGH = 1
    FLIP = 2


class ByteRecord(ctypes.Structure):
    """``Byte`` of serial.h."""

    _fields_ = (("cycle", ctypes.c_uint64), ("value", ctypes.c_uint32), ("bad", ctypes.c_uint32))


class FaultRecord(ctypes.Structure):
    """``Fault`` of chip.cpp."""

    _fields_ = (
        ("start", ctypes.c_uint64),
        ("end", ctypes.c_uint64),
        ("line", ctypes.c_uint32),
        ("kind", ctypes.c_uint32),
    )


_CHAIN, _U32, _U64 = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64
_CALLS: dict[str, tuple[Any, list[Any]]] = {
    "new": (_CHAIN, [_U32, _U32, _U32]),
    "delete": (None, [_CHAIN]),
    "reset": (None, [_CHAIN]),
    "send": (None, [_CHAIN, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_double]),
    "run": (_U64, [_CHAIN, _U64, _U32]),
    "take": (ctypes.c_size_t, [_CHAIN, ctypes.POINTER(ByteRecord), ctypes.c_size_t]),
    "rate": (None, [_CHAIN, ctypes.c_double]),
    "ratio": (None, [_CHAIN, _U32, _U32]),
    "disturb": (None, [_CHAIN, ctypes.POINTER(FaultRecord)]),
    "idle": (ctypes.c_bool, [_CHAIN]),
    "pending": (ctypes.c_size_t, [_CHAIN]),
    "cycle": (_U64, [_CHAIN]),
    "hash_cycle": (_U64, [_CHAIN]),
    "trace": (ctypes.c_bool, [_CHAIN, ctypes.c_char_p, _U64]),
}


@cache
def library(path: Path) -> ctypes.CDLL:
    """Load a compiled chain; its functions have their types."""
    loaded = ctypes.CDLL(str(path))
    for name, (result, arguments) in _CALLS.items():
        function = getattr(loaded, f"chain_{name}")
        function.restype, function.argtypes = result, arguments
    return loaded
