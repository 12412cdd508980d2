"""How often a dose is given: "daily", "twice a day", "every 4 weeks", "b.i.d." as one canonical rate each.

All functions work on the normal form of `pipeline.text`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.quantities.number_words import SMALL_WORDS
from pipeline.quantities.units import rate


class Rate(NamedTuple):
    """A canonical rate ("day", "twice daily", "every 4 weeks") and where its words begin and end."""

    per: str
    start: int
    end: int


_COUNT = rf"[1-9][0-9]?|{'|'.join(word for word, value in SMALL_WORDS.items() if 1 <= value <= 12)}"
_PERIODS = {"night": "day", "evening": "day", "morning": "day", "daily": "day", "nightly": "day"}
_PERIODS |= {"weekly": "week", "monthly": "month", "yearly": "year", "annually": "year"}
_PERIODS |= {"h": "hour", "hr": "hour", "d": "day", "wk": "week", "w": "week", "mo": "month"}
_LATIN = {"qd": 1, "od": 1, "qhs": 1, "bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4}
_FREQUENCY = (
    rf"(?:(?:(?P<often>once|twice|thrice|one time|(?:{_COUNT}) ?(?:times|x))[ -]?(?:a |per |each |every |/ ?|in the )?"
    r"|(?P<a>(?:a|per|each|every|/) ?))"
    r"(?P<period>daily|nightly|weekly|monthly|yearly|annually|day|night|evening|morning|week|month|year)"
    r"|(?P<adverb>daily|nightly|weekly|monthly)|(?P<evening>at bedtime|at night|in the evening|before bed(?:time)?)"
    rf"|(?:every (?P<n>other|second|{_COUNT})[ -]|q ?(?P<q>[1-9][0-9]?) ?)"
    r"(?P<unit>hours?|hrs?|h|days?|d|weeks?|wk|w|months?|mo)"
    r"|(?P<alternate>(?:on )?alternate days?)|(?P<fortnight>fortnightly|every fortnight)"
    r"|(?P<latin>q\.?d\.?|o\.d\.?|qhs|b\.?i\.?d\.?|b\.?d\.?|t\.?i\.?d\.?|t\.?d\.?s\.?|q\.?i\.?d\.?|q\.?d\.?s\.?))(?![A-Za-z])"
)
# An adverb is a rate of the dose before it; before a noun it may belong to that ("4.5 mg on daily pain").
_CLOSED = (
    r"(?= ?(?:[.,;:)\]/]|$|(?:for|in|at|or|and|vs\.?|versus|over|during|to|with|by|from|as|was|were|is|than|on|orally"
    r"|plus|after|before|via|until|compared|until|given|versus|did|had|has|reduced|improved|then)\b))"
)
_NO_FILLER = r"and|or|vs|versus|for|than|plus|then|in|compared|followed|on|to|from|was|were|with|reduced|improved|that"
_PLACEBO = r"(?:\)? or (?:matching |matched |identical |oral )?placebo(?: tablets?| capsules?)?)"
_WORD = rf",? \(?(?!(?:{_NO_FILLER}|{_COUNT}|daily|weekly|every|each|per|once|twice|at)\b)[A-Za-z][A-Za-z'./-]*\)?"
_FILLER = rf"(?:{_PLACEBO}|{_WORD}){{1,5}}?"
_DIRECTLY = re.compile(rf",?[ -]?(?P<open>\()?{_FREQUENCY}(?(open)\)?)", re.IGNORECASE)
_FURTHER = re.compile(rf"{_FILLER},? (?P<open>\()?{_FREQUENCY}{_CLOSED}(?(open)\)?)", re.IGNORECASE)
_AHEAD = re.compile(
    rf"(?<![\w-]){_FREQUENCY}(?:,? |-)(?:(?:oral|total|maximum|maintenance|target|low|single|intravenous) )?"
    r"(?:(?:dos(?:e|es|age|ages|ing)|amounts?) ?(?:of|was|were|is|=|:|,|\()? ?(?:up to |about |approximately |at )?)?$",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(rf"(?<![\w-]){_FREQUENCY}(?!-?[A-Za-z])", re.IGNORECASE)


def _canonical(match: re.Match[str]) -> str:
    def count(word: str) -> int:
        return 2 if word in ("other", "second") else SMALL_WORDS.get(word) or int(word)

    if match["latin"]:
        return rate(_LATIN[match["latin"].lower().replace(".", "")], 1, "day")
    if match["evening"]:
        return "day"
    if match["alternate"]:
        return rate(1, 2, "day")
    if match["fortnight"]:
        return rate(1, 2, "week")
    if match["unit"]:
        time = match["unit"].lower().removesuffix("s")
        return rate(1, count((match["n"] or match["q"]).lower()), _PERIODS.get(time, time))
    period = (match["period"] or match["adverb"]).lower()
    often = (match["often"] or "once").lower()
    fixed = {"once": 1, "one time": 1, "twice": 2, "thrice": 3}
    times = fixed.get(often) or count(re.sub(r" ?(?:times|x)$", "", often))
    return rate(times, 1, _PERIODS.get(period, period))


def rate_after(text: str, place: int) -> Rate | None:
    """The rate that follows a dose ending at `place`, directly or after a few words ("mg of naltrexone once daily")."""
    window = text[place : place + 90]
    match = _DIRECTLY.match(window) or _FURTHER.match(window)
    if not match:
        return None
    return Rate(_canonical(match), place, place + match.end())


def rate_before(text: str, place: int) -> Rate | None:
    """The rate that stands before a dose beginning at `place`: "once-daily 28 mg", "a daily dose of 4.5 mg"."""
    start = max(0, place - 70)
    match = _AHEAD.search(text[start:place])
    return Rate(_canonical(match), start + match.start(), place) if match else None


def rates_in(text: str) -> tuple[str, ...]:
    """Every rate that `text` names, beside a dose or not, in order: "twice daily", "every 4 weeks"."""
    return tuple(_canonical(match) for match in _ANYWHERE.finditer(text))
