"""Units: every spelling that is read, the canonical name, and exact conversion.

A canonical unit is a name of the table ("mg", "mcg", "week", "%") or a quotient of names ("mg/kg", "mcg/mL",
"mL/1.73 m2"). A time in the denominator is not part of the unit: it is the `per` of the rate.
All functions work on the normal form of `pipeline.text` (`µ` is `μ`, spaces are single).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit of the table. Units of one dimension convert into each other by their factors, exactly.

    `words` are matched in any case, `symbols` only as written; both are regular expressions.
    """

    name: str
    dimension: str
    factor: Fraction
    words: str
    symbols: str


class Reading(NamedTuple):
    """A unit as found in a text: canonical unit, rate, and where its spelling ends."""

    unit: str
    per: str | None
    end: int


_METRIC = (
    ("f", "f", "femto", "1e-15"),
    ("p", "p", "pico", "1e-12"),
    ("n", "n", "nano", "1e-9"),
    ("μ", "[μu]", "micro", "1e-6"),
    ("m", "m", "milli", "1e-3"),
    ("", "", "", "1"),
)


def _metric(dimension: str, name: str, symbol: str, word: str, factor: str = "1") -> Iterable[Unit]:
    for prefix, short, long, size in _METRIC:
        stem = f"{long}(?:{word})"
        yield Unit(prefix + name, dimension, Fraction(size) * Fraction(factor), stem, short + symbol)


def _unit(dimension: str, name: str, words: str = "", symbols: str = "", factor: str | int = 1) -> Unit:
    return Unit(name, dimension, Fraction(factor), words, symbols)


