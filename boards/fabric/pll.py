"""What all PLLs have in common."""

from dataclasses import dataclass


class PllError(ValueError):
    """No setting of the PLL comes near the frequency. The message names it."""


@dataclass(frozen=True)
class Setting:
    """Dividers of a PLL.

    Parameters
    ----------
    frequency
        What comes out, in hertz.
    dividers
        Names of parameters and their values, as the primitive takes them.
    """

    frequency: float
    dividers: dict[str, int]


def check_reached(wanted: float, found: Setting | None, source: float) -> Setting:
    """The setting, if there is one within two percent.

    Raises
    ------
    PllError
        There is none.
    """
    if found is None or abs(found.frequency - wanted) > 0.02 * wanted:
        raise PllError(
            f"hash_clock must be one that the PLL makes from {source / 1e6:g} MHz, "
            f"not {wanted / 1e6:g} MHz"
        )
    return found
