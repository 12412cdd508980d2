"""What every page shares: its templates, in which all that is printed is text, and its files that never change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from textwrap import shorten
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.identifiers import footnote_label, slug
from pipeline.models.sources import Article, Label
from pipeline.models.studies import Grade, Level
from pipeline.render.words import visible

LONGEST_SHORT = 50  # characters of a title that stands for a paper without an author
STATIC = ("page.js", "style.css")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'"
)
LANGUAGE = "en"


class Badge(NamedTuple):
    """A grade as a page shows it: the level and the direction in words, a sign for the direction, a class for each."""

    level: str
    level_class: str
    sign: str
    direction: str
    direction_class: str

    @property
    def words(self) -> str:
        """Both in words, as in "Gold, conflicting"; "none found" stands alone."""
        return f"{self.level}, {self.direction}" if self.direction else self.level


LEVELS = (
    ("Gold", "at least one firm randomised trial in people: not a pilot, and not with fewer than 20 participants"),
    (
        "Silver",
        "at least two studies in people that agree, no firm trial; or three animal experiments of two groups that do",
    ),
    ("Bronze", "less than that: a single study in people, studies that disagree, cases, few animal experiments"),
    ("None found", "no study of the effect was found"),
)
DIRECTIONS = (
    ("favours", "+", "the studies found a benefit"),
    ("no difference", "0", "the studies found no difference"),
    ("harm", "−", "the studies found harm"),
    ("conflicting", "≠", "some found a benefit, others no difference or harm"),
    ("mixed", "±", "the results are mixed, or disagree otherwise"),
    ("unclear", "?", "no study says so clearly enough to be read by rule"),
)
_SIGNS = {word: sign for word, sign, _ in DIRECTIONS}


def badge(grade: Grade) -> Badge:
    """The badge of a grade."""
    if grade.level is Level.NONE:
        return Badge("None found", "none", "", "", "")
    level = grade.level.value
    return Badge(level, level.lower(), _SIGNS[grade.direction], grade.direction, slug(grade.direction))


def _printed(value: object) -> object:
    """Every expression of a template: what is no markup of ours is made `visible`, and then escaped."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


@cache
def environment() -> Environment:
    """The templates of the site. Whatever they print is text."""
    made = Environment(
        loader=PackageLoader("pipeline.render", "templates/site"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed,
        keep_trailing_newline=True,
    )
    made.filters["badge"] = badge
    made.globals |= {"policy": POLICY, "language": LANGUAGE, "assets": assets(), "levels": LEVELS}
    made.globals["directions"] = DIRECTIONS
    return made


@cache
def static(name: str) -> str:
    """A file of the site that is the same for every profile."""
    return files("pipeline.render").joinpath("static", name).read_text("utf-8")


@cache
def assets() -> Mapping[str, str]:
    """The names of those files with a mark of what is in them, so that a browser takes no old one for a new page."""
    return {name: f"{name}?v={sha256(static(name).encode()).hexdigest()[:8]}" for name in STATIC}


def anchor(identifier: str) -> str:
    """The id of a section or claim as the id of an element."""
    return re.sub(r"[^a-z0-9]+", "-", identifier.lower()).strip("-") or "x"


def reference_anchor(key: str) -> str:
    """The id of the entry of a source in the list of references."""
    return f"ref-{footnote_label(key)}"


def short_form(key: str, source: Article | Label | None) -> str:
    """A source in a few words: the first author and the year, or a title."""
    if isinstance(source, Label):
        return source.title
    if source is None:
        return key
    names = [author.collective or author.family or "" for author in source.authors]
    first = next(filter(None, names), "")
    more = " et al." if len(names) > 1 or not source.authors_complete else ""
    told = f"{first}{more}" if first else shorten(source.title, LONGEST_SHORT, placeholder=" …")
    return f"{told}, {source.published}" if source.published else told
