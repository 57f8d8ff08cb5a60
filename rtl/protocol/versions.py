"""Version rolling: a counter spread over the bits that the pool allows (BIP 320).

The chip counts versions from zero for each job. The counter's bits are spread over the ones of the
mask, lowest first; where they land are the *rolled bits*, header version bits 28:13. The header
hashed has ``version | rolled bits << 13``.
"""

from sluice.rtl.protocol.checks import check_range

__all__ = ["ROLLED_SHIFT", "ROLLED_WIDTH", "gather", "rolled", "spread", "version_count"]

#: Lowest header version bit that may roll, and how many there are (BIP 320).
ROLLED_SHIFT = 13
ROLLED_WIDTH = 16


def _places(mask: int) -> list[int]:
    check_range("mask", mask, ROLLED_WIDTH)
    return [bit for bit in range(ROLLED_WIDTH) if mask >> bit & 1]


def version_count(mask: int) -> int:
    """How many versions there are under `mask`: one if it is zero."""
    return 1 << len(_places(mask))


def spread(counter: int, mask: int) -> int:
    """The rolled bits of the version with number `counter`; the counter wraps."""
    return sum((counter >> i & 1) << place for i, place in enumerate(_places(mask)))


def gather(bits: int, mask: int) -> int:
    """The number of the version that has these rolled bits: undoes :func:`spread`.

    Raises
    ------
    ValueError
        If `bits` has ones where `mask` has none.
    """
    if check_range("bits", bits, ROLLED_WIDTH) & ~mask:
        raise ValueError(f"bits must lie within mask {mask:#06x}, not {bits:#06x}")
    return sum((bits >> place & 1) << i for i, place in enumerate(_places(mask)))


def rolled(version: int, bits: int) -> int:
    """The header version that was hashed, from the job's version and the rolled bits."""
    check_range("version", version, 32)
    return version | check_range("bits", bits, ROLLED_WIDTH) << ROLLED_SHIFT
