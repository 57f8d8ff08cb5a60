"""What a cell takes while nothing switches, in each state."""

import itertools
from pathlib import Path

from .catalogue import Kind
from .spice import SUPPLY, Bench

#: Of the inputs, in order, and by the outputs of a cell with a memory.
States = dict[str, float]


def measure_leakage(models: Path, cell: str, netlist: str, kind: Kind) -> States:
    """Power in nW in each state, by Liberty's ``when``.

    A slow walk through the states: the inputs follow a swept source, and each point of the sweep
    begins with what the one before ended with, so a memory keeps what it has.
    """
    bench = Bench(models, cell, netlist)
    walk = list(_walk(kind))
    bench.add("Vs s 0 0")
    for pin in kind.inputs:
        corners = ", ".join(
            f"{step}, {SUPPLY * state[pin]:g}, {step + 0.5}, {SUPPLY * state[pin]:g}"
            for step, state in enumerate(walk)
        )
        bench.add(f"B{pin} {pin.lower()}_l 0 V = pwl(v(s), {corners})")
    bench.instance("l", {pin: f"{pin.lower()}_l" for pin in kind.inputs}, 0.0005)
    for step, state in enumerate(walk):
        if state["known"]:
            bench.current(f"i{step}", "pl", step + 0.25)
    found = bench.sweep(len(walk))
    result: States = {}
    for step, state in enumerate(walk):
        if state["known"]:
            result[_when(kind, state)] = -found[f"i{step}"] * SUPPLY * 1e9
    return result


def _when(kind: Kind, state: dict[str, int]) -> str:
    words = [name if state[name] else f"!{name}" for name in kind.inputs]
    if kind.memory:
        (output,) = kind.functions
        words.append(output if state["out"] else f"!{output}")
    return "&".join(words)


def _walk(kind: Kind) -> list[dict[str, int]]:
    """States in an order in which a memory has both values in each."""
    if not kind.memory:
        pins = kind.inputs
        rows = itertools.product((0, 1), repeat=len(pins))
        return [{**dict(zip(pins, row, strict=True)), "known": 1} for row in rows]
    clock = kind.clock
    others = [pin for pin in kind.inputs if pin != clock]
    free = list(itertools.product((0, 1), repeat=len(others)))
    steps: list[dict[str, int]] = []
    for held in (0, 1):
        loading = dict.fromkeys(others, 1) | {_data(kind): held}
        # Load the value; then, with the clock low and with it high, all states of the others.
        low = [{**dict(zip(others, row, strict=True)), clock: 0, "out": held} for row in free]
        high = [{**one, clock: 1} for one in low]
        opening = {**loading, clock: 0}, {**loading, clock: 1}
        if kind.memory == "ff":
            # With the clock high the data may change; then low again, and what is held stays.
            steps += [{**one, "known": 0} for one in opening]
            steps += [{**one, "known": 1} for one in high]
            steps += [{**one, "known": 1} for one in low]
        elif kind.memory == "latch":
            steps += [{**one, "known": 0} for one in opening]
            steps += [{**one, "known": 1} for one in high if one[_data(kind)] == held]
            steps += [{**opening[1], "known": 0}, {**opening[0], "known": 0}]
            steps += [{**one, "known": 1} for one in low]
        else:
            # A gate takes its enable while the clock is low, and its output is low then.
            steps += [{**opening[0], "known": 0}]
            if not held:
                steps += [{**one, "known": 1} for one in low]
                steps += [{**opening[0], "known": 0}]
            steps += [{**opening[1], "known": 0}]
            steps += [{**one, "known": 1} for one in high]
    return steps


def _data(kind: Kind) -> str:
    return kind.data if kind.memory != "ff" else "D"
