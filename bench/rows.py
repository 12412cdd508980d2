"""A line of the one table: what was measured, what came of it, and what it is held against."""

from __future__ import annotations

from typing import NamedTuple

MISSING = "../shared is missing"


class Row(NamedTuple):
    """A measured figure beside what it is compared with, both as people read them, units included.

    `ratio` is ours against the other, as the target counts it, or None where nothing is compared. `target` is empty and
    `met` is None where none was set or nothing was measured. `note` gives the sizes, and the reason where it is short.
    """

    what: str
    ours: str
    beside: str
    ratio: float | None
    target: str
    met: bool | None
    note: str


def share_row(what: str, part: int, whole: int, target: str = "", beside: str = "", digits: int = 1) -> Row:
    """The line of a share; `target` is such as "≥ 95 %"."""
    got = 100 * part / whole
    bound = float(target.split()[-2]) if target else None
    met = None if bound is None else (got >= bound if target.startswith("≥") else got <= bound)
    return Row(what, f"{got:.{digits}f} %", beside, None, target, met, f"{part:,} of {whole:,}")


def unmeasured(what: str, why: str, target: str = "") -> Row:
    """The line of something that could not be measured here, and why."""
    return Row(what, "not measured", "", None, target, None, why)
