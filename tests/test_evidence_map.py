"""The evidence map: whole, legible without colour, nothing cut off and nothing on top of something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.models.profile import Point
from pipeline.models.studies import Design, Direction
from pipeline.render.evidence_map import SIGNS, WIDTH, evidence_map
from pipeline.render.words import visible

SVG = "{http://www.w3.org/2000/svg}"
CHARACTER = 0.5  # the mean width of a letter of Helvetica, in sizes of the font


def point(**fields: Any) -> Point:
    return Point.model_validate(
        {
            "source": "90000001",
            "row": "Imagined pain",
            "year": 2020,
            "n": 40,
            "design": Design.RANDOMISED,
            "direction": Direction.BENEFIT,
            **fields,
        }
    )


MANY = tuple(
    point(
        source=str(90000001 + k),
        row=("Imagined pain", "Imagined loss of sleep, of appetite and of any wish to read long names (approved use)")[
            k % 2
        ],
        year=2000 + k % 5,
        n=(None, 5, 100, 900)[k % 4],
        design=list(Design)[k % len(Design)],
        direction=list(Direction)[k % len(Direction)],
    )
    for k in range(60)
)


def drawn(points: tuple[Point, ...], title: str = "Evidence map: examplol") -> ElementTree.Element:
    svg = evidence_map(title, points)
    assert svg is not None
    return ElementTree.fromstring(svg)


def studies(svg: ElementTree.Element) -> list[ElementTree.Element]:
    """The marks: groups with a title that hold a shape."""
    shapes = (SVG + "circle", SVG + "polygon")
    return [g for g in svg.iter(SVG + "g") if g.find(SVG + "title") is not None and g[1].tag in shapes]


def box(shape: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a circle or polygon."""
    if shape.tag == SVG + "circle":
        x, y, r = (float(shape.attrib[name]) for name in ("cx", "cy", "r"))
        return x - r, y - r, x + r, y + r
    corners = [tuple(map(float, corner.split(","))) for corner in shape.attrib["points"].split()]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def boxes(element: ElementTree.Element, dx: float = 0, dy: float = 0) -> Iterator[tuple[float, float, float, float]]:
    """The place of everything drawn, translations followed and the width of words estimated."""
    if moved := element.attrib.get("transform"):
        x, y = moved.removeprefix("translate(").removesuffix(")").split()
        dx, dy = dx + float(x), dy + float(y)
    if element.tag in (SVG + "circle", SVG + "polygon"):
        left, top, right, bottom = box(element)
        yield left + dx, top + dy, right + dx, bottom + dy
    if element.tag == SVG + "text":
        size = float(element.attrib.get("font-size", 13))
        wide = len(element.text or "") * size * CHARACTER
        before = {"end": wide, "middle": wide / 2}.get(element.attrib.get("text-anchor", "start"), 0.0)
        start, base = float(element.attrib["x"]) + dx - before, float(element.attrib["y"]) + dy
        yield start, base - size, start + wide, base + 4
    for child in element:
        yield from boxes(child, dx, dy)


def test_no_studies_no_map() -> None:
    assert evidence_map("Evidence map: examplol", ()) is None


def test_the_same_points_draw_the_same_bytes() -> None:
    assert evidence_map("Evidence map", MANY) == evidence_map("Evidence map", MANY)
    assert evidence_map("Evidence map", MANY) != evidence_map("Evidence map", MANY[1:])


def test_every_mark_carries_its_sign_and_a_title() -> None:
    found = studies(drawn(MANY))
    assert len(found) == len(MANY)
    titles = {g.findtext(SVG + "title"): g.findtext(SVG + "text") for g in found}
    for given_point in MANY:
        sign, _, word = SIGNS[given_point.direction]
        number = f", n = {given_point.n}" if given_point.n else ""
        title = f"{given_point.source} ({given_point.year}): {given_point.design.value}{number}, {word}"
        assert titles[title] == sign
    assert len({sign for sign, _, _ in SIGNS.values()}) == len(Direction)


@pytest.mark.parametrize("points", [MANY, (point(),), (point(n=None),), (point(year=1950), point(year=2026))])
def test_nothing_is_drawn_outside(points: tuple[Point, ...]) -> None:
    svg = drawn(points, "Evidence map: " + "examplol " * 13)
    left, top, width, height = map(float, svg.attrib["viewBox"].split())
    assert (left, top, width, height) == (0, 0, WIDTH, float(svg.attrib["height"]))
    for x1, y1, x2, y2 in boxes(svg):
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_no_mark_lies_on_another() -> None:
    close = tuple(p.model_copy(update={"year": 1950 + 75 * (k == 0) + k % 3}) for k, p in enumerate(MANY))
    for points in (MANY, close):
        places = [box(g[1]) for g in studies(drawn(points))]
        assert not any(overlap(a, b) for k, a in enumerate(places) for b in places[:k])


def test_the_entries_of_the_legend_do_not_run_into_each_other() -> None:
    svg = drawn((point(),))
    legend = [list(boxes(group)) for group in svg.findall(f"{SVG}g[@transform]")]
    assert [len(entries) for entries in legend] == [12, 16]
    for entries in legend:
        # A sign stands on its own circle; everything else keeps clear.
        apart = [one for one in entries if not any(one != o and o[0] <= one[0] and one[2] <= o[2] for o in entries)]
        assert not any(overlap(a, b) for k, a in enumerate(apart) for b in apart[:k])


def test_more_participants_make_a_larger_mark() -> None:
    marks_drawn = [
        box(g[1]) for g in studies(drawn(tuple(point(n=n, year=2000 + k) for k, n in enumerate((None, 10, 90)))))
    ]
    widths = [right - left for left, _, right, _ in marks_drawn]
    assert widths[0] < widths[1] < widths[2]


def test_a_long_name_is_cut_and_told_whole() -> None:
    name = MANY[1].row
    (group,) = (g for g in drawn(MANY).findall(SVG + "g") if g.findtext(SVG + "title") == name)
    lines = [text.text or "" for text in group.findall(SVG + "text")]
    assert len(lines) == 2
    assert name.startswith(" ".join(lines).removesuffix(" …"))


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_no_name_breaks_the_document(name: str) -> None:
    hostile = f"<script>alert('{name}')</script>"
    svg = drawn((point(row=hostile, source=hostile),), hostile)
    assert svg.find(f".//{SVG}script") is None
    assert svg.findtext(SVG + "title") == visible(hostile)
    assert visible(hostile) in [g.findtext(SVG + "title") for g in svg.iter(SVG + "g")]
