"""The evidence map: conditions by year, size by participants, shape by design, direction by sign and by colour.

Every mark carries its direction as a sign too, so the map reads without colour, and a title that names the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import cos, pi, sin, sqrt
from textwrap import wrap

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from pipeline.models.profile import Point
from pipeline.models.studies import Design, Direction
from pipeline.render.words import visible

LEFT, RIGHT, TOP, STEP, INSET = 230, 20, 34, 34, 20
WIDTH = 980
SMALLEST, LARGEST = 8.0, 13.0
LONGEST_TITLE, LONGEST_ROW, LINE = 120, 32, 15
LETTER = 6.3  # the mean width of a letter of a legend, with some room to spare

SIGNS = {
    Direction.BENEFIT: ("+", "#1b7837", "favours"),
    Direction.NO_DIFFERENCE: ("0", "#2c5f9e", "no difference"),
    Direction.HARM: ("−", "#b2182b", "harm"),
    Direction.MIXED: ("±", "#8c6d1f", "mixed"),
    Direction.UNCLEAR: ("?", "#6f6f6f", "unclear"),
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


def _corners(shape: str, radius: float) -> list[tuple[float, float]]:
    """The corners, around its centre, of a shape with the area of a circle of `radius`; none for a circle."""
    if shape == "circle":
        return []
    sides, turn = _SIDES[shape]
    reach = radius * sqrt(2 * pi / (sides * sin(2 * pi / sides)))
    angles = [turn + 2 * pi * k / sides for k in range(sides)]
    return [(reach * cos(angle), reach * sin(angle)) for angle in angles]


def _drop(corners: Sequence[tuple[float, float]]) -> float:
    """How far below the middle of its height the centre of a shape lies: not at all, but for triangles."""
    heights = [y for _, y in corners] or [0.0]
    return -(min(heights) + max(heights)) / 2


def _outline(corners: Sequence[tuple[float, float]], x: float, y: float) -> str | None:
    """The corners around the point, as SVG wants them; None for a circle."""
    return " ".join(f"{x + cx:.1f},{y + cy:.1f}" for cx, cy in corners) or None


def _lines(text: str, longest: int, most: int) -> list[str]:
    """A text in at most so many lines, the last cut with an ellipsis where it is longer."""
    return wrap(visible(text), longest, max_lines=most, placeholder=" …") or [""]


def _spread(words: Sequence[str]) -> list[float]:
    """Where the entries of a legend begin, each as wide as its words, and where the last one ends."""
    starts = [10.0]
    for word in words:
        starts.append(starts[-1] + 46 + LETTER * len(word))
    return starts


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
            x = LEFT + INSET + (WIDTH - LEFT - RIGHT - 2 * INSET) * (point.year - first) / span
            radius = _radius(point.n, largest)
            corners = _corners(shape_of(point.design), radius)
            half = max((cx for cx, _ in corners), default=radius) + 1
            lane = next((i for i, taken in enumerate(lanes) if x - half > taken), len(lanes))
            lanes[lane : lane + 1] = [x + half]
            middle = y + STEP * (lane + 0.5) + _drop(corners)
            sign, colour, word = SIGNS[point.direction]
            number = f", n = {point.n:,}" if point.n else ""
            marks.append(
                {
                    "x": f"{x:.1f}",
                    "y": f"{middle:.1f}",
                    "r": f"{radius:.1f}",
                    "points": _outline(corners, x, middle),
                    "sign": sign,
                    "colour": colour,
                    "title": f"{visible(point.source)} ({point.year}): {point.design.value}{number}, {word}",
                }
            )
        height = STEP * max(len(lanes), 1)
        words = _lines(row, LONGEST_ROW, 2)
        top = y + height / 2 + 4 - LINE * (len(words) - 1) / 2
        lines = [{"text": text, "y": f"{top + LINE * k:.1f}"} for k, text in enumerate(words)]
        rows.append({"name": visible(row), "lines": lines, "y": y, "height": height})
        y += height
    step = max(1, round(span / 9))
    years = [
        {"year": year, "x": f"{LEFT + INSET + (WIDTH - LEFT - RIGHT - 2 * INSET) * (year - first) / span:.1f}"}
        for year in range(first, last + 1, step)
    ]
    places = _spread([word for _, _, word in SHAPES])
    key = [
        {"points": _outline(corners, 12, _drop(corners)), "word": word, "x": f"{x:.1f}"}
        for x, (_, name, word) in zip(places, SHAPES, strict=False)
        for corners in [_corners(name, 7)]
    ]
    places = _spread([word for _, _, word in SIGNS.values()])
    signs = [
        {"sign": sign, "colour": colour, "word": word, "x": f"{x:.1f}"}
        for x, (sign, colour, word) in zip(places, SIGNS.values(), strict=False)
    ]
    return _template().render(
        title=_lines(title, LONGEST_TITLE, 1)[0],
        rows=rows,
        marks=marks,
        years=years,
        key=key,
        signs=signs,
        size_x=f"{places[-1]:.1f}",
        width=WIDTH,
        left=LEFT,
        right=RIGHT,
        bottom=y,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("pipeline.render"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("evidence-map.svg.j2")
