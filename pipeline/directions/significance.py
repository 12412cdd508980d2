"""Which p-values and intervals of a sentence show a difference: p below 0.05, an interval without its null value."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.models.studies import Quantity
from pipeline.quantities import parse

LEVEL = Decimal("0.05")
NOT_SIGNIFICANT = re.compile(
    r"\b[pP](?:[- ]?[vV]alues?)?\s*[=:]?\s*(?:NS|ns|n\.s\.|N\.S\.|not significant)"
    r"|(?<=[(;,])\s*(?:NS|ns|n\.s\.|N\.S\.)\s*(?=[);,])"
)
# What the numbers before an interval are: a ratio has its null at 1, a difference at 0.
RATIO = re.compile(r"\b(?:[ac]?OR|[ac]?RR|a?HR|s?HR|I?RR|SIR|ratios?|relative risks?)\b", re.IGNORECASE)
DIFFERENCE = re.compile(r"\b(?:differences?|[SWU]?MD|RD|Cohen'?s d|Hedges'? g|beta|slope|effect size)\b")
REACH = 70


class Verdict(NamedTuple):
    """A p-value or interval: where it stands, whether it shows a difference, and the same in words."""

    start: int
    end: int
    significant: bool
    reason: str


def _of_p_value(p: Quantity) -> Verdict | None:
    if p.operator in (">", ">=") and p.value < LEVEL:
        return None
    significant = p.operator not in (">", ">=") and p.value <= LEVEL
    words = (
        "at most" if significant and p.value == LEVEL and p.operator == "=" else "below" if significant else "not below"
    )
    return Verdict(p.start, p.end, significant, f"p {p.operator} {p.value} is {words} 0.05")


def _of_interval(interval: Quantity, text: str) -> Verdict | None:
    if interval.high is None or (interval.statistic or "CI").endswith(("IQR", "range")):
        return None
    before = text[max(0, interval.start - REACH) : interval.start]
    ratio, difference = list(RATIO.finditer(before)), list(DIFFERENCE.finditer(before))
    if ratio and (not difference or ratio[-1].start() > difference[-1].start()) and interval.value >= 0:
        null = 1
    elif difference or interval.value < 0 < interval.high:
        null = 0
    else:
        return None
    low, high = sorted((interval.value, interval.high))
    includes = low <= null <= high
    reason = f"the interval {low} to {high} {'includes' if includes else 'excludes'} {null}"
    return Verdict(interval.start, interval.end, not includes, reason)


@lru_cache(maxsize=4096)
def verdicts(text: str) -> tuple[Verdict, ...]:
    """The verdicts of a text in its normal form, in order. An interval counts where its null value is known.

    A p-value of exactly 0.05 counts as significant, as the authors who print it mean it.
    """
    found: list[Verdict] = []
    for quantity in parse(text):
        verdict = None
        if quantity.kind == "p_value":
            verdict = _of_p_value(quantity)
        elif quantity.kind == "interval":
            verdict = _of_interval(quantity, text)
        if verdict:
            found.append(verdict)
    for match in NOT_SIGNIFICANT.finditer(text):
        found.append(Verdict(match.start(), match.end(), False, "p is given as not significant"))
    return tuple(sorted(found))
