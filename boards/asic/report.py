"""The report of cores in cells: Markdown, with pictures."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from .flow import Result
from .timing import Step

#: Modules that are listed, the largest ones.
LARGEST = 12
#: Steps of a path that are listed, where there are more: so many at each end.
ENDS = 24


def markdown(
    results: Sequence[Result], pictures: Sequence[str] = (), checked: Sequence[str] = ()
) -> str:
    """The report of cores in the same cells; those behind the first are compared with it.

    `checked` is the table of a :class:`~.crosscheck.CrossCheck`, if there is one.
    """
    lines = list(_lines(results, pictures))
    if checked:
        lines += ["", "## One round in another simulator", "", *checked]
    return "\n".join(lines) + "\n"


def _lines(results: Sequence[Result], pictures: Sequence[str]) -> Iterator[str]:
    first = results[0]
    yield f"# Cores in cells of {first.library}"
    yield ""
    yield (
        f"{first.voltage:g} V, typical; {first.wire:g} fF of wire for each input; nothing is "
        f"placed and nothing routed. A gate equivalent (GE) is {first.gate:g} µm²."
    )
    yield ""
    yield "| core | hashes a cycle | cells | µm² | GE | ns | nJ a hash | GE a (hash a cycle) |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in results:
        yield (
            f"| {one.core} | {one.rate:.5g} | {one.cells:,} | {one.area:,.0f} | {one.gates:,.0f} | "
            f"{one.timing.period:.3f} | {_energy(one)} | {one.gates / one.rate:,.0f} |"
        )
    for one in results[1:]:
        if one.energy is not None and first.energy is not None:
            ratio = one.energy.total / first.energy.total
            yield ""
            yield f"Energy a hash of {one.core}: {ratio:.3f} of that of {first.core}."
    for one in results:
        yield from _core(one)
    for name in pictures:
        yield ""
        yield f"![{name.removesuffix('.png')}]({name})"


def _energy(one: Result) -> str:
    return f"{one.energy.total / 1e3:.3f}" if one.energy else "-"


def _core(one: Result) -> Iterator[str]:
    yield ""
    yield f"## {one.core}"
    yield ""
    yield f"`{one.config}`"
    yield ""
    yield "### Blocks"
    yield ""
    energy = one.energy
    head = "| block | cells | flip-flops | µm² | GE |"
    yield head + (" nets, nJ | cells, nJ | edges | edges a needed one |" if energy else "")
    yield "|---" * (head.count("|") - 1 + (4 if energy else 0)) + "|"
    for name, block in one.blocks.items():
        row = (
            f"| {name} | {block.cells:,} | {block.flip_flops:,} | {block.area:,.0f} | "
            f"{block.area / one.gate:,.0f} |"
        )
        if energy:
            found = energy.blocks[name]
            ratio = f"{found.toggles / found.needed:.2f}" if found.needed else "-"
            row += (
                f" {found.net / 1e3:.3f} | {found.internal / 1e3:.3f} | {found.toggles:,.0f} | "
                f"{ratio} |"
            )
        yield row
    if energy:
        yield ""
        low, high = min(energy.by_seed), max(energy.by_seed)
        yield (
            f"The clock takes {energy.clock / 1e3:.3f} nJ a hash besides: flip-flops "
            f"{energy.clock_cells / 1e3:.3f}, their clock pins {energy.clock_pins / 1e3:.3f}, "
            f"and a tree of buffers, which is estimated, {energy.clock_tree / 1e3:.3f}. "
            f"All together {energy.total / 1e3:.3f} nJ, from {low / 1e3:.3f} to {high / 1e3:.3f} "
            f"by header; {energy.hashes} hashes were measured, and each digest is right. "
            f"{energy.glitches:.2f} edges for each that is needed. Leakage, not in these figures, "
            f"is {energy.leakage / 1e3:.3f} µW. Nets settle within {energy.settle / 1e3:.3f} ns."
        )
    yield ""
    yield "### Modules"
    yield ""
    yield "Without the buffers of nets that lead to many modules."
    yield ""
    yield "| module | instances | cells | µm² | GE |"
    yield "|---|---|---|---|---|"
    order = sorted(one.modules.items(), key=lambda item: -item[1][1])
    for name, (cells, area, count) in order[:LARGEST]:
        yield f"| `{name}` | {count:,} | {cells:,} | {area:,.0f} | {area / one.gate:,.0f} |"
    rest = order[LARGEST:]
    if rest:
        area = sum(value[1] for _, value in rest)
        cells = sum(value[0] for _, value in rest)
        yield f"| {len(rest)} others | | {cells:,} | {area:,.0f} | {area / one.gate:,.0f} |"
    yield ""
    yield f"### The longest path: {one.timing.period:.3f} ns"
    yield ""
    yield "| cell | kind | ns |"
    yield "|---|---|---|"
    yield from _path(one.timing.paths[0])


def _path(steps: Sequence[Step]) -> Iterator[str]:
    for number, step in enumerate(steps):
        if ENDS <= number < len(steps) - ENDS:
            if number == ENDS:
                yield f"| {len(steps) - 2 * ENDS} more | | |"
            continue
        yield f"| `{step.name}` | {step.kind} | {step.delay:.3f} |"


def draw(results: Sequence[Result], folder: Path) -> list[str]:
    """Pictures of area and energy by block; their names."""
    # Whoever draws nothing need not load what draws.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1.4 + 1.1 * len(results)), layout="constrained")
    with_energy = all(one.energy is not None for one in results)
    axes = figure.subplots(1, 2 if with_energy else 1, squeeze=False)[0]
    names = [one.core for one in results]
    titles = list(results[0].blocks)
    left = [0.0] * len(results)
    for title in titles:
        width = [one.blocks[title].area / one.gate / one.rate / 1e3 for one in results]
        axes[0].barh(names, width, left=left, label=title)
        left = [a + b for a, b in zip(left, width, strict=True)]
    axes[0].set_xlabel("thousands of GE for a hash a cycle")
    if with_energy:
        left = [0.0] * len(results)
        for title in [*titles, "clock"]:
            width = [_part(one, title) for one in results]
            axes[1].barh(names, width, left=left, label=title)
            left = [a + b for a, b in zip(left, width, strict=True)]
        axes[1].set_xlabel("nJ a hash")
        axes[1].set_yticklabels([])
    handles, labels = axes[-1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)
    figure.savefig(folder / "blocks.png", dpi=150)
    return ["blocks.png"]


def _part(one: Result, title: str) -> float:
    assert one.energy is not None
    if title == "clock":
        return one.energy.clock / 1e3
    return one.energy.blocks[title].total / 1e3
