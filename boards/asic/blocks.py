"""Which part of a core a cell belongs to."""

import re
from enum import IntEnum

from sluice.rtl.hls.ir import Node, users
from sluice.rtl.hls.schedule import Schedule


class Block(IntEnum):
    """Parts of a core whose area and energy are told apart."""

    SCHEDULE = 0
    SCHEDULE_REGISTERS = 1
    ROUNDS = 2
    ROUND_REGISTERS = 3
    MEMORIES = 4
    JOBS = 5

    @property
    def title(self) -> str:
        """For people."""
        return _TITLES[self]


_TITLES = {
    Block.SCHEDULE: "message schedule",
    Block.SCHEDULE_REGISTERS: "registers of the schedule",
    Block.ROUNDS: "rounds",
    Block.ROUND_REGISTERS: "registers of the rounds",
    Block.MEMORIES: "memories of the datapath",
    Block.JOBS: "jobs, nonces, hits and control",
}

#: Names of words of a schedule: ``p_w17_0`` in a pipeline, ``next0_0`` in a ring, ``w_0`` in an
#: engine, and the nonce, which is one.
_SCHEDULE = re.compile(r"(?:[ps]_)?(?:w\d|w_|next|part_|sum_|nonce)")
#: Wires of a datapath: the name of a node, and the cycle.
_WIRE = re.compile(r"(.+?)_(?:c\d+|before|not)")

#: The module of a word that stays in place.
_PLACE = re.compile(r"place_(.+)_c\d+")


class Blocks:
    """The blocks of a core.

    Parameters
    ----------
    schedule
        Of its datapaths.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._labels: dict[str, Block] = {}
        using = users(schedule.nodes)
        carried: dict[Node, list[Node]] = {}
        for value, node in schedule.graph.carried.items():
            carried.setdefault(node, []).append(value)
        made: dict[Node, Block] = {}
        for node in reversed(schedule.nodes):
            if node.name:
                word = _SCHEDULE.match(node.name)
                made[node] = Block.SCHEDULE if word else Block.ROUNDS
            else:
                # One without a name is part of what it goes into.
                behind = [made.get(one, Block.ROUNDS) for one in using[node]]
                behind += [
                    Block.SCHEDULE if _SCHEDULE.match(one.name) else Block.ROUNDS
                    for one in carried.get(node, [])
                ]
                made[node] = min(behind, default=Block.ROUNDS)
            self._labels[node.name or f"n{node.index}"] = made[node]

    def of_wire(self, name: str) -> Block | None:
        """The block of a wire of a datapath, ``stage0.p_w17_0_c3``; none if it says nothing."""
        stage, _, wire = name.rpartition(".")
        if not re.search(r"(?:^|\.)stage\d+$", stage):
            return None
        if wire.startswith("ram_"):
            return Block.MEMORIES
        found = _WIRE.fullmatch(wire)
        return self._labels.get(found[1]) if found else None

    def of_cell(self, path: str, wires: list[str], *, register: bool) -> Block:
        """The block of a cell.

        Parameters
        ----------
        path
            Where it is in the design.
        wires
            Names of what it drives, or of the result of the operation that it is part of.
        register
            Whether it is a flip-flop.
        """
        if not re.match(r"stage\d+\.", path):
            return Block.JOBS
        inside = path.split(".")[1]
        if inside.startswith(("ram_", "wait_")):
            return Block.MEMORIES
        if place := _PLACE.fullmatch(inside):
            # A word that stays in place, and what chooses one of its registers.
            return Block(self._labels[place[1]] + 1)
        found = [block for wire in wires if (block := self.of_wire(wire)) is not None]
        block = found[0] if found else Block.JOBS
        if register and block in {Block.SCHEDULE, Block.ROUNDS}:
            return Block(block + 1)
        return block
