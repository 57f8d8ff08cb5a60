"""What a link is made for."""

from dataclasses import dataclass

from sluice.rtl.protocol import models
from sluice.rtl.protocol.registers import Number, baud_rate, field_of

__all__ = ["OVERSAMPLING", "LinkConfig"]

#: Ticks a bit.
OVERSAMPLING = 8

#: Divider of register 0x28 after reset, for which the clock must do.
RESET_DIVIDER = field_of(Number.UART_BAUD, "divider").reset


@dataclass(frozen=True, kw_only=True)
class LinkConfig:
    """The parameters of a :class:`~.link.Link`.

    Parameters
    ----------
    model
        The chip whose place it takes, of :data:`~sluice.rtl.protocol.models.MODELS`.
    clock
        Frequency of the link clock in hertz, at least eight times the rate after reset. Rates that
        need more than it has are refused when a host asks for them: see `fastest_divider`.
    timeout_bits
        Bit times of silence after which a started frame is abandoned, a power of two. The default
        is 17.7 ms at the rate after reset and 2 ms at 1 Mbaud, so that hosts behind USB may
        stutter.
    queue
        Bytes that each of the three queues of frames holds, a power of two.
    chain
        Whether there is a next chip. Without, its port is silent and deaf.
    compact
        Half the memory for jobs, whose words come in five cycles each, and for registers: some that
        the chip does not know always read zero.

    Raises
    ------
    ValueError
        If a parameter is out of range.
    """

    model: str = "bm1370"
    clock: float = 25e6
    timeout_bits: int = 2048
    queue: int = 256
    chain: bool = True
    compact: bool = False

    def __post_init__(self) -> None:
        models.model(self.model)
        slowest = OVERSAMPLING * baud_rate(RESET_DIVIDER)
        # Rates of crystals are rounded to whole hertz.
        if not slowest - 1 <= self.clock <= 1e9:
            raise ValueError(f"clock must be between {slowest:.0f} and 1e9 Hz, not {self.clock:g}")
        for field, low, high in (("timeout_bits", 16, 1 << 16), ("queue", 256, 4096)):
            value = getattr(self, field)
            if not low <= value <= high or value & (value - 1):
                raise ValueError(
                    f"{field} must be a power of two between {low} and {high}, not {value!r}"
                )

    @property
    def chip(self) -> models.Model:
        """The model's particulars."""
        return models.model(self.model)

    @property
    def fastest_divider(self) -> int:
        """The smallest divider that the clock can serve."""
        enough = (d for d in range(256) if OVERSAMPLING * baud_rate(d) <= self.clock + 1)
        return min(enough)
