"""What a core of engines of one round is made of."""

from dataclasses import dataclass

from sluice.rtl.hls.delay_model import DelayModel

from .config import CoreConfig

#: Folding factors: of an engine that does both hashes one after the other, of one whose lanes share
#: a schedule, and of one that has the midstates of its lanes in the memories of schedules.
SERIAL, SHARED_SCHEDULE, MIDSTATE_RAM = 136, 65, 69
#: Lanes whose midstates are loaded within the last one's slots.
MIDSTATE_LANES = 4
#: The nonces of a period are looked through within another one.
MAX_ENGINES = 96
MAX_C_SLOW = 4
MAX_DISTANCE = 8
#: Cycles from when nonces enter to when those of the period before are tested, at the most, beside
#: those on the way.
KNOWN = 16


@dataclass(frozen=True, kw_only=True)
class SerialConfig(CoreConfig):
    """Parameters of a core of engines of one round, which hash their nonces in step.

    Parameters
    ----------
    engines
        Engines of one round, 1 to 96.
    stages
        Broadcast stages, an equal part of the engines in each: every one works a cycle behind the
        one before, so that no wire leads to all engines. A divisor of `engines`. What a period has
        found is gathered and looked through within another one, which limits them.
    c_slow
        Threads of an engine, 1 to 4: nonces that take turns in it, a cycle each. So many registers
        are in its loops.
    distance
        Registers between the control and the first broadcast stage, each way, 0 to 8: on a large
        device they are far from each other.
    decoder
        Whether what the slot decides is read from block RAM: on a slow device look-up tables that
        decode it are many in a row.
    late_level
        Whether, with a distance, the level of the queue of hits is known a cycle later: the wires
        of its counter are the longest of some chips.
    slack
        Nanoseconds of the period that a path is to leave to long wires, where a register does it.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    technology: str = "ice40"
    ram_from: int = 5
    queue: int = 1
    engines: int = 4
    stages: int = 1
    c_slow: int = 1
    distance: int = 0
    decoder: bool = False
    late_level: bool = False
    slack: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.within("engines", 1, MAX_ENGINES)
        if self.midstate_ram:
            most = MIDSTATE_LANES
            self.check("lanes", self.lanes <= most, f"at most {most} in {self.technology}")
            for name, only in (("engines", 1), ("c_slow", 1), ("distance", 0), ("queue", 1)):
                wanted = f"{only} with lanes in {self.technology}"
                self.check(name, getattr(self, name) == only, wanted)
        good = self.stages >= 1 and self.engines % self.stages == 0
        self.check("stages", good, f"a divisor of {self.engines} engines")
        self.within("c_slow", 1, MAX_C_SLOW)
        self.within("distance", 0, MAX_DISTANCE)
        self.check("slack", 0 <= self.slack < self.delays().period, "0 or more, below the period")
        self.check("queue", self.queue >= 8 or not self.distance, "at least 8 with a distance")
        known = self.results.looking + self.c_slow + 2 * self.distance + KNOWN
        free = self.slots * self.c_slow - known
        most = self.engines + free // self.c_slow
        self.check("engines", self.engines <= most, f"at most {most}")
        most = 1 + free // self.results.spacing
        self.check("stages", self.stages <= most, f"at most {most} of {self.engines} engines")

    @property
    def midstate_ram(self) -> bool:
        """Whether its engine has lanes whose midstates are in the memories of schedules."""
        return self.lanes > 1 and not self.gated_sums

    @property
    def gated_sums(self) -> bool:
        """Whether a sum has a gate or a choice for an operand at no cost."""
        return self.make_technology().delays.gated_operands

    @property
    def slots(self) -> int:
        """The folding factor ``N``."""
        if self.lanes == 1:
            return SERIAL
        return MIDSTATE_RAM if self.midstate_ram else SHARED_SCHEDULE

    @property
    def threads(self) -> int:
        """Cycles of a slot, the C-slow factor."""
        return self.c_slow

    @property
    def share(self) -> bool:
        """Whether what lanes share is formed once."""
        return self.lanes > 1

    def delays(self) -> DelayModel:
        """A function and two sums in a row, which is a round, if no period is given.

        Three sums where the last one is a gate: a round takes as many, and a function if no sum
        takes that in.

        On iCE40 the register behind an operation is free, and one beside a memory is not: there is
        none unless an engine has the time for it.
        """
        technology = self.make_technology()
        delays = technology.delays
        if delays.gated_operands:
            usual = delays.period(adders=3, functions=0 if delays.absorbs else 1)
        else:
            usual = delays.period(adders=2, functions=1)
        latency = 4 if technology.ram_register or self.c_slow > 1 else 2
        period, slack = self.period or usual, self.slack
        return DelayModel(delays=delays, period=period, ram_latency=latency, slack=slack)
