"""A chain of compiled chips behind a pseudo-terminal: who runs when, and how fast."""

from collections.abc import Callable

from sluice.rtl.link.config import RESET_DIVIDER
from sluice.rtl.link.recovery import BREAK_BITS
from sluice.rtl.protocol.commands import WriteRegister
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number, baud_rate

from .chip import DEAF, CompiledChain, Disturbance, Until
from .reference import mask_of
from .terminal import PseudoTerminal
from .traffic import Traffic

#: Hash cycles in so many link cycles while something is on the line, and while nothing is.
BUSY, QUIET = (1, 1), (4, 1)

#: Link cycles between two looks at the terminal.
SLICE = 1000

#: Bit times of silence after which nothing is under way: the chips have given up a started frame.
SILENCE = 2300

#: Bit times that a command takes from one chip to the next, with some to spare, and those after
#: which a chip has begun to answer.
HOP, ANSWER = 200, 40

#: Seconds for which a simulation without anything to do waits for the host.
WAIT = 0.1

#: Bytes taken from the host before the chips have heard them.
AHEAD = 4096


class VirtualChips:
    """Moves bytes between a host and simulated chips.

    Parameters
    ----------
    chain
        The chips.
    terminal
        The host's serial port.
    hit_bits
        Zero bits at the start of a hash that the chips report: written to their own register
        before a host hears of them, and after each reset. 32 if it is not given.
    shown
        Called with ``">"`` (towards the chips) or ``"<"`` and the words for each frame.
    """

    def __init__(
        self,
        chain: CompiledChain,
        terminal: PseudoTerminal,
        *,
        hit_bits: int | None = None,
        shown: Callable[[str, str], None] = lambda _direction, _text: None,
    ) -> None:
        self._chain = chain
        self._terminal = terminal
        self._hit_mask = None if hit_bits is None else mask_of(hit_bits)
        self._shown = shown
        self._link = chain.config.link()
        self.traffic = Traffic(model(chain.config.model))
        self.dropped = 0
        self.hashes = 0
        self._set_up()

    def _set_up(self) -> None:
        self._baud(RESET_DIVIDER)
        self._told = baud_rate(RESET_DIVIDER)
        self._whole = True
        if self._hit_mask is not None:
            self._chain.send(bytes(WriteRegister(Number.HIT_MASK, self._hit_mask)))
            self._drain(HOP * (self._chain.chips + 1))

    def reset(self) -> None:
        """Reset the chips, as a reset line would."""
        self._chain.reset()
        self._chain.take()
        self.traffic.reset()
        self._set_up()

    @property
    def baud(self) -> float:
        """The chips' rate, and the host's, in bits a second of simulated time."""
        return self._rate

    def _lost(self) -> bool:
        """Whether the host speaks at a slower rate than the one that it gave the chips."""
        rate = self._terminal.rate
        return (
            rate is not None and rate < self._told * 0.9 and self._told > baud_rate(RESET_DIVIDER)
        )

    def _break(self) -> None:
        """What chips hear of a host that has lost their rate: it is a break to them."""
        cycles = round((BREAK_BITS + 2) * self._chain.config.link_clock / self._rate)
        self._chain.disturb(0, 0, cycles, Disturbance.LOW)
        # Each chip hands the break on, and clears its registers.
        self._chain.run(cycles + (cycles + DEAF) * self._chain.chips)
        self._chain.take()
        self._shown("!", "the host has lost the baud rate: a break, which resets the chips")
        self.traffic.reset()
        self._set_up()

    def _baud(self, divider: int) -> None:
        self._rate = baud_rate(divider)
        self._chain.set_baud(self._rate)
        self._silence = round(SILENCE * self._chain.config.link_clock / self._rate)
        self._awake_until = self._chain.cycle

    def step(self) -> None:
        """Let a slice of simulated time pass, or wait for the host if there is nothing to do."""
        chain = self._chain
        active = not chain.sent or chain.cycle < self._awake_until
        asleep = not active and not self.traffic.mining
        data = b"" if chain.pending > AHEAD else self._terminal.read(WAIT if asleep else 0)
        if data:
            if self._lost():
                self._break()
            self._from_host(data)
            active = True
        if active or not asleep:
            chain.set_ratio(BUSY if active else QUIET)
            self._run(SLICE)

    def _from_host(self, data: bytes) -> None:
        # Byte by byte, since after a new baud rate the next byte travels at it.
        start = 0
        for at in range(len(data)):
            for text in self.traffic.from_host(data[at : at + 1]):
                self._shown(">", text)
            divider, self.traffic.divider = self.traffic.divider, None
            if divider is not None:
                self._told = baud_rate(divider)
            if divider is not None and divider >= self._link.fastest_divider:
                self._chain.send(data[start : at + 1])
                start = at + 1
                self._drain(ANSWER)
                self._baud(divider)
        self._chain.send(data[start:])
        self._awake_until = self._chain.cycle + self._silence

    def _drain(self, bits: int) -> None:
        """Run until everything has been sent, and then until so many bit times were silent."""
        while not self._chain.sent:
            self._run(SLICE, Until.SENT)
        cycles = round(bits * self._chain.config.link_clock / self._rate)
        while self._run(cycles):
            pass

    def _run(self, cycles: int, until: Until = Until.CYCLES) -> bool:
        """Let cycles pass; whether the chips said something."""
        before = self._chain.hash_cycle
        self._chain.run(cycles, until)
        if self.traffic.mining:
            config = self._chain.config
            lanes = config.cores * config.core.lanes * self._chain.chips
            self.hashes += (self._chain.hash_cycle - before) * lanes
        received = self._chain.take()
        if received:
            self._to_host(bytes(byte.value for byte in received if not byte.bad))
            self._awake_until = self._chain.cycle + self._silence
        return bool(received)

    def _to_host(self, data: bytes) -> None:
        for at in range(len(data)):
            byte = data[at : at + 1]
            frames = list(self.traffic.from_chip(byte))
            if self._whole and not self._terminal.write(byte):
                # Nobody reads: what has waited longest is of no use any more. Go on with the next
                # whole frame.
                self._terminal.discard()
                self._whole = False
            self.dropped += not self._whole
            for text in frames:
                self._shown("<", text)
                self._whole = True