# Month and year convert into each other, and so do seconds to weeks; the two never meet: 12 weeks are not 3 months.
# Multi-word spellings stand before the single words they begin or end with.
UNITS: tuple[Unit, ...] = (
    _unit("percentage points", "percentage points", r"percentage[- ]points?|per ?cent points?", "%[- ]?points?"),
    _unit("percent", "%", r"per ?cent", "%"),
    _unit("fold", "fold", "folds?"),
    _unit("pressure", "mmHg", symbols="mm ?Hg"),
    _unit("pressure of water", "cmH2O", symbols=r"cm ?(?:of )?H\(?2\)?O"),
    _unit("pressure in pascal", "kPa", symbols="kPa"),
    _unit("temperature", "°C", r"(?:degrees?|deg\.?) c(?:elsius)?", "° ?C|℃"),
    _unit("angle", "°", "degrees?", "°"),
    _unit("volume", "mm3", "cubic millimet(?:er|re)s?", r"mm\^?3|mm\(3\)", "1e-6"),
    _unit("volume", "cm3", "cubic centimet(?:er|re)s?", r"cm\^?3|cm\(3\)", "1e-3"),
    _unit("area", "mm2", "square millimet(?:er|re)s?", r"mm\^?2|mm\(2\)", "1e-6"),
    _unit("area", "cm2", "square centimet(?:er|re)s?", r"cm\^?2|cm\(2\)", "1e-4"),
    _unit("area", "m2", "square met(?:er|re)s?", r"m ?\^?2|m\(2\)"),
    _unit("mass", "pg", "picograms?", "pg", "1e-12"),
    _unit("mass", "ng", "nanograms?", "ng", "1e-9"),
    _unit("mass", "mcg", "micrograms?|microg|mcgs?", "[μu]g", "1e-6"),
    _unit("mass", "mg", "milligram(?:me)?s?|mgs", "mg", "1e-3"),
    _unit("mass", "g", "gram(?:me)?s?|gms?", "g"),
    _unit("mass", "kg", "kilogram(?:me)?s?|kgs?", "", 1000),
    _unit("volume", "μL", "microlit(?:er|re)s?|microl", "[μu][lL]", "1e-6"),
    _unit("volume", "mL", "millilit(?:er|re)s?|cc|mls?", "", "1e-3"),
    _unit("volume", "dL", "decilit(?:er|re)s?|dl", "", "1e-1"),
    _unit("volume", "L", "lit(?:er|re)s?", "[lL]"),
    _unit("activity", "mIU", symbols="mIU|mU", factor="1e-3"),
    _unit("activity", "μIU", symbols="[μu]IU|[μu]U", factor="1e-6"),
    _unit("activity", "IU", r"international units?|i\.u\.|iu", ""),
    _unit("activity", "units", "units?", "U"),
    *_metric("amount/volume", "M", "M", "molar"),
    *_metric("amount", "mol", "mol", "mol|moles?"),
    _unit("equivalents", "mEq", symbols="mEq", factor="1e-3"),
    _unit("time", "ms", "milliseconds?|msec", "ms", "1e-3"),
    _unit("time", "second", "seconds?|secs?", "s"),
    _unit("time", "minute", "minutes?|mins?", "", 60),
    _unit("time", "hour", "hours?|hrs?", "h", 3600),
    _unit("time", "day", "days?", "d", 86400),
    _unit("time", "week", "weeks?|wks?", "", 604800),
    _unit("calendar", "month", "months?|mos?|mths?", ""),
    _unit("calendar", "year", "years?|yrs?", "y", 12),
    _unit("length", "nm", "nanomet(?:er|re)s?", "nm", "1e-9"),
    _unit("length", "μm", "micromet(?:er|re)s?|microns?", "[μu]m", "1e-6"),
    _unit("length", "mm", "millimet(?:er|re)s?", "mm", "1e-3"),
    _unit("length", "cm", "centimet(?:er|re)s?", "cm", "1e-2"),
    _unit("length", "metre", "met(?:er|re)s?", "m(?= ?/ ?s)"),
    _unit("length", "km", "kilomet(?:er|re)s?", "km", 1000),
    _unit("energy", "kcal", "kcals?|kilocalories?", ""),
    _unit("energy in joule", "kJ", "kilojoules?", "kJ"),
    _unit("dose of radiation", "Gy", "grays?", "Gy"),
    _unit("dose of radiation", "cGy", symbols="cGy", factor="1e-2"),
    _unit("frequency", "MHz", symbols="MHz", factor=10**6),
    _unit("frequency", "kHz", symbols="kHz", factor=1000),
    _unit("frequency", "Hz", "hertz", "Hz"),
    _unit("level of sound", "dB", "decibels?", "dB"),
    _unit("voltage", "mV", "millivolts?", "mV", "1e-3"),
    _unit("molecular mass", "kDa", "kilodaltons?", "kDa", 1000),
    _unit("molecular mass", "Da", "daltons?", "Da"),
    _unit("beats", "beats", "beats?"),
    _unit("breaths", "breaths", "breaths?"),
    _unit("cells", "cells", "cells?"),
    _unit("copies", "copies", "copies"),
    _unit("colonies", "CFU", "cfu"),
    _unit("beats per minute", "bpm", "bpm"),
    _unit("parts per million", "ppm", "ppm"),
)
_BY_NAME = {unit.name: unit for unit in UNITS}
_DOSED = frozenset({"mass", "volume", "activity", "amount", "amount/volume", "equivalents"})
_NOT_DOSED = frozenset({"kg", "L", "mm3", "cm3"})


def _spelling(unit: Unit) -> str:
    parts = [f"(?i:{unit.words})"] if unit.words else []
    return "|".join([*parts, *([unit.symbols] if unit.symbols else [])])


_ENDS = r"(?:(?<=%)|(?![A-Za-z0-9μ])(?!(?<=\b[A-Za-z])-(?!old)[A-Za-z]|\.[A-Z]|\^?-1(?![0-9.])|\(-1\)))"
_NAME = "(?:" + "|".join(f"(?P<u{i}>{_spelling(unit)})" for i, unit in enumerate(UNITS)) + f"){_ENDS}"
_AFTER_NUMBER = re.compile(f" ?-? ?{_NAME}")
_LETTER_AFTER_HYPHEN = re.compile(r"- ?[A-Zl](?![A-Za-z])")
_BODY = re.compile(r"[ -](?:of )?(?:body ?(?:weight|wt)|b\.?w\.?)(?![A-Za-z])", re.IGNORECASE)
_OVER = re.compile(r"(?: ?/ ?| per )(?P<size>\d+(?:\.\d+)? ?)?" + _NAME)
_OVER_NEXT = re.compile(r" ?[.·*] ?(?P<size>)" + _NAME + r"(?!\^?-1|\(-1\))")
_INVERSE = re.compile(r"(?: ?[.·*x]? ?)(?P<size>)" + _NAME.removesuffix(_ENDS) + r"(?:\^?-1|\(-1\))(?!\d)")
_PER_DOSE = re.compile(r"(?: ?/ ?| per )(?:dose|injection|infusion)(?![A-Za-z])")


