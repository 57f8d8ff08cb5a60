"""What all PLLs have in common: settings, and the limits that a data sheet gives."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

#: How far a setting may be from the frequency asked for.
NEAR = 0.02

_MHZ = 1e6


class PllError(ValueError):
    """No setting of the PLL makes the frequency. The message names it."""


@dataclass(frozen=True)
class Jitter:
    """Period jitter of a PLL's output, peak to peak, as data sheets give it: in two rows.

    Parameters
    ----------
    border
        Frequency of the output between the rows, in hertz.
    below, above
        Fraction of a period, or seconds, as `below_in` and `above_in` say.
    below_in, above_in
        ``UI`` or ``s``.
    """

    border: float
    below: float
    below_in: str
    above: float
    above_in: str

    def seconds(self, frequency: float) -> float:
        """At an output of so many hertz."""
        low = frequency < self.border
        value, unit = (self.below, self.below_in) if low else (self.above, self.above_in)
        return value / frequency if unit == "UI" else value


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the data sheet of a device guarantees of its PLL.

    Parameters
    ----------
    table
        Where that stands.
    source, feedback, detector, oscillator, output
        Lowest and highest frequency in hertz: of the reference and of the loop's input where they
        enter, of the phase detector, of the voltage-controlled oscillator, of an output.
    jitter
        Period jitter of the output.
    """

    table: str
    source: tuple[float, float]
    feedback: tuple[float, float]
    detector: tuple[float, float]
    oscillator: tuple[float, float]
    output: tuple[float, float]
    jitter: Jitter


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting of a PLL.

    Parameters
    ----------
    frequency
        What comes out, in hertz.
    source, feedback, detector, oscillator
        Frequencies in the loop, as in :class:`Limits`.
    dividers
        Names of parameters and their values, as the primitive takes them.
    loop_filter
        Likewise, of charge pump and loop filter, where these are no dividers' neighbours.
    """

    frequency: float
    source: float
    feedback: float
    detector: float
    oscillator: float
    dividers: dict[str, int] = field(hash=False)
    loop_filter: dict[str, int] = field(hash=False, default_factory=dict)

    def beyond(self, limits: Limits) -> list[str]:
        """Which limits it breaks, and how."""
        values = {
            "source": self.source,
            "feedback": self.feedback,
            "detector": self.detector,
            "oscillator": self.oscillator,
            "output": self.frequency,
        }
        return [
            f"{name} at {value / _MHZ:g} MHz is not {low / _MHZ:g} to {high / _MHZ:g} MHz"
            for name, value in values.items()
            for low, high in (getattr(limits, name),)
            if not low <= value <= high
        ]


def ordered(settings: Iterable[Setting], limits: Limits) -> tuple[Setting, ...]:
    """Those within the limits, slowest first: of several with one output the best.

    That is the one with the fastest phase detector, which makes least jitter, then the one whose
    oscillator is farthest from its limits.
    """
    middle = sum(limits.oscillator) / 2
    best: dict[int, tuple[tuple[float, float], Setting]] = {}
    for setting in settings:
        if setting.beyond(limits):
            continue
        rank = (-setting.detector, abs(setting.oscillator - middle))
        key = round(setting.frequency)
        if key not in best or rank < best[key][0]:
            best[key] = rank, setting
    return tuple(best[key][1] for key in sorted(best))


def nearest(settings: Sequence[Setting], wanted: float) -> Setting:
    """The setting that comes nearest to a frequency.

    Raises
    ------
    PllError
        None is within two percent.
    """
    found = min(settings, key=lambda setting: abs(setting.frequency - wanted), default=None)
    if found is not None and abs(found.frequency - wanted) <= NEAR * wanted:
        return found
    reach = "none" if found is None else f"{settings[0].frequency / _MHZ:g} to "
    if found is not None:
        reach += f"{settings[-1].frequency / _MHZ:g} MHz from {found.source / _MHZ:g} MHz"
    raise PllError(f"hash_clock must be one that the PLL makes, {reach}, not {wanted / _MHZ:g} MHz")


def fastest(settings: Sequence[Setting], holds: Callable[[Setting], bool]) -> Setting | None:
    """The fastest setting that holds, if there is one."""
    return next((setting for setting in reversed(settings) if holds(setting)), None)
