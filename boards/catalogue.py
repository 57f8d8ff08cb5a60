"""All boards."""

from difflib import get_close_matches

from sluice.rtl.config import ChipConfig

from . import (
    blackice_ii,
    colorlight_5a75b,
    colorlight_i5,
    ecp5_evn,
    ecpix5,
    hx8k,
    icebreaker,
    icebreaker_bitsy,
    icepi_zero,
    icesugar,
    icesugar_pro,
    logicbone,
    orangecrab,
    tinyfpga_bx,
    ulx3s,
    up5k_evn,
    upduino,
    versa,
)
from .board import Board

#: By name; iCE40 first.
BOARDS: dict[str, Board] = {
    board.name: board
    for module in (
        icebreaker,
        icebreaker_bitsy,
        icesugar,
        upduino,
        up5k_evn,
        tinyfpga_bx,
        hx8k,
        blackice_ii,
        ulx3s,
        icesugar_pro,
        icepi_zero,
        orangecrab,
        colorlight_5a75b,
        colorlight_i5,
        versa,
        ecpix5,
        logicbone,
        ecp5_evn,
    )
    for board in module.BOARDS
}


def board(name: str) -> Board:
    """A board by its name.

    Raises
    ------
    ValueError
        There is none. The message names those whose names are like it.
    """
    try:
        return BOARDS[name]
    except KeyError:
        like = get_close_matches(name.lower(), BOARDS, n=4, cutoff=0.5)
        meant = f"did you mean {' or '.join(like)}?" if like else "`sluice boards` lists them"
        raise ValueError(f"{name!r} is no board: {meant}") from None


def chips() -> dict[str, ChipConfig]:
    """The chip that each board gets unless it is told otherwise, by the board's name."""
    return {name: board.config for name, board in BOARDS.items()}
