"""Keys that are pressed at the terminal, while there is a picture on it."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator

__all__ = ["listening"]


def _ours(descriptor: int) -> bool:
    """Whether keys come to this process: not to one in the background, nor to one without any."""
    try:
        return os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False


@contextlib.contextmanager
def listening(on_key: Callable[[str], None]) -> Iterator[bool]:
    """Call `on_key` with each key, until the block ends; yields whether there are any.

    Keys come at once and are not shown; Ctrl-C is what it always is.
    """
    try:
        import termios
        import tty

        descriptor = sys.stdin.fileno()
    except (ImportError, ValueError, AttributeError, OSError):
        yield False  # another system, or no standard input
        return
    if not _ours(descriptor):
        yield False
        return
    before = termios.tcgetattr(descriptor)
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            data = os.read(descriptor, 64)
        except OSError:
            data = b""
        if not data:
            loop.remove_reader(descriptor)  # the terminal is gone
        for key in data.decode(errors="ignore"):
            on_key(key)

    tty.setcbreak(descriptor)
    loop.add_reader(descriptor, read)
    try:
        yield True
    finally:
        loop.remove_reader(descriptor)
        with contextlib.suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
