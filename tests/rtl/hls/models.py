"""Delay models for tests: devices on which everything takes a nanosecond, and any others."""

from hypothesis import strategies as st

from sluice.rtl.hls.delay_model import DelayModel, Delays


def operators_per_cycle(operators: int, **cells: bool) -> DelayModel:
    """So many operations in a row between two registers."""
    delays = Delays(adder=1000, function=1000, sigma=1000, register=0, **cells)
    return DelayModel(delays=delays, period=operators)


def any_model() -> st.SearchStrategy[DelayModel]:
    delays = st.builds(
        Delays,
        adder=st.integers(1000, 2000),
        function=st.integers(200, 1000),
        sigma=st.integers(200, 1000),
        register=st.integers(0, 500),
    )
    slack = st.sampled_from([0.0, 1.2, 2.5])
    measured = st.builds(DelayModel, delays=delays, period=st.floats(3.0, 6.0), slack=slack)
    return st.one_of(st.integers(1, 3).map(operators_per_cycle), measured)
