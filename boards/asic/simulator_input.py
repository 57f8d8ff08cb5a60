"""What ``gates.cpp`` is given: the netlist with its cells, and a job."""

import re
from collections.abc import Iterator

from .blocks import Block
from .flat import Flat
from .library import CLOCK_SLEW, OUTPUT_LOAD, Cell, Energy, Library, Table
from .round import RoundJob
from .stimulus import Job

RESET_CYCLES = 4


def netlist_text(library: Library, flat: Flat) -> str:
    """A library and a netlist."""
    return "\n".join(_Writer(library, flat).lines())


class _Writer:
    def __init__(self, library: Library, flat: Flat) -> None:
        self._library, self._flat = library, flat
        self._tables: dict[Table, int] = {}

    def lines(self) -> Iterator[str]:
        flat, library = self._flat, self._library
        used = sorted({instance.kind for instance in flat.instances})
        number = {name: i for i, name in enumerate(used)}
        cells = [line for name in used for line in self._cell(library.cells[name])]
        yield f"{library.voltage} {CLOCK_SLEW} {OUTPUT_LOAD}"
        yield f"tables {len(self._tables)}"
        for table in self._tables:
            numbers = (*table.slews, *table.loads, *table.values)
            yield f"{len(table.slews)} {len(table.loads)} {' '.join(f'{n:.7g}' for n in numbers)}"
        yield f"cells {len(used)}"
        yield from cells
        yield f"nets {flat.nets} {flat.names['clk'][0]}"
        yield f"instances {len(flat.instances)}"
        for instance in flat.instances:
            pins = list(zip(library.cells[instance.kind].pins, instance.nets, strict=True))
            nets = [max(net, 0) for pin, net in pins if not pin.output]
            nets += [net for pin, net in pins if pin.output]
            yield f"{number[instance.kind]} {int(instance.block)} {' '.join(map(str, nets))}"
        outside = [net for name in flat.outputs for net in flat.names[name]]
        yield f"ports {len(outside)} {' '.join(map(str, outside))}"

    def _table(self, table: Table) -> int:
        return self._tables.setdefault(table, len(self._tables))

    def _energies(self, energies: list[Energy], related: str, rises: bool) -> str:
        wanted = [
            self._table(one.table)
            for one in energies
            if one.related == related and one.rises == rises
        ]
        return f"{len(wanted)} {' '.join(map(str, wanted))}"

    def _cell(self, cell: Cell) -> Iterator[str]:
        inputs, outputs = cell.inputs, cell.outputs
        names = [pin.name for pin in inputs]
        clock = names.index(cell.clock) if cell.clock else -1
        gate = int(cell.gate)
        yield f"{cell.name} {len(inputs)} {len(outputs)} {clock} {gate} {cell.leakage:.7g}"
        for pin in inputs:
            edges = (self._energies(list(pin.energies), "", rises) for rises in (True, False))
            yield f"{pin.capacitance:.7g} {' '.join(edges)}"
        for pin in outputs:
            yield f"{pin.function:x}"
            for name in names:
                for rises in (False, True):
                    arcs = [arc for arc in pin.arcs if (arc.input, arc.rises) == (name, rises)]
                    words = [
                        f"{arc.sense} {self._table(arc.delay)} {self._table(arc.slew)}"
                        for arc in arcs
                    ]
                    energies = self._energies(list(pin.energies), name, rises)
                    yield f"{len(arcs)} {' '.join(words)} {energies}"


def stimulus_text(flat: Flat, job: Job | RoundJob, cycles: int, begin: int) -> str:
    """A job, from whose cycle `begin` on so many cycles are measured."""
    nets = flat.names

    def counted(word: str, numbers: list[int]) -> str:
        return f"{word} {len(numbers)} {' '.join(map(str, numbers))}"

    (reset,), (valid,), (ready,) = (nets[name] for name in ("rst", "work__valid", "work__ready"))
    return "\n".join(
        (
            f"{len(Block)} {RESET_CYCLES} {cycles}",
            f"{reset} {valid} {ready}",
            counted("payload", nets["work__payload"]),
            counted("always", nets.get("hits__ready", [])),
            counted("words", job.words),
            str(begin),
            counted("watch", watched(flat)),
        )
    )


def watched(flat: Flat) -> list[int]:
    """Nets of ``H7``, of each lane of each engine; of a round those of its state, ``h`` first."""
    names = sorted(name for name in flat.names if re.fullmatch(r"stage\d+\.out\.h7_\d+", name))
    names += sorted((name for name in flat.names if re.fullmatch(r"state_\w", name)), reverse=True)
    return [net for name in names for net in flat.names[name]]
