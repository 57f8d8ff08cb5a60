"""Logs with fields, in words or as JSON.

Nothing secret gets here: passwords and tokens are kept in a type that does not show them, URLs
hold none, and the two are never passed to a logger. Tracebacks show lines of code and no values.
"""

import sys
from typing import NoReturn, TextIO

import structlog

from .config import LogSettings

__all__ = ["set_up_logs"]

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def _drop(*_: object) -> NoReturn:
    """A processor that lets nothing through."""
    raise structlog.DropEvent


def set_up_logs(settings: LogSettings, *, quiet: bool = False) -> TextIO:
    """Send logs where the settings say; gives what they go to, open as long as there are any.

    Parameters
    ----------
    quiet
        Somebody else writes to the terminal: without a file there are no logs.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    out: TextIO = sys.stderr
    if settings.file is not None:
        out = settings.file.open("a", encoding="utf-8", buffering=1)
    if settings.format == "json":
        last: list[structlog.typing.Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    else:
        # The default one shows local variables, and passwords are among them.
        plain = structlog.dev.plain_traceback
        last = [
            structlog.dev.ConsoleRenderer(
                colors=out.isatty(), pad_event_to=0, exception_formatter=plain
            )
        ]
    structlog.configure(
        processors=[
            *([_drop] if quiet and settings.file is None else []),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.level]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    return out
