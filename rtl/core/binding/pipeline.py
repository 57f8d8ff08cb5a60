"""Every operation has a unit of its own: a nonce enters in every cycle."""

from ..mining import mining_graph
from .binding import Binding, RangeWord


def binding(lanes: int, rounds: int) -> Binding:
    """One slot."""
    return Binding(
        graph=mining_graph(lanes, rounds),
        slots=1,
        periods=1,
        gap=0,
        inputs={"nonce": (RangeWord.NONCE,)},
        tap=0,
    )
