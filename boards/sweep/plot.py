"""The Pareto front: most hashes from fewest look-up tables."""

from collections.abc import Iterable
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..flow.build import Figures


def front(results: Iterable[Figures]) -> list[Figures]:
    """Those that no other one beats with as few LUT4 and as many MH/s, smallest first."""
    best: list[Figures] = []
    for result in sorted(results, key=lambda figures: (figures.lut4, -figures.mhs)):
        if not best or result.mhs > best[-1].mhs:
            best.append(result)
    return best


def plot(results: list[Figures], output: Path) -> None:
    """Draw MH/s against LUT4, a colour for each board; what misses its timing is hollow.

    Raises
    ------
    ValueError
        There is nothing to draw, or the suffix is that of no picture.
    """
    if not results:
        raise ValueError("no point has been built")
    figure = Figure(figsize=(8, 5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for index, board in enumerate(dict.fromkeys(result.board for result in results)):
        colour = f"C{index % 10}"
        mine = [result for result in results if result.board == board]
        for met in (True, False):
            dots = [result for result in mine if result.met == met]
            axes.scatter(
                [dot.lut4 for dot in dots],
                [dot.mhs for dot in dots],
                color=colour,
                facecolors=colour if met else "none",
                s=24,
                label=board if met else None,
            )
        edge = front(result for result in mine if result.met)
        axes.step([dot.lut4 for dot in edge], [dot.mhs for dot in edge], colour, where="post")
    axes.set_xlabel("LUT4")
    axes.set_ylabel("MH/s")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(output)
