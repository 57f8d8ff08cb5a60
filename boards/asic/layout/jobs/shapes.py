"""A layout as KLayout reads it, and the layers that follow from those in it."""

from typing import Any

import klayout.db as kdb

from ..rules import LAYERS


def flat(path: str) -> tuple[Any, Any]:
    """A layout, and its top cell, with all that is in it."""
    layout = kdb.Layout()
    layout.read(path)
    return layout, layout.top_cell()


def region(layout: Any, top: Any, name: str) -> Any:
    """A layer, merged."""
    return kdb.Region(top.begin_shapes_rec(layout.layer(*LAYERS[name]))).merged()


def regions(layout: Any, top: Any) -> dict[str, Any]:
    """All layers, and what follows from them.

    ``gate`` is where poly crosses diffusion; ``p_diff`` and ``n_diff`` are diffusion of
    transistors, ``p_tap`` and ``n_tap`` that of taps, ``n_all`` and ``p_all`` that of either
    implant; ``diff_licon`` and ``poly_licon`` are contacts to either.
    """
    found = {name: region(layout, top, name) for name in LAYERS}
    diff, poly, well = found["diff"], found["poly"], found["nwell"]
    n_all, p_all = diff & found["nsdm"], diff & found["psdm"]
    found |= {
        "gate": diff & poly,
        "n_all": n_all,
        "p_all": p_all,
        "p_diff": p_all & well,
        "n_diff": n_all - well,
        "p_tap": p_all - well,
        "n_tap": n_all & well,
        "diff_licon": found["licon"].interacting(diff),
        "poly_licon": found["licon"] - found["licon"].interacting(diff),
    }
    return found
