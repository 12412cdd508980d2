"""Tampering with figures: doses, sample sizes, percentages, p-values, intervals, durations.

Each function takes a true claim, its paper and a source of chance, and gives the claim with one thing made false, or
None where there is nothing to change. A figure is never replaced by one that the paper gives itself for that kind of
thing, unless taking it from elsewhere in the paper is the very tampering.
"""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random

from bench.figures import (
    DOSE,
    DURATION,
    INTERVAL,
    NUMBER,
    P_VALUE,
    PERCENT,
    counts,
    digits,
    put,
    shuffled,
    swapped,
    timed,
    times,
    weighed,
)
from bench.papers import Paper, Tampering


def _other(chance: Random, number: str, *, small: bool = True) -> str | None:
    """A wrong number for a right one: moved by a factor or with its digits exchanged."""
    ways = ["10", "10", "0.1", "swap", "swap"] + ([] if small else ["1000"])
    way = chance.choice(ways)
    if Decimal(digits(number)) == 0:
        return None
    return swapped(number, chance) or times(number, "10") if way == "swap" else times(number, way)


def dose(claim: str, paper: Paper, chance: Random) -> str | None:
    """The amount times 10 or 1000, divided by 10, or with two digits exchanged."""
    for match in shuffled(DOSE, claim, chance):
        new = _other(chance, match["number"], small=False)
        if new is None or any(paper.says(f"{new}{gap}{match['unit']}") for gap in ("", " ", "-")):
            continue
        if weighed(paper, new, match["unit"]):
            continue
        return put(claim, *match.span("number"), new)
    return None


def dose_of_another(claim: str, paper: Paper, chance: Random) -> str | None:
    """The amount of another dose of the same paper, in a sentence with results of its own."""
    if not (P_VALUE.search(claim) or PERCENT.search(claim)):
        return None
    here = list(DOSE.finditer(claim))
    if len(here) != 1:
        return None
    unit = here[0]["unit"]
    others = {m["number"] for m in DOSE.finditer(paper.text) if m["unit"] == unit} - {here[0]["number"]}
    return put(claim, *here[0].span("number"), chance.choice(sorted(others))) if others else None


def sample(claim: str, paper: Paper, chance: Random) -> str | None:
    """A sample size times 10, with two digits exchanged, or another count of the same paper."""
    for match in counts(claim, chance):
        others = {digits(m["number"]) for m in counts(paper.text, chance) if m["number"] not in claim}
        others -= {digits(m["number"]) for m in counts(claim, chance)}
        if others and chance.random() < 0.35:
            return put(claim, *match.span("number"), chance.choice(sorted(others)))
        new = _other(chance, match["number"])
        if new is None or "." in new:
            new = times(match["number"], "10")
        if re.search(rf"(?<![\d.]){new}(?![\d.])", paper.words().replace(",", "")):
            continue
        return put(claim, *match.span("number"), new)
    return None


def percent(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another percentage, one of the same paper that stands for something else, or a count in its place."""
    for match in shuffled(PERCENT, claim, chance):
        way = chance.choice(("changed", "changed", "other", "count"))
        number = Decimal(digits(match["number"]))
        if way == "count" and number == int(number) and number != 100 and re.match(r"\s?of\s", claim[match.end() :]):
            return put(claim, *match.span(), f"{number}")
        others = sorted({m["number"] for m in PERCENT.finditer(paper.text)} - set(re.findall(NUMBER, claim)))
        if way == "other" and others:
            return put(claim, *match.span("number"), chance.choice(others))
        new = chance.choice((swapped(match["number"], chance), times(match["number"], "10"), str(number + 13)))
        if new is None or Decimal(new) > 100:
            new = str(number - 7) if number > 10 else str(number + 9)
        if new not in paper.words():
            return put(claim, *match.span("number"), new)
    return None


def p_value(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another p-value, the inequality turned round, or the decimal point moved so that more is claimed."""
    for match in shuffled(P_VALUE, claim, chance):
        operator, number = match["operator"], match["number"]
        if operator in "<≤>≥" and chance.random() < 0.6:
            turned = {"<": ">", "≤": ">", ">": "<", "≥": "<"}[operator]
            return put(claim, *match.span("operator"), turned)
        if operator in "<≤":
            new = times(number, "0.1")
        elif operator in ">≥":
            new = times(number, "10") if Decimal(digits(number)) < Decimal("0.1") else times(number, "1.5")
        else:
            ten = times(number, "10") if Decimal(digits(number)) < Decimal("0.1") else times(number, "0.1")
            new = chance.choice((ten, ten, swapped(number, chance) or ten))
        if re.search(rf"(?<!\d){re.escape(new.lstrip('0'))}(?!\d)", claim) or Decimal(new) == Decimal(digits(number)):
            continue
        return put(claim, *match.span("number"), new)
    return None


def interval(claim: str, paper: Paper, chance: Random) -> str | None:
    """A bound of a confidence interval changed."""
    for match in shuffled(INTERVAL, claim, chance):
        side = chance.choice(("low", "high"))
        sign = match[side][0] if match[side][0] in "-−–" else ""
        number = match[side].lstrip("-−–")
        new = swapped(number, chance) or times(number, "10")
        if chance.random() < 0.3 or Decimal(new) == Decimal(digits(number)):
            new = f"{Decimal(digits(number)) + Decimal('0.4')}"
        if not paper.says(new):
            return put(claim, *match.span(side), sign + new)
    return None


def duration(claim: str, paper: Paper, chance: Random) -> str | None:
    """Another length of time: doubled, ten times as long, or with two digits exchanged."""
    for match in shuffled(DURATION, claim, chance):
        if re.search(r"\b(?:age|aged|ages|older|younger)\b[^,;]{0,30}$", claim[: match.start()], re.IGNORECASE):
            continue
        new = chance.choice(
            (times(match["number"], "2"), swapped(match["number"], chance), times(match["number"], "10"))
        )
        stem = match["unit"].rstrip("s")
        if new is None or any(paper.says(f"{new}{gap}{stem}{s}") for gap in " -" for s in ("", "s")):
            continue
        if timed(paper, new, stem):
            continue
        return put(claim, *match.span("number"), new)
    return None


def bound_elsewhere(claim: str, paper: Paper, chance: Random) -> str | None:
    """Two figures of one kind in the same sentence exchanged, so that each stands for what the other stood for."""
    for pattern, group in ((P_VALUE, "number"), (PERCENT, "number")):
        found = list(pattern.finditer(claim))
        if len(found) < 2 or re.search(r"\b(?:range|ranged|ranging|between|from)\b", claim):
            continue
        one, two = sorted(chance.sample(found, 2), key=re.Match.start)
        if pattern is P_VALUE and one["operator"] != two["operator"]:
            continue
        if re.fullmatch(r"\W{0,3}(?:to|and)?\W{0,2}", claim[one.end() : two.start()]):
            continue
        if Decimal(digits(one[group])) == Decimal(digits(two[group])):
            continue
        moved = put(claim, *two.span(group), one[group])
        return put(moved, *one.span(group), two[group])
    return None


NUMBERS: dict[str, Tampering] = {
    "dose": dose,
    "n": sample,
    "percent": percent,
    "p-value": p_value,
    "interval": interval,
    "duration": duration,
    "dose of another arm": dose_of_another,
    "bound elsewhere": bound_elsewhere,
}
