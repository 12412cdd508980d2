"""A plot of lines on logarithmic axes as SVG, which can be read on a light page and on a dark one, and without colour.

Each line has a shape of its marks and a name at its end; each mark has a title with its figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log10
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 470, 330  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 66, 66, 40, 50
ACROSS = 2
LEAST_APART = 14  # between the names of two lines
COLOURS = ("#0a6ebd", "#c2571a", "#3f8f3f", "#8a5fbf")
STYLE = """
  svg { color-scheme: light dark; background: Canvas; }
  text { font: 12px system-ui, sans-serif; fill: #333; }
  .title { font-weight: 600; font-size: 13px; }
  .grid { stroke: #8886; stroke-width: 1; }
  path.line { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) { text { fill: #ddd; } }
"""


class Panel(NamedTuple):
    """One plot: what its y axis shows (with the unit), what its x axis shows, and the points of each line by name."""

    shows: str
    against: str
    lines: dict[str, list[tuple[float, float]]]


def plot(panels: list[Panel], title: str = "Time and memory against work") -> str:
    """The panels, two in a row, as an SVG document."""
    width, height = ACROSS * WIDTH, -(-len(panels) // ACROSS) * HEIGHT
    said = "; ".join(line for panel in panels for line in described(panel))
    places = [(WIDTH * (place % ACROSS), HEIGHT * (place // ACROSS)) for place in range(len(panels))]
    drawn = "".join(
        f'<g transform="translate({x},{y})">{"".join(_panel(panel))}</g>\n'
        for (x, y), panel in zip(places, panels, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-labelledby="title said">\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="said">{escape(said)}</desc>\n<style>{STYLE}</style>\n{drawn}</svg>\n'
    )


def described(panel: Panel) -> Iterator[str]:
    """The lines of a panel in words."""
    for name, points in panel.lines.items():
        yield f"{panel.shows} of {name}: " + ", ".join(f"{number(y)} at {number(x)}" for x, y in points)


def number(value: float) -> str:
    """A number as an axis shows it."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"


def _panel(panel: Panel) -> Iterator[str]:
    xs, ys = ([point[axis] for points in panel.lines.values() for point in points] for axis in (0, 1))
    x, y = Scale(xs, LEFT, WIDTH - RIGHT), Scale(ys, HEIGHT - BOTTOM, TOP)
    yield f'<text class="title" x="{LEFT}" y="20">{escape(panel.shows)}</text>'
    for power in range(x.low, x.high + 1):
        at = x(10.0**power)
        yield f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text text-anchor="middle" x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}">{number(10.0**power)}</text>'
    for power in range(y.low, y.high + 1):
        at = y(10.0**power)
        yield f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>'
        yield f'<text text-anchor="end" x="{LEFT - 8}" y="{at + 4:.1f}">{number(10.0**power)}</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text text-anchor="middle" x="{middle}" y="{HEIGHT - 10}">{escape(panel.against)}</text>'
    names: list[float] = []
    ends = sorted(enumerate(panel.lines.items()), key=lambda line: y(line[1][1][-1][1]))
    for place, (name, points) in ends:
        colour, at = COLOURS[place % len(COLOURS)], [(x(px), y(py)) for px, py in points]
        path = " ".join(f"{'L' if i else 'M'}{px:.1f},{py:.1f}" for i, (px, py) in enumerate(at))
        yield f'<path class="line" stroke="{colour}" d="{path}"/>'
        for (px, py), (work, value) in zip(at, points, strict=True):
            said = escape(f"{name}: {number(value)} at {number(work)}")
            yield f'<g fill="{colour}"><title>{said}</title>{_mark(place, px, py)}</g>'
        names.append(max(at[-1][1] + 4, names[-1] + LEAST_APART if names else 0.0))
        yield f'<text x="{at[-1][0] + 9:.1f}" y="{names[-1]:.1f}">{escape(name)}</text>'


def _mark(place: int, x: float, y: float) -> str:
    shapes = ("M-4,-4H4V4H-4Z", "M0,-5.5L5,4H-5Z", "M0,-5.5L5.5,0L0,5.5L-5.5,0Z", "M0,5.5L5,-4H-5Z")
    return f'<path transform="translate({x:.1f},{y:.1f})" d="{shapes[place % len(shapes)]}"/>'


class Scale:
    """Values to places on an axis that begins and ends at powers of ten."""

    def __init__(self, values: list[float], start: float, end: float) -> None:
        self.low, self.high = floor(log10(min(values))), ceil(log10(max(values)))
        self.high += self.high == self.low
        self._start, self._step = start, (end - start) / (self.high - self.low)

    def __call__(self, value: float) -> float:
        return self._start + self._step * (log10(value) - self.low)
