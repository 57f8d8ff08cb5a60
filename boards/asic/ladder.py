"""The rows of the table of levers: what each optimisation is worth, in the same cells."""

from dataclasses import dataclass, replace
from typing import Any

from sluice.rtl.core import CoreConfig, PipelineConfig, RingConfig, SerialConfig

from .levers import LEVERS, LeverConfig


@dataclass(frozen=True)
class Rung:
    """A row.

    Members
    -------
    text
        What is new in it.
    config
        The core.
    clock_gates
        Whether registers with an enable get their clock through a clock gate.
    """

    text: str
    config: CoreConfig
    clock_gates: bool = False


def pipelines(lanes: tuple[int, ...] = (2, 4, 8)) -> list[Rung]:
    """Pipelines from the plainest one on, each with an optimisation more; then others.

    The others are the last one but for adders, register levels or lanes.
    """
    plain: dict[str, Any] = {"technology": "asic", "ram_from": 0}
    usual = PipelineConfig(**plain)
    delays = usual.delays()
    slow = round(2 * delays.period - delays.delays.register / 1000, 3)
    fast = delays.delays.period(adders=1, functions=2)
    on: list[dict[str, Any]] = [
        {name: name in LEVERS[:count] for name in LEVERS} for count in range(len(LEVERS))
    ]
    off = [LeverConfig(**plain, **switches) for switches in on]
    shared = replace(usual, share=True)
    saving = replace(shared, carry_save=True)
    best = replace(saving, period=slow)
    return [
        Rung("the plainest pipeline", off[0]),
        Rung("what depends on the job is done with it", off[1]),
        Rung("sums and registers in the best order", usual),
        Rung("`T1` once", shared),
        Rung("and carry-save adders", saving),
        Rung("and half the register levels", best),
        Rung("that with twice the levels", replace(saving, period=fast)),
        Rung("with ripple adders", replace(best, technology="asic-ripple", period=2 * slow)),
        Rung("with Sklansky's adders", replace(best, technology="asic-sklansky")),
        Rung("with Kogge and Stone's", replace(best, technology="asic-kogge-stone")),
        *(Rung(f"{count} AsicBoost lanes", replace(best, lanes=count)) for count in lanes),
    ]


def folded(lanes: tuple[int, ...] = (2, 4, 8)) -> list[Rung]:
    """A ring of eight rounds, and a serial engine, each with an optimisation more."""
    ring = RingConfig(technology="asic", ram_from=0, ring=8)
    serial = SerialConfig(technology="asic", ram_from=0, engines=1)
    return [
        Rung("a ring of eight rounds", ring),
        *(Rung(f"{count} AsicBoost lanes", replace(ring, lanes=count)) for count in lanes),
        Rung("a ring with clock gates", ring, True),
        Rung("and four lanes", replace(ring, lanes=4), True),
        Rung("and long waits in memory", replace(ring, ram_from=6), True),
        Rung("and words in place from 8 cycles on", replace(ring, in_place_from=8), True),
        Rung("and from 3 cycles on, so `a` and `e` too", replace(ring, in_place_from=3), True),
        Rung("a serial engine with clock gates", serial, True),
        Rung("and `a` and `e` in place", replace(serial, in_place_from=3), True),
    ]
