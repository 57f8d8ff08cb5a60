"""Tables ``[mining]``, ``[[chains]]`` and ``[log]``."""

from typing import Annotated, Literal

from platformdirs import user_state_path
from pydantic import Field, field_validator

from sluice.rtl.protocol.difficulty import ticket_difficulty, ticket_mask

from .base import FilePath, Table

__all__ = ["AUTO", "BaudRate", "ChainSettings", "LogSettings", "MiningSettings"]

#: Instead of a port: the only one that a chip answers at.
AUTO = "auto"

BaudRate = Annotated[int, Field(ge=300, le=12_500_000)]


class MiningSettings(Table):
    """Table ``[mining]``.

    Attributes
    ----------
    state
        Folder for what has to outlast the daemon: blocks on their way, the best difficulty.
    version_rolling
        Whether chips may change version bits (BIP 320).
    results_rate
        Results a second that a chain is told to aim at, where pool and chips leave a choice.
    longest_wait
        Seconds between two attempts at a port or a pool that has failed grow up to this.
    """

    state: FilePath = Field(default_factory=lambda: user_state_path("sluice"))
    version_rolling: bool = True
    results_rate: float = Field(default=4.0, ge=0.01, le=1000)
    longest_wait: float = Field(default=60.0, ge=0.1, le=3600)


class ChainSettings(Table):
    """One of ``[[chains]]``: a serial port and the chips behind it.

    Attributes
    ----------
    port
        Device of the serial port; `AUTO` is the only one that a chip answers at.
    baud
        Rate that the chips have after reset.
    fast_baud
        Rate to go over to once they are set up.
    model, chips
        What has to be there; without them whatever answers is taken.
    frequency
        Hash clock in MHz that BM13xx are brought to. That of a Sluice is fixed, and it tells it.
    ticket
        Difficulty of the results that chips report, a power of two: chosen by hash rate if it is
        not given.
    nonce_span
        Nonces that each core of a Sluice does of a version before it goes on to the next; all of
        its share without it. Slow chips use version rolling with it.
    job_interval
        Seconds after which chips get a new job at the latest.
    answer_timeout
        Seconds of silence after which all chips are taken to have answered.
    silence
        Seconds without any answer after which a chain has failed.
    reset
        Line of the port that is pulled to reset the chips before they are set up.
    """

    port: str = Field(min_length=1)
    baud: BaudRate = 115200
    fast_baud: BaudRate | None = None
    model: Literal["bm1366", "bm1368", "bm1370"] | None = None
    chips: int | None = Field(default=None, ge=1, le=128)
    frequency: float | None = Field(default=None, ge=50, le=1200)
    ticket: float | None = Field(default=None, ge=1, le=1 << 32)
    nonce_span: int | None = Field(default=None, ge=1, lt=1 << 32)
    job_interval: float | None = Field(default=None, ge=0.05, le=600)
    answer_timeout: float = Field(default=1.0, ge=0.05, le=60)
    silence: float = Field(default=15.0, ge=1, le=600)
    reset: Literal["none", "dtr", "rts"] = "none"

    @field_validator("ticket")
    @classmethod
    def _power_of_two(cls, ticket: float | None) -> float | None:
        if ticket is not None and ticket_difficulty(ticket_mask(ticket)) != ticket:
            raise ValueError("must be a power of two")
        return ticket


class LogSettings(Table):
    """Table ``[log]``.

    Attributes
    ----------
    level
        Least important messages that are written.
    format
        ``words`` for people, ``json`` for programs.
    file
        Where to; standard error without it.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["words", "json"] = "words"
    file: FilePath | None = None
