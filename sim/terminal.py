"""A pseudo-terminal in the place of a serial port."""

import os
import re
import select
import termios
import tty
from pathlib import Path

#: Bytes read at a time.
ROOM = 4096

#: Bits a second by the constants that terminals have for them.
RATES = {
    getattr(termios, name): int(name[1:]) for name in dir(termios) if re.fullmatch(r"B\d+", name)
}


class PseudoTerminal:
    """A pseudo-terminal that hosts open as they would a serial port.

    It stays as it is while hosts close it and open it again. It is raw: bytes pass unchanged, and
    nothing is echoed. The baud rate that a host sets can be looked at, and has no other effect.

    Parameters
    ----------
    link
        Where to make a symbolic link to it, if anywhere. A link that is there already is replaced
        if what it named is gone.

    Raises
    ------
    OSError
        The link cannot be made, or there is something else in its place.
    """

    def __init__(self, link: Path | None = None) -> None:
        # Our own hold on the host's end keeps it raw while no host has it open.
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self._speed = termios.tcgetattr(self._near)[5]
        self._name = os.ttyname(self._far)
        self._link: Path | None = None
        if link:
            if link.is_symlink() and not link.exists():
                link.unlink()
            try:
                link.symlink_to(self._name)
            except OSError:
                self.close()
                raise
            self._link = link

    @property
    def name(self) -> str:
        """What hosts open."""
        return self._name

    @property
    def rate(self) -> int | None:
        """Bits a second that a host has set; ``None`` if none has, or an unusual rate."""
        speed = termios.tcgetattr(self._near)[5]
        return None if speed == self._speed else RATES.get(speed)

    def close(self) -> None:
        """Remove it, and the link if it is still ours."""
        if self._link and self._link.is_symlink() and str(self._link.readlink()) == self._name:
            self._link.unlink()
        os.close(self._near)
        os.close(self._far)

    def read(self, wait: float = 0) -> bytes:
        """What a host has written, after at most `wait` seconds; nothing if it has not."""
        try:
            ready, _, _ = select.select([self._near], [], [], wait)
            return os.read(self._near, ROOM) if ready else b""
        except (BlockingIOError, InterruptedError):
            return b""

    def write(self, data: bytes) -> bool:
        """Give a host bytes to read; whether there was room for all of them."""
        try:
            return os.write(self._near, data) == len(data)
        except BlockingIOError:
            return False

    def discard(self) -> None:
        """Forget what no host has read."""
        termios.tcflush(self._far, termios.TCIFLUSH)
