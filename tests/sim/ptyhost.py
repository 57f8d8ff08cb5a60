"""A host on the pseudo-terminal of chips that are simulated in the same thread."""

import serial

from sluice.sim.chip import LINK_CLOCK

#: Looks at a simulation that waits for its host, after which the host has written nothing.
LOOKS = 5


class PtyHost:
    """Writes and reads as firmware does; waits are in simulated time.

    Parameters
    ----------
    served
        The chips.
    terminal
        Their pseudo-terminal.
    """

    def __init__(self, served, terminal, chain):
        self.served = served
        self._chain = chain
        self._name = terminal.name
        self.open()

    def open(self):
        self.port = serial.Serial(self._name, 115200, timeout=0)

    def close(self):
        self.port.close()

    def write(self, *frames):
        for frame in frames:
            self.port.write(bytes.fromhex(frame) if isinstance(frame, str) else bytes(frame))

    def read(self, count, seconds):
        """Up to `count` bytes, all that come within so many seconds."""
        data = b""
        end = self._chain.cycle + round(seconds * LINK_CLOCK)
        idle = 0
        while len(data) < count and self._chain.cycle < end and idle < LOOKS:
            before = self._chain.cycle
            self.served.step()
            idle = idle + 1 if self._chain.cycle == before else 0
            data += self.port.read(count - len(data))
        return data

    def settle(self):
        """Until all is written and nothing more comes."""
        assert self.read(1, 100) == b""
