"""Flexcells: which are made, and what they do, found in their transistors."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...flow.cache import cached
from ...flow.progress import Watcher
from ..errors import AsicError
from ..liberty import Group
from . import jobs
from .tools import FLEXCELL, fetch, job

#: Of a row and of places in it, and where the well begins, in µm. Coriolis takes rows as high as a
#: multiple of the places' width, so cells are made so.
HEIGHT, STEP, WELL = 6.08, 0.76, 2.9
#: How far a contact to poly is from p diffusion, in µm: what it keeps from the implant (licon.9),
#: and what this extends beyond diffusion (psd.5).
APART = 0.235
#: What makes them: methods of the factory, with their options.
CELLS: list[tuple[str, dict[str, Any]]] = [
    ("fill", {}),
    ("fill", {"well_tie": True}),
    ("decap", {}),
    ("diode", {}),
    ("zero", {}),
    ("one", {}),
    *(("inv", {"drive": drive}) for drive in (0, 1, 2)),
    *(("buf", {"drive": drive}) for drive in (1, 2, 4)),
    *((kind, {"drive": 0, "inputs": n}) for kind in ("nand", "nor") for n in (2, 3)),
    ("and_", {"drive": 1, "inputs": 2}),
    ("or_", {"drive": 1, "inputs": 2}),
    ("mux", {}),
    ("and21nor", {"drive": 0}),
    ("or21nand", {"drive": 0}),
    ("xor", {"drive": 0}),
    ("dff", {"drive": 1}),
]
SUPPLIES = ("vdd", "vss")
OUTPUTS = ("q", "nq", "zero", "one")
#: The flip-flop, its clock and its data.
FLIP_FLOP, CLOCK, DATA = "dff_x1", "clk", "i"
TIES = {0: ("zero_x1", "zero"), 1: ("one_x1", "one")}

_SUBCIRCUIT = re.compile(r"^\.subckt (\S+) ([^\n]*)\n(.*?)^\.ends", re.MULTILINE | re.DOTALL)
_TRANSISTOR = re.compile(r"^M\S+ (\S+) (\S+) (\S+) \S+ sky130_fd_pr__([np])fet", re.MULTILINE)


@dataclass(frozen=True)
class Flexcells:
    """Cells that were made.

    Members
    -------
    folder
        See :mod:`.jobs.cells`.
    widths
        Of each, in µm.
    """

    folder: Path
    widths: dict[str, float]

    def area(self, kind: str) -> float:
        """Of a cell, in µm²."""
        return self.widths[kind] * HEIGHT

    @property
    def spice(self) -> Path:
        """Their netlists."""
        return self.folder / "cells.spice"


def make_cells(watcher: Watcher) -> Flexcells:
    """Make them; kept in the user's cache.

    Raises
    ------
    AsicError
        A wheel cannot be had, or is another one, or the cells cannot be made.
    """
    watcher.part(None)
    folders = fetch(FLEXCELL, lambda text: watcher.stage("fetch", text))
    given = {"height": HEIGHT, "step": STEP, "well": WELL, "apart": APART, "cells": CELLS}
    watcher.stage("cells", f"{len(CELLS)} flexcells")
    source = (Path(jobs.__file__).with_name("cells.py")).read_text(encoding="utf-8")
    parts = [json.dumps(given), source, *(wheel.identity for wheel in FLEXCELL)]
    folder, _ = cached("asic-flexcells", parts, lambda folder: job("cells", folders, folder, given))
    found = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Flexcells(folder, {name: cell["width"] for name, cell in found.items()})


def rows(ports: list[str], transistors: list[tuple[str, str, str, str]]) -> dict[str, list[int]]:
    """What the outputs of a gate are in each state of its inputs, from its transistors.

    Parameters
    ----------
    ports
        Of the cell.
    transistors
        Of each drain, gate, source, and ``n`` or ``p``.

    Returns
    -------
    dict
        For each output its values; in row ``i`` the input number ``k`` in the order of the alphabet
        is bit ``k`` of ``i``.

    Raises
    ------
    AsicError
        A net is joined with both supplies, or an output with neither.
    """
    inputs = sorted(port for port in ports if port not in {*SUPPLIES, *OUTPUTS})
    outputs = [port for port in ports if port in OUTPUTS]
    result: dict[str, list[int]] = {port: [] for port in outputs}
    for bits in itertools.product((0, 1), repeat=len(inputs)):
        fixed = {"vdd": 1, "vss": 0} | dict(zip(inputs, reversed(bits), strict=True))
        values = _settle(fixed, transistors)
        for port in outputs:
            if port not in values:
                raise AsicError(f"output {port} floats where {fixed}")
            result[port].append(values[port])
    return result


def _settle(fixed: dict[str, int], transistors: list[tuple[str, str, str, str]]) -> dict[str, int]:
    """Values of all nets, from those that are known; a transistor conducts once its gate is."""
    values = dict(fixed)
    for _ in transistors:
        found, stack = dict(fixed), list(fixed)
        ways = [
            (drain, source)
            for drain, gate, source, kind in transistors
            if values.get(gate) == (kind == "n")
        ]
        while stack:
            net = stack.pop()
            for pair in ways:
                if net not in pair:
                    continue
                other = pair[pair[0] == net]
                if other not in found:
                    found[other] = found[net]
                    stack.append(other)
                elif found[other] != found[net]:
                    raise AsicError(f"nets {net} and {other} are joined, and differ")
        if found == values:
            break
        values = found
    return values


def read(text: str) -> Iterator[tuple[str, list[str], list[tuple[str, str, str, str]]]]:
    """Name, ports and transistors of each subcircuit."""
    for name, ports, body in _SUBCIRCUIT.findall(text):
        yield name, ports.split(), _TRANSISTOR.findall(body)


def liberty(made: Flexcells) -> str:
    """A Liberty for mapping: areas, functions as the transistors have them; times are all alike."""
    units = {"time_unit": "1ns", "nom_voltage": "1.8"}
    groups = []
    for name, ports, transistors in read(made.spice.read_text(encoding="utf-8")):
        inputs = sorted(port for port in ports if port not in {*SUPPLIES, *OUTPUTS})
        outputs = [port for port in ports if port in OUTPUTS]
        if not inputs or not outputs:
            continue
        cell = Group("cell", [name], {"area": f"{made.area(name):.4f}"})
        if name == FLIP_FLOP:
            cell.groups.append(
                Group("ff", ["IQ", "IQN"], {"clocked_on": CLOCK, "next_state": DATA})
            )
        for pin in inputs:
            own = {"direction": "input", "capacitance": "0.002"}
            own |= {"clock": "true"} if pin == CLOCK else {}
            cell.groups.append(Group("pin", [pin], own))
        table = {} if name == FLIP_FLOP else rows(ports, transistors)
        for port in outputs:
            function = "IQ" if name == FLIP_FLOP else _function(inputs, table[port])
            made_pin = Group("pin", [port], {"direction": "output", "function": function})
            related = [CLOCK] if name == FLIP_FLOP else inputs
            made_pin.groups = [group for one in related for group in _arc(one, name == FLIP_FLOP)]
            cell.groups.append(made_pin)
        groups.append(cell)
    made_of = Group("library", ["flexcells"], units, {"capacitive_load_unit": ["1", "pf"]}, groups)
    return "\n".join(made_of.write()) + "\n"


def _function(inputs: list[str], values: list[int]) -> str:
    terms = [
        "(" + "&".join(pin if row >> k & 1 else f"!{pin}" for k, pin in enumerate(inputs)) + ")"
        for row, value in enumerate(values)
        if value
    ]
    return "|".join(terms)


def _arc(pin: str, clocked: bool) -> Iterator[Group]:
    related = {"related_pin": pin}
    kind = {"timing_type": "rising_edge"} if clocked else {}
    tables = {"cell_rise": 0.1, "cell_fall": 0.1, "rise_transition": 0.1, "fall_transition": 0.1}
    yield Group("timing", [], related | kind, {}, list(_scalars(tables)))
    yield Group(
        "internal_power", [], related, {}, list(_scalars({"rise_power": 0, "fall_power": 0}))
    )


def _scalars(values: dict[str, float]) -> Iterator[Group]:
    for name, value in values.items():
        yield Group(name, ["scalar"], {}, {"values": [f"{value:g}"]})
