"""Logs with fields, in words or as JSON.

Nothing secret gets here: passwords and tokens are kept in a type that does not show them, URLs
hold none, and the two are never passed to a logger. Tracebacks show lines of code and no values.
"""

import sys
from typing import TextIO

import structlog

from .config import LogSettings

__all__ = ["set_up_logs"]

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

#: More than any message has.
_SILENT = 100


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
    level = _SILENT if quiet and settings.file is None else _LEVELS[settings.level]
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
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    return out
