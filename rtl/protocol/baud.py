"""Baud rates, and the dividers that hosts write for them."""

from sluice.rtl.protocol.checks import check_range

#: The crystal of the boards that these chips sit on; the baud divider refers to it.
CRYSTAL = 25e6

#: Rates of dividers that are not what the crystal makes: ESP-Miner goes on at 1,000,000 baud with
#: the BM1366, BM1368 and BM1370, and at 3,000,000 with the BM1372 and BM1373.
EXACT = {0: 3e6, 2: 1e6}


def baud_rate(divider: int) -> float:
    """Bits a second for the divider field of register 0x28.

    That is 25 MHz / (8 (divider + 1)), but for dividers 2 and 0: hosts that write them go on at
    exactly 1 Mbaud and 3 Mbaud, and so does Sluice.
    """
    check_range("divider", divider, 8)
    return EXACT.get(divider, CRYSTAL / (8 * (divider + 1)))


def baud_divider(rate: float) -> int:
    """The divider that comes closest to `rate` bits a second."""
    return min(range(256), key=lambda divider: abs(baud_rate(divider) / rate - 1))
