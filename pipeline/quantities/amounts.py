"""Numbers in the making: joined into ranges, intervals and means, given their unit, and told what they are.

`amounts` works on the normal form of `pipeline.text`, from left to right: a number extends the amount before it or
begins a new one; then a unit is shared over its list ("12.5, 50 or 100 mg"); then the words around decide the kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pipeline.quantities import phrases
from pipeline.quantities.numerals import Numeral, numerals
from pipeline.quantities.phrases import Operator, Statistic
from pipeline.quantities.rates import rate_after, rate_before
from pipeline.quantities.units import is_dosed, is_time, unit_at

Kind = Literal["dose", "count", "percent", "p_value", "interval", "duration", "age", "mean", "number"]


@dataclass(slots=True)
class Amount:
    """What becomes a `Quantity`. The numbers stand in `[first, tail)`, all that belongs to them in `[start, end)`."""

    value: Decimal
    start: int
    first: int
    tail: int
    end: int
    high: Decimal | None = None
    kind: Kind | None = None
    unit: str | None = None
    per: str | None = None
    statistic: str | None = None
    operator: Operator = "="

    @property
    def is_whole(self) -> bool:
        """True for a number that can count something."""
        return self.value >= 0 and self.value == self.value.to_integral_value()

    @property
    def is_year(self) -> bool:
        """True for a number that looks like a calendar year."""
        return self.is_whole and 1900 <= self.value < 2100 and self.tail - self.first >= 4

    @property
    def is_single(self) -> bool:
        """True for one number of no known kind, which the next number may still extend."""
        return self.high is None and self.kind is None and self.statistic is None


_PLUS_MINUS = re.compile(r" ?[(\[]? ?(?:\+/-|\+-) ?")
_SPREAD = re.compile(r" ?[,;:]? ?[(\[] ?(?:\+/-)? ?| ?[,;] ?| ?\+/- ?")
_BRACKET = re.compile(r"[ ,]{0,2}[(\[]|; ")
_DASH = re.compile(r" ?--? ?\+?")
_TO = re.compile(r" (?:up )?to \+?| ?- ?to[- ]| through ")
_PAIR = re.compile(rf"{_DASH.pattern}|{_TO.pattern}| ?[,;] ?\+?| and | ?/ ?")
_JOINT = re.compile(
    r"-? ?(?:,? ?(?:and/or|and|or|vs\.?|versus|v|to|then|plus|compared (?:with|to))|[/&]|-) ?(?:either )?",
    re.IGNORECASE,
)
_COMMA = re.compile(r"-?, ?")
_OF = re.compile(r" (?:out )?of (?:the )?| ?/ ?| (?:and|or|to|vs\.?|versus) ")
_AND = re.compile(r",? and | or ")
_SHARE = re.compile(r" ?[(\[] ?\d+(?:\.\d+)? ?%")
_SENTENCE_END = re.compile(r"\. [A-Z]|\|")


def _end_of_range(low: Amount, number: Numeral, gap: str) -> Decimal | None:
    """The upper end where `low`, `gap` and `number` are a range; None where they are two numbers, or go down.

    A minus before the second number is taken as a dash where only that makes the range go up: `0.4--0.8`, `0.66 -1.06`.
    """
    if low.is_year and _DASH.fullmatch(gap) and 0 < number.value < 100 and number.end - number.start == 2:
        century = Decimal(int(low.value) // 100 * 100)
        return century + number.value if century + number.value > low.value else None
    dash = _DASH.fullmatch(gap) or (gap == " " and number.value < 0)
    if not dash and not _TO.fullmatch(gap):
        return None
    if number.value > low.value:
        return number.value
    turned = number.value.copy_abs()
    return turned if dash and number.value < 0 and turned > low.value else None


def _take_unit(amount: Amount, text: str) -> None:
    """Give the amount the unit that follows it, also behind the bracket of a spread, `94.9 (SD 4.9) mg`, or a plus."""
    place = amount.end + (amount.kind is None and re.match(r"\+[ -]", text[amount.end : amount.end + 2]) is not None)
    found = unit_at(text, place)
    if found and amount.unit in (None, found.unit):
        amount.operator = ">=" if place > amount.end else amount.operator
        amount.unit, amount.per, amount.end = found.unit, found.per or amount.per, found.end
    inside = text[amount.first : amount.end]
    opened = inside.count("(") + inside.count("[") > inside.count(")") + inside.count("]")
    if amount.kind == "mean" and opened and text[amount.end : amount.end + 1] in (")", "]"):
        amount.end += 1
        if amount.unit is None:
            _take_unit(amount, text)


def _extend(amount: Amount, number: Numeral, mark: Statistic | None, text: str) -> bool:
    """Make `number` the upper end, the spread or the other part of `amount`; false where it is a number of its own."""
    gap = text[amount.end : number.start]
    found = unit_at(text, number.end)
    if amount.unit and found and amount.unit != found.unit:
        return False
    if amount.kind == "interval" and amount.high is None and mark is None and (_PAIR.fullmatch(gap) or gap == " "):
        if amount.statistic == "IQR" and ";" in gap:
            return False
        end = _end_of_range(amount, number, gap)
        if end is None and gap == " ":
            return False
        amount.value, amount.high = sorted((amount.value, number.value if end is None else end))
        return True
    if not amount.is_single:
        return False
    spread = mark and mark.is_spread and not number.word and _SPREAD.fullmatch(text, amount.end, mark.start)
    if (spread or _PLUS_MINUS.fullmatch(gap)) and number.value >= 0:
        amount.kind, amount.high, amount.statistic = "mean", number.value, mark.name if mark and spread else None
        return True
    if gap in (":", "∶") and amount.unit is None and amount.is_whole:
        amount.high, amount.unit, amount.kind = number.value, "ratio", "number"
        return True
    if amount.unit and (not found or found.per != (amount.per or found.per)):
        return False
    end = _end_of_range(amount, number, gap)
    if gap == " and " and text.endswith(("between ", "Between "), 0, amount.first) and number.value > amount.value:
        end = number.value
    if end is None or (_TO.fullmatch(gap) and phrases.CHANGED.search(text, max(0, amount.first - 110), amount.first)):
        return False
    amount.high = end
    return True


def _joined(text: str) -> list[Amount]:
    """The numbers of `text` as amounts with the units that follow them."""
    marks = phrases.statistics(text)
    found: list[Amount] = []
    for number in numerals(text):
        if any(mark.start <= number.start < mark.end for mark in marks):
            continue
        if found and number.start < found[-1].end:
            continue
        mark = next((m for m in reversed(marks) if m.end <= number.start), None)
        if mark and not phrases.leads_to(text, mark, number.start):
            mark = None
        if found and _extend(found[-1], number, mark, text):
            found[-1].tail = found[-1].end = number.end
        else:
            found.append(Amount(number.value, number.start, number.start, number.end, number.end))
            if mark and (not mark.is_spread or re.fullmatch("[ =:]*", text[mark.end : number.start])):
                found[-1].statistic, found[-1].start = mark.name, mark.start
                found[-1].kind = None if mark.is_spread else "interval"
        _take_unit(found[-1], text)
    return _under_headers(found, marks, text)


def _under_headers(found: list[Amount], marks: list[Statistic], text: str) -> list[Amount]:
    """Read "OR (95% CI) 0.8 (0.6-1.1)" and "mean (SD) 45 (12)": the name stands ahead, the numbers in brackets."""
    kept: list[Amount] = []
    for amount in found:
        if amount.kind == "interval" and amount.high is None and amount.statistic != "IQR":
            amount.kind, amount.statistic, amount.start = None, None, amount.first
        last = kept[-1] if kept else amount
        mark = next((m for m in reversed(marks) if m.end <= last.first), None)
        if last is amount or mark is None or _SENTENCE_END.search(text, mark.end, last.first):
            kept.append(amount)
        elif mark.is_spread:
            if not _take_spread(last, amount, mark, text):
                kept.append(amount)
        elif len(kept) > 1 and _closes_pair(kept[-2], last, amount, text):
            last.kind, last.statistic, last.high, last.unit = "interval", mark.name, amount.value, amount.unit
            last.tail = last.end = amount.end
        else:
            bracketed = _BRACKET.fullmatch(text, last.end, amount.first) and amount.kind is None
            if bracketed and amount.high is not None and amount.value <= last.value <= amount.high:
                amount.kind, amount.statistic = "interval", mark.name
            kept.append(amount)
    return kept


def _closes_pair(before: Amount, low: Amount, high: Amount, text: str) -> bool:
    """True for the interval `[1.0, 4.2]` behind the number `before` that lies in it."""
    bracketed = re.fullmatch(r"[ ,]{0,2}[(\[]", text[before.end : low.first]) and text[high.end : high.end + 1] in (
        ")",
        "]",
        ";",
    )
    apart = re.fullmatch(r"[,;] ?", text[low.end : high.first])
    fits = (
        low.is_single and high.is_single and low.unit in (None, high.unit) and low.value <= before.value <= high.value
    )
    return bool(bracketed and apart and fits)


def _take_spread(value: Amount, spread: Amount, mark: Statistic, text: str) -> bool:
    """Take `spread` into `value` where "(SD)" stands ahead of "45 (12)"."""
    header = text[mark.start - 1 : mark.start] in ("(", "[")
    bracketed = re.fullmatch(r" ?[(\[]", text[value.end : spread.first]) and text[spread.end : spread.end + 1] in (
        ")",
        "]",
    )
    fits = value.is_single and spread.is_single and spread.unit in (None, value.unit) and spread.value >= 0
    if not (header and bracketed and fits):
        return False
    value.kind, value.high, value.statistic = "mean", spread.value, mark.name
    value.tail = value.end = spread.end
    _take_unit(value, text)
    return True


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
    found = _joined(text)
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
