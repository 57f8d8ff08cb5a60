"""Everything that a host can say, in every state: all bins of a model are hit."""

from tests.coverage.bench import Bench
from tests.coverage.bins import bins


def test_closed() -> None:
    """The other models are other numbers in the same link: `make coverage` has them all."""
    assert set(Bench("bm1370", seed=1).hit()) == set(bins(("bm1370",)))
