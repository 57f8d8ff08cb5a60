"""Some rounds of hardware through which each nonce goes several times."""

from ..folding import Folding, folded_graph
from .binding import Binding, RangeWord


def binding(rounds: int, lanes: int) -> Binding:
    """A slot for each time that a nonce goes through `rounds` rounds."""
    folding = Folding(rounds)
    return Binding(
        graph=folded_graph(folding, lanes),
        slots=folding.passes,
        periods=1,
        gap=0,
        inputs={"nonce": (RangeWord.NONCE, *[None] * (folding.passes - 1))},
        tap=folding.passes - 1,
    )