def _named(match: re.Match[str]) -> Unit:
    name = next(key for key, value in match.groupdict().items() if value is not None and key != "size")
    return UNITS[int(name[1:])]


def rate(times: int, every: int, time: str) -> str:
    """The canonical rate "so many times every so many times": "day", "twice daily", "every 4 weeks".

    12-hourly is twice daily and 7-daily is weekly; a month is never counted in weeks.
    """
    if time == "hour" and every % 24 == 0:
        every, time = every // 24, "day"
    if time == "hour" and every > 1 and 24 % every == 0:
        times, every, time = times * 24 // every, 1, "day"
    if time == "day" and every % 7 == 0:
        every, time = every // 7, "week"
    if every > 1:
        return f"every {every} {time}s" if times == 1 else f"{times} times every {every} {time}s"
    if times == 1:
        return time
    often = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}.get(time, f"per {time}")
    return f"twice {often}" if times == 2 else f"{times} times {often}"


@lru_cache(maxsize=1024)
def _unit_in(tail: str) -> Reading | None:
    first = _AFTER_NUMBER.match(tail)
    if not first or _LETTER_AFTER_HYPHEN.match(tail):
        return None
    top = _named(first)
    below: list[str] = []
    per: str | None = None
    end = first.end()
    while len(below) < 3:
        if body := _BODY.match(tail, end):
            end = body.end()
        if dose := _PER_DOSE.match(tail, end):
            per, end = per or "dose", dose.end()
            continue
        part = _OVER.match(tail, end) or _INVERSE.match(tail, end) or (below and _OVER_NEXT.match(tail, end))
        if not part:
            break
        unit, size = _named(part), (part["size"] or "").strip()
        if unit.dimension in ("time", "calendar"):
            if per or len(size) > 2 or (size and not is_dosed(top.name)):
                break
            per = rate(1, int(size or 1) or 1, unit.name)
        elif unit.dimension in ("percent", "fold") or (size and unit == top):
            break
        else:
            below.append(f"{size} {unit.name}".strip())
        end = part.end()
    return Reading("/".join([top.name, *below]), per, end)


def unit_at(text: str, place: int) -> Reading | None:
    """The unit that follows a number ending at `place` ("mg/kg/day", "-week", " %"), or None where none does."""
    found = _unit_in(text[place : place + 48])
    return found._replace(end=found.end + place) if found else None


def scale(unit: str) -> tuple[str, Fraction]:
    """The dimension of a canonical unit and its factor to the base of that dimension.

    Two units convert exactly when their dimensions are equal; a unit outside the table is its own dimension.
    """
    dimensions: list[str] = []
    factor = Fraction(1)
    for place, part in enumerate(unit.split("/")):
        size, _, name = part.rpartition(" ") if part[:1].isdigit() else ("", "", part)
        known = _BY_NAME.get(name)
        if known is None or (size and not Fraction(size)):
            return unit, Fraction(1)
        one = known.factor * Fraction(size or 1)
        dimensions.append(known.dimension)
        factor = factor / one if place else factor * one
    return "/".join(dimensions), factor


def is_time(unit: str) -> bool:
    """True for a unit of time, from milliseconds to years."""
    return unit in _BY_NAME and _BY_NAME[unit].dimension in ("time", "calendar")


def is_dosed(unit: str) -> bool:
    """True for a unit that doses and concentrations are given in: mass, volume, activity or amount of substance.

    Kilograms, litres and cubic millimetres on top measure bodies, blood and tumours, not doses.
    """
    top = unit.split("/")[0]
    return top in _BY_NAME and _BY_NAME[top].dimension in _DOSED and top not in _NOT_DOSED
