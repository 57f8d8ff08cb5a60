"""What a miner asks a pool before its first share."""

from collections.abc import Iterator, Set
from enum import IntEnum
from importlib.metadata import version as version_of
from typing import Any

from ..config import StratumSettings

__all__ = ["AGENT", "FIRST_SUBMIT", "OPTIONAL", "ROLLING", "Ask", "greeting"]

#: Who we are.
AGENT = f"sluice/{version_of('sluice-miner')}"

#: Version bits to ask for (BIP 320).
ROLLING = 0x1FFFE000


class Ask(IntEnum):
    """Requests by their ids, which come back in replies."""

    CONFIGURE = 1
    SUBSCRIBE = 2
    AUTHORIZE = 3
    SUGGEST = 4
    EXTRANONCE = 5

    @property
    def method(self) -> str:
        """What is called."""
        return _METHODS[self]


_METHODS = {
    Ask.CONFIGURE: "mining.configure",
    Ask.SUBSCRIBE: "mining.subscribe",
    Ask.AUTHORIZE: "mining.authorize",
    Ask.SUGGEST: "mining.suggest_difficulty",
    Ask.EXTRANONCE: "mining.extranonce.subscribe",
}

#: Shares have this id and those after it.
FIRST_SUBMIT = 10

#: What can be mined without. Some pools hang up on such a request.
OPTIONAL = frozenset({Ask.CONFIGURE, Ask.SUGGEST, Ask.EXTRANONCE})


def greeting(
    settings: StratumSettings, *, rolling: bool, without: Set[Ask] = frozenset()
) -> Iterator[tuple[Ask, list[Any]]]:
    """Requests and their parameters, in the order in which they are sent.

    Parameters
    ----------
    settings
        Of the pool. What it does not ask for is not asked.
    rolling
        Whether to ask for version rolling (BIP 310).
    without
        What to leave out.
    """
    asks: dict[Ask, list[Any]] = {}
    extensions, options = _extensions(settings, rolling=rolling)
    if extensions:
        asks[Ask.CONFIGURE] = [extensions, options]
    asks[Ask.SUBSCRIBE] = [AGENT]
    asks[Ask.AUTHORIZE] = [settings.user, settings.password.get_secret_value()]
    if settings.suggest_difficulty is not None:
        asks[Ask.SUGGEST] = [settings.suggest_difficulty]
    if settings.extranonce_subscribe:
        asks[Ask.EXTRANONCE] = []
    for ask, params in asks.items():
        if ask not in without:
            yield ask, params


def _extensions(
    settings: StratumSettings, *, rolling: bool
) -> tuple[list[str], dict[str, str | float]]:
    """Names and options for ``mining.configure``; none if there is nothing to ask for."""
    names: list[str] = []
    options: dict[str, str | float] = {}
    if rolling:
        names.append("version-rolling")
        options["version-rolling.mask"] = f"{ROLLING:08x}"
        options["version-rolling.min-bit-count"] = 2
    if settings.minimum_difficulty is not None:
        names.append("minimum-difficulty")
        options["minimum-difficulty.value"] = settings.minimum_difficulty
    if names and settings.extranonce_subscribe:
        # By itself it is asked for with a request of its own, which more pools know.
        names.append("subscribe-extranonce")
    return names, options
