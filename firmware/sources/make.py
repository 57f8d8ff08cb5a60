"""Sources by their settings."""

from ..config import BenchmarkSettings, PoolSettings, SoloSettings
from .base import Listener, Source
from .benchmark import BenchmarkSource
from .journal import Journal
from .solo import SoloSource
from .stratum import StratumSource

__all__ = ["make_source"]


def make_source(
    index: int, settings: PoolSettings, listener: Listener, journal: Journal, *, rolling: bool
) -> Source:
    """The source that settings describe.

    Parameters
    ----------
    index, listener
        See :class:`~.base.Source`.
    settings
        Of it.
    journal
        Where blocks wait until a node has judged them.
    rolling
        Whether version bits may be used.
    """
    if isinstance(settings, SoloSettings):
        return SoloSource(index, settings, listener, journal, version_rolling=rolling)
    if isinstance(settings, BenchmarkSettings):
        return BenchmarkSource(index, settings, listener, version_rolling=rolling)
    return StratumSource(index, settings, listener, version_rolling=rolling)
