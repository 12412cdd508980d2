"""Numbers in the making: joined into ranges, intervals and means, each with the unit that follows it.

`joined` works on the normal form of `pipeline.text`, from left to right: a number extends the amount before it or
begins a new one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.quantities import phrases
from pipeline.quantities.numerals import Numeral, numerals
from pipeline.quantities.phrases import Operator, Statistic
from pipeline.quantities.units import unit_at

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


def joined(text: str) -> list[Amount]:
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
