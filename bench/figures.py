"""Figures of a sentence, as this benchmark reads them: counts, doses, percentages, p-values, intervals, times.

The patterns share nothing with the code that is measured, so that one mistake cannot hide the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from bench.papers import Paper

ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SPELLED = {
    **{word: value for value, word in enumerate([*ONES, *_TEENS], 1)},
    **{word: 10 * tens for tens, word in enumerate(_TENS, 2)},
    **{f"{ten}-{one}": 10 * t + o for t, ten in enumerate(_TENS, 2) for o, one in enumerate(ONES, 1)},
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
    rf"(?P<number>{NUMBER}|\b(?:{_WORDED})\b)(?P<rest>\s(?:(?!(?:of|or|and|to|in|with|hundred|thousand|weeks?|days?|"
    rf"months?|years?|hours?)\b)[a-z][\w-]*\s){{0,3}}(?:{COUNTED})\b)",
    re.IGNORECASE,
)
N_IS = re.compile(rf"(?<![\w/])(?P<before>[nN]\s?=\s?)(?P<number>{NUMBER})")
_NOT_A_COUNT = re.compile(
    r"(?:group|phase|grade|stage|class|type|aged?|%|and|to|or|than|\w+ty|-|‐|–)\s?$", re.IGNORECASE
)
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
HOURS = {"min": "0.01666667", "minute": "0.01666667", "h": "1", "hour": "1", "day": "24", "week": "168"}
HOURS |= {"month": "720", "year": "8640"}
DURATION = re.compile(
    rf"(?<!± )(?<!±)(?P<number>{NUMBER}|\b(?:{_WORDED})\b)(?P<gap>[\s-])(?P<unit>weeks?|months?|days?|hours?|years?|"
    rf"minutes?|min|h)\b"
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


def grams_of(number: str, unit: str) -> Decimal | None:
    unit = _LONG.get(unit.rstrip("s"), unit)
    return Decimal(digits(number)) * Decimal(_GRAMS[unit]) if unit in _GRAMS else None


def hours_of(number: str, unit: str) -> Decimal:
    return Decimal(digits(number)) * Decimal(HOURS[unit.lower().rstrip("s")])


def weighed(paper: Paper, number: str, unit: str) -> bool:
    """True where the paper names this amount, in whatever unit of mass."""
    amount = grams_of(number, unit)
    return amount is not None and any(grams_of(m["number"], m["unit"]) == amount for m in DOSE.finditer(paper.text))


def timed(paper: Paper, number: str, unit: str) -> bool:
    """True where the paper names this length of time within a twentieth, in whatever unit."""
    wanted = hours_of(number, unit)
    said = (hours_of(m["number"], m["unit"]) for m in DURATION.finditer(paper.text))
    return any(abs(hours - wanted) * 20 <= wanted for hours in said)


def counts(claim: str, chance: Random) -> Iterator[re.Match[str]]:
    for match in (*shuffled(N_IS, claim, chance), *shuffled(COUNT, claim, chance)):
        if match.re is COUNT and _NOT_A_COUNT.search(claim[: match.start()]):
            continue
        if Decimal(digits(match["number"])) >= 2:
            yield match


def shuffled(pattern: re.Pattern[str], claim: str, chance: Random) -> Iterator[re.Match[str]]:
    found = list(pattern.finditer(claim))
    chance.shuffle(found)
    yield from found
