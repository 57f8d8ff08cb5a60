"""Validation of fields, with messages that name the field and the value."""

__all__ = ["check_length", "check_range"]


def check_range(field: str, value: int, width: int) -> int:
    """Return `value` if it is an unsigned number of `width` bits.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not 0 <= value < 1 << width:
        raise ValueError(f"{field} must be between 0 and {(1 << width) - 1:#x}, not {value:#x}")
    return value


def check_length(field: str, value: bytes, length: int) -> bytes:
    """Return `value` as bytes if it is `length` bytes long.

    Raises
    ------
    ValueError
        If it is not.
    """
    if len(value) != length:
        raise ValueError(f"{field} must be {length} bytes, not {len(value)}")
    return bytes(value)
