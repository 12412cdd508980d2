"""What the numbers of a text amount to: their shared units, their rates, comparisons and kinds.

`amounts` works on the normal form of `pipeline.text`. Numbers are joined first; then a unit is shared over its list
("12.5, 50 or 100 mg"), doses take their rates, and the words around decide the kind.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.quantities import phrases
from pipeline.quantities.joining import Amount, joined
from pipeline.quantities.rates import rate_after, rate_before
from pipeline.quantities.units import is_dosed, is_time

_JOINT = re.compile(
    r"-? ?(?:,? ?(?:and/or|and|or|vs\.?|versus|v|to|then|plus|compared (?:with|to))|[/&]|-) ?(?:either )?",
    re.IGNORECASE,
)
_COMMA = re.compile(r"-?, ?")
_OF = re.compile(r" (?:out )?of (?:the )?| ?/ ?| (?:and|or|to|vs\.?|versus) ")
_AND = re.compile(r",? and | or ")
_SHARE = re.compile(r" ?[(\[] ?\d+(?:\.\d+)? ?%")


def _share_units(found: list[Amount], text: str) -> None:
    """Pass a unit back over the list that it closes: "3, 6 and 12 months", "12.5, 50 or 100 mg/day", "18 vs 33%"."""
    shared: set[int] = set()
    for place in range(len(found) - 2, -1, -1):
        amount, following = found[place], found[place + 1]
        open_kind = amount.kind is None or amount.kind == "mean"
        if amount.unit or not open_kind or amount.is_year or not following.unit or following.kind == "interval":
            continue
        if following.unit == "ratio" or text[max(0, amount.first - 2) : amount.first].rstrip().endswith("="):
            continue
        joint = _JOINT.fullmatch(text, amount.end, following.start)
        comma = _COMMA.fullmatch(text, amount.end, following.start)
        listed = place + 1 in shared or (place and _COMMA.fullmatch(text, found[place - 1].end, amount.start))
        if joint or (comma and listed):
            amount.unit, amount.per = following.unit, following.per
            shared.add(place)


def _take_rates(found: list[Amount], text: str) -> list[Amount]:
    """Give doses their rate; a number inside the words of a rate ("every 4 weeks") is no amount of its own."""
    taken: list[tuple[int, int]] = []
    for amount in found:
        if amount.unit and amount.per is None and amount.kind in (None, "mean"):
            dosed = is_dosed(amount.unit)
            rate = rate_after(text, amount.end) if dosed or is_time(amount.unit) else None
            if rate:
                amount.end = rate.end
            elif dosed and (rate := rate_before(text, amount.first)):
                amount.start = rate.start
            if rate:
                amount.per = rate.per
                taken.append((rate.start, rate.end))
    return [a for a in found if not any(start <= a.first < end for start, end in taken)]


def _take_operator(amount: Amount, lead: str, text: str) -> None:
    """Read the comparison and the label before the amount, `lead` being what stands between it and the one before."""
    time = amount.unit is not None and is_time(amount.unit)
    before = re.sub("(?:over|under) $", "", lead)
    aged = phrases.AGE_BEFORE.search(before) or phrases.AGE_AFTER.match(text, amount.tail)
    small = amount.unit is None and amount.value <= 12
    operator, place = phrases.operator_before(lead, during=(time or small) and not aged)
    begins = amount.first - len(lead)
    label = lead[:place]
    bare = amount.unit is None and amount.kind is None and amount.statistic is None
    p = (phrases.P_VALUE.search(label) if label != lead else phrases.P_BARE.search(lead)) if bare else None
    size = phrases.SIZE.search(label) if bare and label != lead and amount.is_whole else None
    if p and 0 <= amount.value <= 1:
        amount.kind, amount.operator, amount.start = "p_value", operator, begins + p.start()
    elif size:
        amount.kind, amount.operator, amount.start = "count", operator, begins + size.start()
    elif operator != "=":
        amount.operator, amount.start = operator, begins + place
    elif amount.operator == "=":
        amount.operator, amount.end = phrases.operator_after(text, amount.end)
    if bare and 0 <= amount.value <= 1 and (between := phrases.P_AFTER.match(text, amount.end)):
        amount.kind, amount.operator = "p_value", ">" if "<" in between[0] else "<"


def _is_age(amount: Amount, lead: str, text: str) -> bool:
    """True for a time of life: "aged 18-35", "50-year-old", "60 and older", "men (15-65 y)"."""
    time = amount.unit is not None and is_time(amount.unit)
    after = phrases.AGE_AFTER.match(text, amount.tail)
    if after and (time or after[0].endswith(("older", "younger"))):
        amount.end = max(amount.end, after.end())
        return True
    label = lead[: phrases.operator_before(lead, during=False)[1]]
    if phrases.AGE_BEFORE.search(label) and amount.per is None and (time or not amount.is_year):
        return True
    span = amount.unit == "year" and amount.high is not None and amount.high >= 15
    return span and phrases.PERSON_BEFORE.search(lead) is not None


def _take_kind(amount: Amount, lead: str, text: str) -> None:
    """Decide the kind by the unit, or by the words around where there is none."""
    time = amount.unit is not None and is_time(amount.unit)
    if amount.kind is not None:
        return
    if (time or amount.unit is None) and amount.statistic is None and _is_age(amount, lead, text):
        amount.kind, amount.unit = "age", amount.unit or "year"
    elif time:
        amount.kind = "duration"
        label = lead[: phrases.operator_before(lead, during=True)[1]]
        if amount.per is None and label.lower().endswith("every "):
            amount.per, amount.start = "every", amount.first - len(lead) + len(label) - len("every ")
    elif amount.unit in ("%", "percentage points"):
        amount.kind = "percent"
    elif amount.unit:
        amount.kind = "dose" if is_dosed(amount.unit) else None
    elif amount.is_whole and not amount.is_year and amount.statistic is None:
        counted = phrases.COUNTED.match(text, amount.tail) or _SHARE.match(text, amount.tail)
        amount.kind = "count" if counted else None


def _share_kinds(found: list[Amount], text: str) -> None:
    """Pass a kind over a list: "17 of 20 patients" are two counts, "p = 0.03 and 0.04" two p-values."""
    for amount, following in reversed(list(pairwise(found))):
        bare = amount.kind is None and amount.unit is None and amount.is_whole and not amount.is_year
        if bare and following.kind == "count" and _OF.fullmatch(text, amount.end, following.start):
            amount.kind = "count"
    for amount, following in pairwise(found):
        bare = following.kind is None and following.unit is None and 0 < following.value < 1
        if bare and amount.kind == "p_value" and _AND.fullmatch(text, amount.end, following.start):
            following.kind, following.operator = "p_value", amount.operator


def amounts(text: str) -> list[Amount]:
    """Every number of `text` exactly once, in order. Amounts do not overlap; `kind` None means a plain number."""
    found = joined(text)
    _share_units(found, text)
    found = _take_rates(found, text)
    end = 0
    for amount in found:
        lead = text[max(end, amount.first - 120) : amount.first]
        if amount.kind != "interval" and amount.start == amount.first:
            _take_operator(amount, lead, text)
        _take_kind(amount, lead, text)
        end = amount.end
    _share_kinds(found, text)
    return found
