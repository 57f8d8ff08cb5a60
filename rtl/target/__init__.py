"""How the operations are built on a device: one interface, a generic form, devices that do better.

A technology is chosen by its name; :func:`by_name` makes it.
"""

from .asic import ASIC, KoggeStone, Ripple, Sklansky
from .base import Technology
from .ecp5 import ECP5, ECP5Operators
from .generic import Generic
from .ice40 import ICE40

__all__ = ["TECHNOLOGIES", "Technology", "by_name"]

_ALL = (Generic, ECP5, ECP5Operators, ICE40, ASIC, Ripple, Sklansky, KoggeStone)
TECHNOLOGIES: dict[str, type[Technology]] = {made.name: made for made in _ALL}


def by_name(name: str) -> Technology:
    """The technology called `name`.

    Raises
    ------
    ValueError
        There is none.
    """
    if name not in TECHNOLOGIES:
        raise ValueError(f"technology must be one of {', '.join(TECHNOLOGIES)}, not {name!r}")
    return TECHNOLOGIES[name]()
