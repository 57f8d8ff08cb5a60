"""Which rules a layout breaks, and where.

Input: ``layout``, a file of GDS. Written: ``result.json``: for each rule that is broken its text,
how many places break it, and the first of them, in µm.
"""

import json
import sys
from pathlib import Path
from typing import Any

import klayout.db as kdb

from ..rules import GRID, RULES, Check, Rule
from .shapes import flat, regions

#: Places that are told of each rule.
PLACES = 5


def _nm(microns: float) -> int:
    return round(microns * 1000)


def _one_of_two(inner: Any, outer: Any, least: int) -> Any:
    """Rectangles that `outer` encloses neither on the left and the right nor above and below.

    Of two adjacent sides one lies in each of these directions, so one of them is enough.
    """
    good = kdb.Region()
    for x, y in ((least, 0), (0, least)):
        larger = kdb.Region()
        larger.merged_semantics = False
        for polygon in inner.each():
            larger.insert(polygon.bbox().enlarged(x, y))
        for polygon in larger.inside(outer).each():
            good.insert(polygon.bbox().enlarged(-x, -y))
    return inner - good


def broken(rule: Rule, layers: dict[str, Any]) -> Any:
    """Places at which a rule is broken."""
    first = layers[rule.layers[0]]
    least = _nm(rule.least)
    if rule.check is Check.WIDTH:
        return first.width_check(least).polygons()
    if rule.check is Check.SPACE:
        return first.space_check(least, metrics=kdb.Metrics.Euclidian).polygons()
    if rule.check is Check.AREA:
        return first.with_area(0, round(rule.least * 1e6), False)
    if rule.check is Check.HOLE:
        return first.holes().with_area(0, round(rule.least * 1e6), False)
    if rule.check is Check.SIZE:
        square = first.rectangles().with_bbox_width(least, False).with_bbox_height(least, False)
        return first - square
    if rule.check is Check.CHANNEL:
        return first.with_bbox_max(0, least, False)
    second = layers[rule.layers[1]]
    if rule.check is Check.ONE_OF_TWO:
        return _one_of_two(first, second, least)
    if rule.check is Check.DISTANCE:
        near = first.separation_check(second, least, metrics=kdb.Metrics.Euclidian).polygons()
        return near + (first & second)
    if rule.check is Check.PARALLEL:
        return first.separation_check(second, least, metrics=kdb.Metrics.Projection).polygons()
    if rule.check is Check.BEYOND:
        return first.enclosing_check(second, least, metrics=kdb.Metrics.Projection).polygons()
    if rule.check is Check.IMPLANT:
        own = first.edges() & layers["diff"].edges()
        return own.enclosed_check(second.edges(), least).polygons()
    return (first - second) + first.enclosed_check(second, least).polygons()


def check(path: str) -> dict[str, dict[str, Any]]:
    """The rules that a layout breaks, by name."""
    layout, top = flat(path)
    layers = regions(layout, top)
    found: dict[str, dict[str, Any]] = {}

    def tell(name: str, text: str, where: list[Any]) -> None:
        if where:
            places = [[round(x / 1000, 3) for x in (b.left, b.bottom)] for b in where[:PLACES]]
            found[name] = {"text": text, "count": len(where), "places": places}

    for number, rule in enumerate(RULES):
        print(f"stage: {rule.text}\npart: {number / len(RULES):.3f}", flush=True)
        tell(rule.name, rule.text, [polygon.bbox() for polygon in broken(rule, layers).each()])
    for name, layer in layers.items():
        off = [polygon.bbox() for polygon in layer.each() if _off_grid(polygon)]
        tell(f"x.1 {name}", f"x.1: {name} on the grid of {GRID} nm", off)
    return found


def _off_grid(polygon: Any) -> bool:
    return any(p.x % GRID or p.y % GRID for p in polygon.each_point_hull())


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path("result.json").write_text(json.dumps(check(given["layout"])), encoding="utf-8")
