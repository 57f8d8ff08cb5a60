"""Every operation has a unit of its own: a nonce enters in every cycle."""

from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.reservation import ReservationTable

from ..mining import mining_graph
from .binding import Binding, RangeWord


def binding(lanes: int, rounds: int, graph: Graph | None = None) -> Binding:
    """One slot, and nothing to fold; the operations are made in `graph`, if that is given."""
    table = ReservationTable(1)
    table.graph = mining_graph(lanes, rounds, graph)
    return Binding(table=table, inputs={"nonce": (RangeWord.NONCE,)})
