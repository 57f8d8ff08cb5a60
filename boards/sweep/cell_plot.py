"""The picture of cores in cells, by area and energy."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..asic.figures import CellFigures


def pareto(places: Sequence[tuple[float, float]]) -> list[int]:
    """Numbers of the places that no other one is below in one way and not above in the other.

    They are in the order of their first part.
    """
    found: list[int] = []
    for number in sorted(range(len(places)), key=lambda n: places[n]):
        if not found or places[number][1] < places[found[-1]][1]:
            found.append(number)
    return found


def plot_cells(shown: Sequence[tuple[str, CellFigures]], output: Path, title: str = "") -> None:
    """Draw nJ a hash against area for a hash a cycle; the front is red, and has a line.

    Parameters
    ----------
    shown
        What is written beside each, and its figures.
    output
        The picture.
    title
        What is above it.

    Raises
    ------
    ValueError
        There is nothing to draw, or the suffix is that of no picture.
    """
    if not shown:
        raise ValueError("no core in cells has been measured")
    figure = Figure(figsize=(9, 6), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    places = [figures.place for _, figures in shown]
    front = pareto(places)
    for number, ((text, figures), place) in enumerate(zip(shown, places, strict=True)):
        axes.plot(*place, "o", color="#d62728" if number in front else "#1f77b4")
        label = f"{text}: {figures.period:.1f} ns"
        axes.annotate(label, place, xytext=(5, 4), textcoords="offset points", fontsize=7)
    axes.step(*zip(*(places[number] for number in front), strict=True), "--", where="post")
    axes.set_xscale("log")
    axes.set_xlabel("thousands of GE for a hash a cycle")
    axes.set_ylabel("nJ a hash")
    axes.grid(alpha=0.3)
    axes.margins(x=0.25)
    axes.set_title(title)
    figure.savefig(output)
