"""A schedule checked against what it was made for, by other means than it was made with.

The scheduler gives constraints to a solver. This replays what the hardware will do: signals run
through each cycle, words wait for their uses, and memories are written and read, slot after slot.
"""

from collections.abc import Iterator, Mapping

from .ir import Node, Source
from .ram_plan import RamPlan, ram_plan
from .reach import delay
from .schedule import Schedule


class ScheduleCheckError(AssertionError):
    """A schedule is wrong: a mistake of ours, never of a parameter."""


def check(schedule: Schedule, constants: Mapping[int, int] | None = None) -> None:
    """See that a schedule keeps dependences, the period, and the words in its memories.

    That no two operations need the same hardware in one slot is the binding's to see.

    Parameters
    ----------
    schedule
        The schedule.
    constants
        See :func:`~.ram_plan.ram_plan`.

    Raises
    ------
    ScheduleCheckError
        It does not. The message names the nodes.
    """
    _dependences(schedule)
    _times(schedule)
    for value in schedule.graph.carried:
        if value.kind is Source.RAM:
            check_memory(schedule, value, ram_plan(schedule, value, constants or {}))


def _dependences(schedule: Schedule) -> None:
    """Nothing is used before it is made; what a later slot uses has been in a register."""
    fires = schedule.cycle
    for node, cycle in fires.items():
        for arg in node.args:
            if arg in fires and fires[arg] > cycle:
                raise ScheduleCheckError(f"{node!r} in {cycle} uses {arg!r} of {fires[arg]}")
    for value, node in schedule.graph.carried.items():
        needed = schedule.model.ram_latency if value.kind is Source.RAM else 1
        there = fires[node] + needed - value.value * schedule.threads
        if there > fires[value]:
            raise ScheduleCheckError(f"{value!r} in {fires[value]} comes in {there}: {node!r}")


def _times(schedule: Schedule) -> None:
    """What is done in one cycle takes no longer than the period leaves."""
    model = schedule.model
    arrival: dict[Node, int] = {}
    for node in schedule.nodes:
        same = [arg for arg in node.args if schedule.cycle.get(arg) == schedule.cycle[node]]
        start = max((arrival[arg] for arg in same), default=0)
        arrival[node] = start + delay(node, model)
        if arrival[node] > model.budget:
            raise ScheduleCheckError(
                f"{node!r} is there after {arrival[node]} ps of {model.budget} ps"
            )


def _sequence(schedule: Schedule) -> Iterator[tuple[int, bool]]:
    """Slots as they may follow each other, and whether those before them are of another kind.

    Periods follow periods, and now and then one of the last slots, which are done in between.
    """
    graph = schedule.graph
    again = graph.slots - graph.load_slots
    for period in range(6):
        in_between = graph.load_slots and period in (2, 4)
        first = graph.slots - again if in_between else 0
        for slot in range(again):
            yield first + slot, bool(graph.load_slots) and period > 1 and slot == 0


def check_memory(schedule: Schedule, value: Node, plan: RamPlan) -> None:
    """Each slot reads the word of the slot that it means, not an older or a newer one.

    All words are named by the number of the slot that has made them, counted on and on. Where
    slots of another kind begin no nonce is under way, so only words that are kept matter there.
    """
    sequence = list(_sequence(schedule))
    slots = [slot for slot, _ in sequence]
    length = max(1, schedule.threads)
    writes = sorted(
        (number * length + plan.written, plan.address(slot), number)
        for number, slot in enumerate(slots)
        if plan.enabled[slot]
    )
    held: dict[int, int] = {}
    meant: dict[int, int] = {}
    done = 0
    for number, (slot, anew) in enumerate(sequence):
        if anew:
            meant = {place: word for place, word in meant.items() if place >= schedule.graph.slots}
        asked = number * length + plan.asked
        # What is written in a cycle is read in the next one.
        while done < len(writes) and writes[done][0] < asked:
            held[writes[done][1]] = writes[done][2]
            done += 1
        place, address = value.by_slot[slot], plan.reads[slot]
        same = (at for time, at, _ in writes[done : done + 1] if time == asked)
        if place in meant and address in same:
            raise ScheduleCheckError(f"slot {slot} of {value!r} reads what is being written")
        if held.get(address) != meant.get(place) and place in meant:
            raise ScheduleCheckError(
                f"slot {slot} of {value!r} reads the word of {held.get(address)}, "
                f"not of {meant[place]}"
            )
        if value.writes[slot] >= 0:
            meant[value.writes[slot]] = number
