"""Tampering with figures: doses, units, sample sizes, percentages, p-values, intervals, durations.

Each function takes a true claim, its paper and a source of chance, and gives the claim with one thing made false, or
None where there is nothing to change. A figure is never replaced by one that the paper gives itself for that kind of
thing, unless taking it from elsewhere in the paper is the very tampering. The patterns are this benchmark's own: they
share nothing with the code that is measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random

from bench.papers import Paper

Tampering = Callable[[str, Paper, Random], str | None]

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SPELLED = {
    **{word: value for value, word in enumerate([*_ONES, *_TEENS], 1)},
    **{word: 10 * tens for tens, word in enumerate(_TENS, 2)},
    **{f"{ten}-{one}": 10 * t + o for t, ten in enumerate(_TENS, 2) for o, one in enumerate(_ONES, 1)},
}
_WORDED = "|".join(sorted(SPELLED, key=len, reverse=True))

NUMBER = r"(?<![\w.,·/^±-])(?:\d{1,3}(?:,\d{3})+|\d+(?:[.·]\d+)?)(?![.,·]?\d)"
COUNTED = (
    r"patients|participants|subjects|volunteers|women|men|children|adults|infants|adolescents|individuals|people|"
    r"persons|males|females|boys|girls|students|athletes|cases|controls|rats|mice|dogs|rabbits|pigs|animals|nurses|"
    r"studies|trials|RCTs|records|articles|residents|smokers|users|physicians|households|schools|eyes|teeth|pairs"
)
DOSE = re.compile(
    rf"(?<!± )(?<!±)(?<!\+/- )(?P<number>{NUMBER})(?P<gap>[\s-]?)"
    r"(?P<unit>mg|mcg|µg|μg|microg|ng|g|kg|IU|MBq|Gy|mL|ml|milligrams?|micrograms?|grams?|units|tablets?|capsules?)"
    r"\b(?!\s?/\s?(?:d|m|µ|μ)?[lL]\b|\s?per\s(?:d|m)?[lL]|\s?[·/]\s?(?:m2|dl|dL|mol|cm)|\s?[dm]?l\s?[-−]1)"
)
PERCENT = re.compile(
    rf"(?P<number>{NUMBER})(?P<unit>\s?(?:%|percent\b|per cent\b))(?!\s?(?:\(?CI|C\.I|confidence|credible|prediction))"
)
COUNT = re.compile(
    rf"(?P<number>{NUMBER}|\b(?:{_WORDED})\b)(?P<rest>\s(?:(?!(?:of|or|and|to|in|with|hundred|thousand|weeks?|days?|months?|years?|hours?)\b)[a-z][\w-]*\s){{0,3}}(?:{COUNTED})\b)",
    re.IGNORECASE,
)
N_IS = re.compile(rf"(?<![\w/])(?P<before>[nN]\s?=\s?)(?P<number>{NUMBER})")
_NOT_A_COUNT = re.compile(r"(?:group|phase|grade|stage|class|type|aged?|%|and|to|or|than|-|–)\s?$", re.IGNORECASE)
P_VALUE = re.compile(
    r"(?P<before>\b[pP](?:[- ]?values?)?\s?)(?P<operator>[=<>≤≥])(?P<gap>\s?)(?P<number>[01]?[.·]\d+)(?!\d)"
)
INTERVAL = re.compile(
    r"(?P<before>(?:\bCI|confidence intervals?|credible intervals?)\)?[^0-9;]{0,10}?)"
    r"(?P<low>[-−–]?\d+(?:[.·]\d+)?)(?P<between>%?\s?(?:to|and|[-–—−,;:])\s?)(?P<high>[-−–]?\d+(?:[.·]\d+)?)(?!\d)"
)
_GRAMS = {
    "kg": "1000",
    "g": "1",
    "mg": "1e-3",
    "mcg": "1e-6",
    "µg": "1e-6",
    "μg": "1e-6",
    "microg": "1e-6",
    "ng": "1e-9",
}
_LONG = {"milligram": "mg", "microgram": "µg", "gram": "g"}
_HOURS = {"min": "0.01666667", "minute": "0.01666667", "h": "1", "hour": "1", "day": "24", "week": "168"}
_HOURS |= {"month": "720", "year": "8640"}
DURATION = re.compile(
    rf"(?<!± )(?<!±)(?P<number>{NUMBER}|\b(?:{_WORDED})\b)(?P<gap>[\s-])(?P<unit>weeks?|months?|days?|hours?|years?|minutes?|min|h)\b"
    r"(?![\s-](?:old|of age))",
    re.IGNORECASE,
)


def digits(number: str) -> str:
    """A number in digits without commas: `1,234` is `1234`, `seventeen` is `17`, `0·5` is `0.5`."""
    worded = SPELLED.get(number.lower())
    return str(worded) if worded else number.replace(",", "").replace("·", ".")


def times(number: str, factor: str) -> str:
    """`number` times `factor`, without needless zeros."""
    value = Decimal(digits(number)) * Decimal(factor)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def swapped(number: str, chance: Random) -> str | None:
    """`number` with two neighbouring digits exchanged; None where that changes nothing or puts a zero in front."""
    text = digits(number)
    places = [
        i
        for i in range(len(text) - 1)
        if text[i : i + 2].isdigit() and text[i] != text[i + 1] and not (i == 0 and text[1] == "0")
    ]
    if not places:
        return None
    i = chance.choice(places)
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def put(claim: str, start: int, end: int, new: str) -> str:
    """`claim` with `new` in the place of a range."""
    return claim[:start] + new + claim[end:]


def _grams(number: str, unit: str) -> Decimal | None:
    unit = _LONG.get(unit.rstrip("s"), unit)
    return Decimal(digits(number)) * Decimal(_GRAMS[unit]) if unit in _GRAMS else None


def _hours(number: str, unit: str) -> Decimal:
    return Decimal(digits(number)) * Decimal(_HOURS[unit.lower().rstrip("s")])


def _weighed(paper: Paper, number: str, unit: str) -> bool:
    """True where the paper names this amount, in whatever unit of mass."""
    amount = _grams(number, unit)
    return amount is not None and any(_grams(m["number"], m["unit"]) == amount for m in DOSE.finditer(paper.text))


def _timed(paper: Paper, number: str, unit: str) -> bool:
    """True where the paper names this length of time within a twentieth, in whatever unit."""
    wanted = _hours(number, unit)
    said = (_hours(m["number"], m["unit"]) for m in DURATION.finditer(paper.text))
    return any(abs(hours - wanted) * 20 <= wanted for hours in said)


def _other(chance: Random, number: str, *, small: bool = True) -> str | None:
    """A wrong number for a right one: moved by a factor or with its digits exchanged."""
    ways = ["10", "10", "0.1", "swap", "swap"] + ([] if small else ["1000"])
    way = chance.choice(ways)
    if Decimal(digits(number)) == 0:
        return None
    return swapped(number, chance) or times(number, "10") if way == "swap" else times(number, way)


def _numbers(pattern: re.Pattern[str], claim: str, chance: Random) -> Iterator[re.Match[str]]:
    found = list(pattern.finditer(claim))
    chance.shuffle(found)
    yield from found


def dose(claim: str, paper: Paper, chance: Random) -> str | None:
    """The amount times 10 or 1000, divided by 10, or with two digits exchanged."""
    for match in _numbers(DOSE, claim, chance):
        new = _other(chance, match["number"], small=False)
        if new is None or any(paper.says(f"{new}{gap}{match['unit']}") for gap in ("", " ", "-")):
            continue
        if _weighed(paper, new, match["unit"]):
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


def _with_unit(claim: str, paper: Paper, chance: Random, units: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    ways = [(pattern, news) for pattern, news in units if re.search(pattern, claim)]
    chance.shuffle(ways)
    for pattern, news in ways:
        match = chance.choice(list(re.finditer(pattern, claim)))
        new = chance.choice(news)
        number = re.search(rf"{NUMBER}$", claim[: match.start()])
        if number is None or any(paper.says(f"{number[0]}{gap}{new}") for gap in ("", " ", "-")):
            continue
        stem = new.rstrip("s")
        if _weighed(paper, number[0], new) or (stem in _HOURS and _timed(paper, number[0], stem)):
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


def _counts(claim: str, chance: Random) -> Iterator[re.Match[str]]:
    for match in (*_numbers(N_IS, claim, chance), *_numbers(COUNT, claim, chance)):
        if match.re is COUNT and _NOT_A_COUNT.search(claim[: match.start()]):
            continue
        if Decimal(digits(match["number"])) >= 2:
            yield match


def sample(claim: str, paper: Paper, chance: Random) -> str | None:
    """A sample size times 10, with two digits exchanged, or another count of the same paper."""
    for match in _counts(claim, chance):
        others = {digits(m["number"]) for m in _counts(paper.text, chance) if m["number"] not in claim}
        others -= {digits(m["number"]) for m in _counts(claim, chance)}
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
    for match in _numbers(PERCENT, claim, chance):
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
    for match in _numbers(P_VALUE, claim, chance):
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
    for match in _numbers(INTERVAL, claim, chance):
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
    for match in _numbers(DURATION, claim, chance):
        if re.search(r"\b(?:age|aged|ages|older|younger)\b[^,;]{0,30}$", claim[: match.start()], re.IGNORECASE):
            continue
        new = chance.choice(
            (times(match["number"], "2"), swapped(match["number"], chance), times(match["number"], "10"))
        )
        stem = match["unit"].rstrip("s")
        if new is None or any(paper.says(f"{new}{gap}{stem}{s}") for gap in " -" for s in ("", "s")):
            continue
        if _timed(paper, new, stem):
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
    "unit": unit,
    "unit of time": unit_of_time,
    "rate": rate,
    "n": sample,
    "percent": percent,
    "p-value": p_value,
    "interval": interval,
    "duration": duration,
    "dose of another arm": dose_of_another,
    "bound elsewhere": bound_elsewhere,
}
