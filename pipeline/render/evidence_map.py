"""The evidence map: conditions by year, size by participants, shape by design, direction by sign and by colour.

Every mark carries its direction as a sign too, so the map reads without colour, and a title that names the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin, sqrt

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.models.profile import Point
from pipeline.models.studies import Design, Direction

LEFT, RIGHT, TOP, STEP = 230, 20, 34, 30
WIDTH = 980
SMALLEST, LARGEST = 6.0, 13.0

SIGNS = {
    Direction.BENEFIT: ("+", "#1b7837", "favours"),
    Direction.NO_DIFFERENCE: ("0", "#5b5b5b", "no difference"),
    Direction.HARM: ("−", "#b2182b", "harm"),
    Direction.MIXED: ("±", "#8c6d1f", "mixed"),
    Direction.UNCLEAR: ("?", "#8a8a8a", "unclear"),
}
SHAPES = (
    ((Design.RANDOMISED,), "square", "randomised trial"),
    ((Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW), "hexagon", "meta-analysis or systematic review"),
    ((Design.CONTROLLED, Design.SINGLE_ARM), "circle", "other trial"),
    ((Design.COHORT, Design.CASE_CONTROL, Design.CROSS_SECTIONAL), "diamond", "observational study"),
    ((Design.CASE_SERIES, Design.CASE_REPORT), "triangle", "cases"),
    ((Design.ANIMAL,), "inverted", "animal experiment"),
)
_SIDES = {
    "hexagon": (6, 0.0),
    "diamond": (4, pi / 2),
    "triangle": (3, -pi / 2),
    "inverted": (3, pi / 2),
    "square": (4, pi / 4),
}


def shape_of(design: Design) -> str:
    """The name of the shape that stands for a design; a circle where none is set apart."""
    return next((name for designs, name, _ in SHAPES if design in designs), "circle")


def _outline(shape: str, x: float, y: float, radius: float) -> str | None:
    """The corners of a shape around a point, as SVG wants them; None for a circle."""
    if shape == "circle":
        return None
    sides, turn = _SIDES[shape]
    reach = radius * (1.25 if sides < 6 else 1.1)
    corners = (
        (x + reach * cos(turn + 2 * pi * k / sides), y + reach * sin(turn + 2 * pi * k / sides)) for k in range(sides)
    )
    return " ".join(f"{cx:.1f},{cy:.1f}" for cx, cy in corners)


def _radius(n: int | None, largest: int) -> float:
    return SMALLEST + (LARGEST - SMALLEST) * sqrt((n or 0) / largest) if largest else SMALLEST


def evidence_map(title: str, points: Sequence[Point]) -> str | None:
    """The map as an SVG document, or None where there is nothing to draw. The same points give the same bytes."""
    if not points:
        return None
    first, last = min(p.year for p in points), max(p.year for p in points)
    span = max(last - first, 1)
    largest = max((p.n or 0 for p in points), default=0)
    rows, marks, y = [], [], TOP
    for row in dict.fromkeys(p.row for p in points):
        inside = sorted((p for p in points if p.row == row), key=lambda p: (p.year, -(p.n or 0), p.source))
        lanes: list[float] = []
        for point in inside:
            x = LEFT + 14 + (WIDTH - LEFT - RIGHT - 28) * (point.year - first) / span
            radius = _radius(point.n, largest)
            lane = next((i for i, taken in enumerate(lanes) if x - radius * 1.3 > taken), len(lanes))
            lanes[lane : lane + 1] = [x + radius * 1.3]
            middle = y + STEP * (lane + 0.5)
            sign, colour, word = SIGNS[point.direction]
            number = f", n = {point.n:,}" if point.n else ""
            marks.append(
                {
                    "x": f"{x:.1f}",
                    "y": f"{middle:.1f}",
                    "r": f"{radius:.1f}",
                    "points": _outline(shape_of(point.design), x, middle, radius),
                    "sign": sign,
                    "colour": colour,
                    "title": f"{point.source} ({point.year}): {point.design.value}{number}, {word}",
                }
            )
        height = STEP * max(len(lanes), 1)
        rows.append({"name": row, "y": y, "height": height})
        y += height
    step = max(1, round(span / 9))
    years = [
        {"year": year, "x": f"{LEFT + 14 + (WIDTH - LEFT - RIGHT - 28) * (year - first) / span:.1f}"}
        for year in range(first, last + 1, step)
    ]
    key = [
        {"points": _outline(name, 12, 0, 7), "word": word, "x": LEFT - 220 + 158 * i}
        for i, (_, name, word) in enumerate(SHAPES)
    ]
    signs = [
        {"sign": s, "colour": c, "word": w, "x": LEFT - 220 + 130 * i} for i, (s, c, w) in enumerate(SIGNS.values())
    ]
    environment = Environment(
        loader=PackageLoader("pipeline.render"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("evidence-map.svg.j2").render(
        title=title,
        rows=rows,
        marks=marks,
        years=years,
        key=key,
        signs=signs,
        width=WIDTH,
        left=LEFT,
        right=RIGHT,
        bottom=y,
    )
