"""All boards."""

from . import (
    colorlight_5a75b,
    colorlight_i5,
    ecp5_evn,
    hx8k,
    icebreaker,
    orangecrab,
    tinyfpga_bx,
    ulx3s,
    upduino,
)
from .board import Board

#: By name; iCE40 first.
BOARDS: dict[str, Board] = {
    board.name: board
    for module in (
        icebreaker,
        upduino,
        tinyfpga_bx,
        hx8k,
        ulx3s,
        orangecrab,
        colorlight_5a75b,
        colorlight_i5,
        ecp5_evn,
    )
    for board in module.BOARDS
}


def board(name: str) -> Board:
    """A board by its name.

    Raises
    ------
    ValueError
        There is none. The message names all that are.
    """
    try:
        return BOARDS[name]
    except KeyError:
        raise ValueError(f"board must be one of {', '.join(BOARDS)}, not {name!r}") from None
