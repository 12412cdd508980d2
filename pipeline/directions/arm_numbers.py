"""Which arm had the higher number, where a clause prints one number an arm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.directions.arms import Mention
from pipeline.text import Span

NUMBER = re.compile(r"(?<![\w.,-])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]*\d)")
PAIR = re.compile(
    r"(?<!\+/-)(?<!\+/- )(?<![\d.])([-+]?\d+(?:,\d{3})*(?:\.\d+)?)(?![\d.]|\s*(?:m?g|mcg|μg|IU|Gy)\b)\s*%?"
    r"(?:\s*(?:\([^()]*\)|\[[^\[\]]*\]|\+/-\s*[\d.]+|[a-zA-Z/%]{1,12})){0,3}?\s*"
    r"(?:vs\.?|versus|v|compared (?:with|to))\s*([-+]?\d+(?:,\d{3})*(?:\.\d+)?)"
)
# Numbers that are not the arms' values: spreads, p-values, times, denominators.
NOT_A_VALUE = re.compile(
    r"\([^()]*(?:CI|confidence|SD|range|n\s*=|IQR)[^()]*\)|\[[^\[\]]*\]|\+/-\s*\d+(?:\.\d+)?|\b[pP]\s*[<>=]+\s*[\d.]+"
    r"|\b\d+(?:\.\d+)?\s*(?:weeks?|months?|days?|years?|h|hours?|min)\b(?=\s*(?:of|after|follow|$|,|later))"
    r"|\b(?:at|week|month|day|year|after|grade|for)\s+\d+(?:\s*(?:,|and|or|-|to)\s*\d+)*(?:-\w+)?"
    r"|(?:out )?\bof \d+|/\d+"
)
IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def numbers_say(text: str, mentions: Sequence[Mention], places: Sequence[Span]) -> tuple[int, str] | None:
    """The sign of (intervention value - comparator value) where two numbers pair with two arms, and in words."""
    sides = [m.side for m in mentions]
    if match := PAIR.search(text):
        one, other = _value(match.group(1)), _value(match.group(2))
        if one != other:
            first = (
                sides[0] if len(set(sides)) == 2 else "comparator" if set(sides) == {"comparator"} else "intervention"
            )
            return ((1 if one > other else -1) * (1 if first == "intervention" else -1)), f"{one:g} against {other:g}"
    outside = _blank(IN_BRACKETS, text)
    plain = outside if sum(1 for _ in NUMBER.finditer(_blank(NOT_A_VALUE, outside))) >= 2 else text
    taken = [*((m.start, m.end) for m in mentions), *places]
    values = [
        (m.start(), _value(m.group()))
        for m in NUMBER.finditer(_blank(NOT_A_VALUE, plain))
        if not any(start <= m.start() < end for start, end in taken)
    ]
    order = "".join(kind for _, kind in sorted([*((p, "n") for p, _ in values), *((m.start, "a") for m in mentions)]))
    paired = order in ("nana", "anan", "nnaa", "aann", "naan") and set(sides) == {"intervention", "comparator"}
    if not paired or values[0][1] == values[1][1]:
        return None
    sign = 1 if values[0][1] > values[1][1] else -1
    return (sign if sides[0] == "intervention" else -sign), f"{values[0][1]:g} against {values[1][1]:g}"
