"""Tampering with units: of an amount, of a length of time, of a rate. Same form as `bench.tamper_numbers`."""

from __future__ import annotations

import re
from random import Random

from bench.figures import (
    HOURS,
    NUMBER,
    put,
    timed,
    weighed,
)
from bench.papers import Paper, Tampering

_GAP = r"(?<=\d)(?P<gap>[\s-]?)"
_UNITS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"{_GAP}mg(?=/kg)", ("µg", "g")),
    (rf"{_GAP}mg\s?/\s?kg(?!\s?/\s?(?:min|h))", ("mg",)),
    (rf"{_GAP}(?:mg|milligrams?)\b(?!\s?/\s?(?:d|m)?[lL]\b)", ("mcg", "g", "µg")),
    (rf"{_GAP}(?:mcg|µg|μg|micrograms?)\b", ("mg", "ng")),
    (rf"{_GAP}ng(?=/|\s)", ("µg", "mg")),
    (rf"{_GAP}g\b(?!\s?/\s?d?[lL]\b)", ("mg", "kg")),
    (rf"{_GAP}mmol\b", ("µmol", "mol")),
)
_TIMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"{_GAP}weeks\b", ("months", "days")),
    (rf"{_GAP}week\b(?!ly)", ("month", "day")),
    (rf"{_GAP}months\b", ("weeks", "years")),
    (rf"{_GAP}month\b(?!ly)", ("week", "year")),
    (rf"{_GAP}days\b", ("weeks", "months")),
    (rf"{_GAP}(?:hours|hrs|h)\b", ("days", "minutes")),
    (rf"{_GAP}(?:minutes|mins|min)\b", ("hours",)),
)
_RATES: tuple[tuple[str, str], ...] = (
    (r"\bonce daily\b", "twice daily"),
    (r"\bonce[- ]a[- ]day\b", "twice a day"),
    (r"\btwice daily\b", "once daily"),
    (r"\btwice a day\b", "once a day"),
    (r"\bthree times daily\b", "once daily"),
    (r"\btwice weekly\b", "twice daily"),
    (r"\bonce[- ]weekly\b", "once-daily"),
    (r"(?<=\d)(\s?mg|\s?mcg|\s?µg|\s?g|\s?IU)\s?/\s?d(?:ay)?\b", r"\1/week"),
    (r"(?<=mg )daily\b", "weekly"),
    (r"(?<=mg )per day\b", "per week"),
    (r"(?<=times )(?:per|a|each) week\b", "a day"),
    (r"(?<=times )(?:per|a|each) day\b", "a week"),
)


def _said(paper: Paper, number: str, unit: str, *, by_weight: bool) -> bool:
    """True where the paper names this figure with this unit; of a dose by weight only without its "/kg"."""
    if by_weight:
        return re.search(rf"(?<![\d.]){re.escape(number)}\s?{unit}\b(?!\s?/\s?kg)", paper.text) is not None
    if any(paper.says(f"{number}{gap}{unit}") for gap in ("", " ", "-")) or weighed(paper, number, unit):
        return True
    return unit.rstrip("s") in HOURS and timed(paper, number, unit.rstrip("s"))


def _with_unit(claim: str, paper: Paper, chance: Random, units: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    ways = [(pattern, news) for pattern, news in units if re.search(pattern, claim)]
    chance.shuffle(ways)
    for pattern, news in ways:
        match = chance.choice(list(re.finditer(pattern, claim)))
        new = chance.choice(news)
        number = re.search(rf"{NUMBER}$", claim[: match.start()])
        if number is None or _said(paper, number[0], new, by_weight="/kg" in match[0].replace(" ", "")):
            continue
        return put(claim, *match.span(), match["gap"] + new)
    return None


def unit(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another unit behind the same amount."""
    return _with_unit(claim, paper, chance, _UNITS)


def unit_of_time(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another unit behind the same length of time."""
    return _with_unit(claim, paper, chance, _TIMES)


def rate(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another rate of the same dose: twice daily for once, a week for a day."""
    ways = [(pattern, new) for pattern, new in _RATES if re.search(pattern, claim)]
    chance.shuffle(ways)
    for pattern, new in ways:
        match = chance.choice(list(re.finditer(pattern, claim)))
        if not paper.says(match.expand(new)):
            return put(claim, *match.span(), match.expand(new))
    return None


UNITS: dict[str, Tampering] = {"unit": unit, "unit of time": unit_of_time, "rate": rate}
