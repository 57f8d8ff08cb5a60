"""What a rolled core is made of."""

from dataclasses import dataclass
from fractions import Fraction

from sluice.rtl.hls.delay_model import DelayModel

from .config import HashConfig

#: Folding factors: of an engine that does both hashes one after the other, of one whose lanes share
#: a schedule, and of one that has the midstates of its lanes in the memories of schedules.
SERIAL, SHARED_SCHEDULE, MIDSTATE_RAM = 136, 68, 72
#: Lanes whose midstates are loaded within the last one's slots.
MIDSTATE_LANES = 4
#: Nonces of a rolled core are looked through within a turn.
MAX_UNITS = 96
MAX_INTERLEAVE = 4
MAX_APPROACH = 8
#: Clocks from when the next range of a rolled core is known to when this one's first nonces are
#: tested, beside those on the way.
KNOWN = 16


@dataclass(frozen=True, kw_only=True)
class RolledConfig(HashConfig):
    """Parameters of a rolled core: units of one round that hash their nonces in step.

    Parameters
    ----------
    units
        Units, 1 to 96.
    groups
        Groups of units, each a clock behind the one before, so that no wire leads to all units; a
        divisor of `units`. What a turn has found is gathered and looked through within another
        turn, which limits them.
    interleave
        Nonces that a unit has in the works, a clock for each in turn, 1 to 4: so many registers
        are in its loops.
    approach
        Registers between the control and the first group, each way, 0 to 8: on a large device there
        is a distance between them.
    decoder
        Whether what the slot decides is read from block RAM: on a slow device look-up tables that
        decode it are many in a row.
    late_level
        Whether, with an approach, the level of the queue of hits is known a clock later: the wires
        of its counter are the longest of some chips.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    technology: str = "ice40"
    ram_from: int = 5
    queue: int = 1
    units: int = 4
    groups: int = 1
    interleave: int = 1
    approach: int = 0
    decoder: bool = False
    late_level: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("units", 1 <= self.units <= MAX_UNITS, f"1 to {MAX_UNITS}")
        if self.midstate_ram:
            most = MIDSTATE_LANES
            self._check("lanes", self.lanes <= most, f"at most {most} in {self.technology}")
            for name, only in (("units", 1), ("interleave", 1), ("approach", 0), ("queue", 1)):
                wanted = f"{only} with lanes in {self.technology}"
                self._check(name, getattr(self, name) == only, wanted)
        good = self.groups >= 1 and self.units % self.groups == 0
        self._check("groups", good, f"a divisor of {self.units} units")
        self._check("interleave", 1 <= self.interleave <= MAX_INTERLEAVE, f"1 to {MAX_INTERLEAVE}")
        self._check("approach", 0 <= self.approach <= MAX_APPROACH, f"0 to {MAX_APPROACH}")
        self._check("queue", self.queue >= 8 or not self.approach, "at least 8 with an approach")
        known = self.looking + self.interleave + 2 * self.approach + KNOWN
        free = self.slots * self.interleave - known
        most = self.units + free // self.interleave
        self._check("units", self.units <= most, f"at most {most}")
        most = 1 + free // self.spacing
        self._check("groups", self.groups <= most, f"at most {most} of {self.units} units")

    @property
    def midstate_ram(self) -> bool:
        """Whether its engine has lanes whose midstates are in the memories of schedules."""
        return self.lanes > 1 and not self.gates

    @property
    def gates(self) -> bool:
        """Whether a sum has a gate or a choice for an operand at no cost."""
        return self.make_technology().delays.gated_operands

    @property
    def slots(self) -> int:
        """The folding factor ``N``."""
        if self.lanes == 1:
            return SERIAL
        return MIDSTATE_RAM if self.midstate_ram else SHARED_SCHEDULE

    @property
    def nonces(self) -> int:
        """Nonces that are in the works at a time."""
        return self.units * self.interleave

    @property
    def spacing(self) -> int:
        """Clocks between what two groups have found.

        Each works a clock later, and it has a clock further to go, or as many as there are nonces
        in between.
        """
        return max(2, self.interleave)

    @property
    def gathering(self) -> int:
        """Clocks until all that has been found in a turn is there."""
        return (self.groups - 1) * self.spacing + self.interleave

    @property
    def looking(self) -> int:
        """Clocks in which all nonces of a turn are looked through."""
        return self.nonces + (6 if self.approach else 2)

    @property
    def rate(self) -> Fraction:
        """Nonces a cycle."""
        return Fraction(self.units, self.slots)

    @property
    def threads(self) -> int:
        """Cycles of a slot, the C-slow factor."""
        return self.interleave

    @property
    def shares(self) -> bool:
        """Whether what lanes share is formed once."""
        return self.lanes > 1

    def delays(self) -> DelayModel:
        """A function and two sums in a row, which is a round, if no period is given.

        Three sums where the last one is a gate: a round takes as many.

        On iCE40 the register behind an operation is free, and one beside a memory is not: there is
        none unless a unit has the time for it.
        """
        technology = self.make_technology()
        delays = technology.delays
        if delays.gated_operands:
            usual = delays.period(adders=3)
        else:
            usual = delays.period(adders=3 if self.midstate_ram else 2, functions=1)
        latency = 4 if technology.ram_register or self.interleave > 1 else 2
        return DelayModel(delays=delays, period=self.period or usual, ram_latency=latency)
