"""What a person can tell the tools."""

import shlex
from dataclasses import dataclass

#: Options of nextpnr that this room sets itself.
OWN = frozenset(
    {
        "--json",
        "--lpf",
        "--pcf",
        "--asc",
        "--textcfg",
        "--report",
        "--write",
        "--log",
        "--seed",
        "--randomize-seed",
        "--threads",
        "--package",
        "--speed",
        "--force",
        "--timing-allow-fail",
        "--pack-only",
        "--no-place",
        "--no-route",
    }
)


class OptionError(ValueError):
    """An option that does not go together with what this room does. The message names it."""


@dataclass(frozen=True, kw_only=True)
class ToolOptions:
    """What decides about the result besides the plan.

    Parameters
    ----------
    seed
        Of nextpnr's random numbers.
    synth
        Options of Yosys's ``synth_ecp5`` or ``synth_ice40``, as in a shell.
    route
        Options of nextpnr, likewise.
    regions
        Whether the block RAM of each of the chip's blocks is fixed in a region of its own: see
        :mod:`~sluice.boards.floorplan.anchors`.
    threads
        Processors that nextpnr may use; 0 leaves it to nextpnr. The result does not depend on it.

    Raises
    ------
    OptionError
        An option of nextpnr's that this room sets itself.
    """

    seed: int = 1
    synth: str = ""
    route: str = ""
    regions: bool = False
    threads: int = 0

    def __post_init__(self) -> None:
        for field in ("synth", "route"):
            text = getattr(self, field)
            try:
                words = shlex.split(text)
            except ValueError as error:
                raise OptionError(f"{field} must be options as in a shell: {error}") from error
            if any(letter in text for letter in ";\n"):
                raise OptionError(f"{field} must be options of one command, not {text!r}")
            taken = OWN.intersection(word.partition("=")[0] for word in words)
            if field == "route" and taken:
                raise OptionError(f"route must not set {', '.join(sorted(taken))}")

    def route_words(self) -> list[str]:
        """Options of nextpnr, word by word."""
        return shlex.split(self.route)
