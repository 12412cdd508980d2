"""Numbers that are spelled out: "seventeen", "one hundred and fifty-nine", "two and a half", "two thirds"."""

from __future__ import annotations

import re
from decimal import Decimal

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SMALL_WORDS = {word: value for value, word in enumerate((*_ONES, *_TEENS))}
_VALUES = {**SMALL_WORDS, **{word: 10 * tens for tens, word in enumerate(_TENS, 2)}, "a": 1}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_POWERS = {"thousand": 3, "million": 6, "billion": 9}

# All patterns here are for re.IGNORECASE. The end of a word may also be followed by "fold": "twofold".
_END = r"(?:\b|(?=fold))"
SMALL = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:])}){_END})?|{'|'.join(sorted(SMALL_WORDS, key=len)[::-1])})"
)
_HUNDREDS = (
    rf"(?:(?:a|{SMALL})[- ]hundred\b(?:(?:[- ]and[- ]|[- ]){SMALL}\b)?|{SMALL}{_END})(?![- ](?:hundred|thousand)\b)"
)
_THOUSANDS = rf"(?:(?:a|{SMALL})[- ]hundred(?: and {SMALL})?|a|{SMALL})"
_HALF = r"(?<!first )(?<!second )(?<!latter )(?<!other )half(?= (?:of|the)\b)"
SPELLED = (
    rf"\b(?:(?P<parts>a|one|two|three|four|five)[- ](?P<part>{'|'.join(_PARTS)})s?\b(?!-)|(?P<half>{_HALF})"
    rf"|(?P<thousands>{_THOUSANDS}) thousand\b(?:(?:,? and |, | )(?P<rest>{_HUNDREDS}))?"
    rf"|(?P<hundreds>{_HUNDREDS})(?P<more> and (?:a|one)[- ]half\b)?)(?:(?!\w)|(?=folds?\b))"
)
_MULTIPLE = re.compile(rf" ({'|'.join(_POWERS)})\b", re.IGNORECASE)


def _below_thousand(words: str) -> int:
    total = 0
    for word in re.split(r"[- ]", words.lower()):
        total = (total or 1) * 100 if word == "hundred" else total + _VALUES.get(word, 0)
    return total


def spelled_value(match: re.Match[str]) -> Decimal:
    """The value of a match of `SPELLED`. A third is 0.333... to 28 digits; everything else is exact."""
    if match["half"]:
        return Decimal("0.5")
    if match["parts"]:
        return Decimal(_VALUES[match["parts"].lower()]) / _PARTS[match["part"].lower()]
    if match["thousands"]:
        return Decimal(_below_thousand(match["thousands"]) * 1000 + _below_thousand(match["rest"] or ""))
    return Decimal(_below_thousand(match["hundreds"])) + (Decimal("0.5") if match["more"] else 0)


def multiplied(value: Decimal, text: str, place: int) -> tuple[Decimal, int]:
    """`value` times the "thousand", "million" or "billion" that follows at `place`, and where that ends."""
    match = _MULTIPLE.match(text, place)
    return (Decimal(f"{value:f}E{_POWERS[match[1].lower()]}"), match.end()) if match else (value, place)
