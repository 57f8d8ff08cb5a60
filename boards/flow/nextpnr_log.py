"""How far nextpnr is, from what it says."""

import re

from .progress import Watcher

_PLACER = re.compile(r"at iteration #(\d+).*?wirelen solved = (\d+), spread = (\d+), legal = (\d+)")
_ARCS = re.compile(r"Routing (\d+) arcs")
_ROUTER1 = re.compile(r"\|\s*(\d+)\s+(\d+)\s*\|\s*(-?\d+)\s+(-?\d+)\s*\|\s*(\d+)\|")
_ROUTER2 = re.compile(r"iter=(\d+) wires=(\d+) overused=(\d+) overuse=(\d+)")


class RouteLog:
    """Reads nextpnr's lines, tells a watcher, and keeps what is worth a report.

    Parameters
    ----------
    watcher
        Who is told.

    Attributes
    ----------
    figures
        ``wire_length`` (of the last legal placement, in tiles), ``arcs``, ``router_iterations`` (of
        router2: rounds; of router1: arcs routed, those routed again counted again).
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self.figures: dict[str, int] = {}

    def listen(self, line: str) -> None:
        """One line."""
        if found := _PLACER.search(line):
            self.figures["wire_length"] = int(found[4])
            self._watcher.stage("place", f"iteration {found[1]}, wire length {int(found[4]):,}")
            self._watcher.part(None)
        elif "Running simulated annealing" in line or "SA placement" in line:
            self._watcher.stage("place", "refining")
        elif found := _ARCS.search(line):
            self.figures["arcs"] = int(found[1])
            self._watcher.stage("route", f"{int(found[1]):,} arcs")
            self._watcher.part(0.0)
        elif found := _ROUTER1.search(line):
            left = int(found[5])
            self.figures["router_iterations"] = int(found[1]) + int(found[2])
            self._watcher.stage("route", f"{left:,} of {self.figures.get('arcs', 0):,} arcs left")
            if arcs := self.figures.get("arcs"):
                self._watcher.part(max(0.0, 1 - left / arcs))
        elif found := _ROUTER2.search(line):
            self.figures["router_iterations"] = int(found[1])
            self._watcher.stage("route", f"round {found[1]}, {int(found[3]):,} wires overused")
            self._watcher.part(None)
