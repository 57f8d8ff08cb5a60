"""What has passed in a turn of a rolled core: words of a group in, bits of a nonce out."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from .rolledconfig import RolledConfig


class RolledFound(wiring.Component):
    """A memory with a word for each group and nonce of a unit. Nothing in it is reset but counters.

    Parameters
    ----------
    config
        Of the core.

    Members
    -------
    test : In(1)
        In this clock `passed` is that of the first group, of the first nonce of each of its units.
        Those of the other nonces of a unit follow a clock after the other, and each group is
        `spacing` clocks of the configuration behind the one before.
    passed : In(bit for each lane of each unit of a group)
        Whether a nonce passes the mask there; the lanes of a unit are next to each other.
    gathered : Out(1)
        One clock, the last one of `gathering` clocks: from the next one on `found` is that of the
        first nonce.
    step : In(1)
        From the next clock on it is that of the next nonce.
    found : Out(bit for each lane)
        Where a nonce has passed, in the order of the nonces.
    """

    def __init__(self, config: RolledConfig) -> None:
        self._config = config
        super().__init__(
            {
                "test": In(1),
                "passed": In(config.units // config.groups * config.lanes),
                "gathered": Out(1),
                "step": In(1),
                "found": Out(config.lanes),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """A counter of clocks, and one of each of what makes the number of a nonce."""
        m = Module()
        config = self._config
        members = config.units // config.groups
        style = "distributed" if config.make_technology().lut_words else "logic"
        m.submodules.memory = memory = Memory(
            shape=len(self.passed),
            depth=config.groups * config.interleave,
            init=[],
            attrs={"ram_style": style},
        )
        write, read = memory.write_port(), memory.read_port(domain="comb")

        clock, taking = Signal(range(config.gathering)), Signal()
        # With one nonce in a unit there is a clock between two groups.
        between = config.spacing - config.interleave
        m.d.comb += [
            taking.eq(self.test | (clock != 0)),
            self.gathered.eq(taking & (clock == config.gathering - 1)),
            write.en.eq(taking & (clock[:between] == 0)),
            write.addr.eq(clock[between:]),
            write.data.eq(self.passed),
        ]
        with m.If(self.gathered):
            m.d.sync += clock.eq(0)
        with m.Elif(taking):
            m.d.sync += clock.eq(clock + 1)

        place = Signal(range(config.interleave), reset_less=True)
        unit = Signal(range(members), reset_less=True)
        first = Signal.like(read.addr, reset_less=True)
        m.d.comb += [
            read.addr.eq(first + place),
            self.found.eq(read.data.word_select(unit, config.lanes)),
        ]
        with m.If(self.gathered):
            m.d.sync += [place.eq(0), unit.eq(0), first.eq(0)]
        with m.Elif(self.step):
            m.d.sync += place.eq(place + 1)
            with m.If(place == config.interleave - 1):
                m.d.sync += [place.eq(0), unit.eq(unit + 1)]
                with m.If(unit == members - 1):
                    m.d.sync += [unit.eq(0), first.eq(first + config.interleave)]
        return m
