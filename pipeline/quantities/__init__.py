"""Every number of a text as a typed quantity with its exact place, and when two of them are the same.

Nothing here is fuzzy. Units are converted exactly (0.5 g is 500 mg), a unit is never assumed, weeks are never turned
into months, and a comparison ("< 0.05") is part of the quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from pipeline.models.studies import Quantity
from pipeline.quantities.amounts import amounts
from pipeline.quantities.rates import rates_in
from pipeline.quantities.units import is_time, scale
from pipeline.text import normal, normal_with_places

# One character each, so that places stay: a line break parts sentences, and an em dash after a word parts clauses.
_LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_EM_DASH = re.compile(r"(?<=[^\W\d])—(?=\d)")


@lru_cache(maxsize=8192)
def parse(text: str) -> tuple[Quantity, ...]:
    """Every number of `text` exactly once, in order; spans count in `text` as given and do not overlap.

    Digits of names (`IL-6`, `week 12`, `Fig 1`, registry numbers) are not numbers. A number in the words of a rate
    ("every 4 weeks") belongs to the dose it is the rate of, the level of an interval ("95% CI") to the interval.
    """
    broken = _EM_DASH.sub(";", _LINE_BREAK.sub("|", text))
    if broken.isascii() and broken.isprintable() and "  " not in broken:
        plain, places = broken, None
    else:
        plain, places = normal_with_places(broken)
    found: list[Quantity] = []
    for amount in amounts(plain):
        start = places[amount.start][0] if places else amount.start
        end = places[amount.end - 1][1] if places else amount.end
        if found and start < found[-1].end:
            continue
        found.append(
            Quantity(
                kind=amount.kind or "number",
                value=amount.value,
                high=amount.high,
                unit=amount.unit,
                per=amount.per,
                statistic=amount.statistic,
                operator=amount.operator,
                text=text[start:end],
                start=start,
                end=end,
            )
        )
    return tuple(found)


def _agree(a: Decimal | None, b: Decimal | None, ratio: Fraction) -> bool:
    if a is None or b is None:
        return a is b
    return Fraction(a) * ratio == Fraction(b)


def _ratio(a: Quantity, b: Quantity) -> Fraction | None:
    """The factor that turns a number in the unit of `a` into one in the unit of `b`; None where they do not convert."""
    if a.unit is None or b.unit is None:
        return Fraction(1) if a.unit == b.unit else None
    (one, factor), (other, base) = scale(a.unit), scale(b.unit)
    return factor / base if one == other else None


def kind_of(quantity: Quantity) -> str:
    """The kind for comparing: a count is a number whose noun was recognised, "n = 31" as much as "thirty-one"."""
    return "number" if quantity.kind == "count" else quantity.kind


def _same_statistic(a: Quantity, b: Quantity) -> bool:
    """Spreads printed as ± may be any; a named one is only itself, and so is every interval."""
    unnamed = a.kind == "mean" and None in (a.statistic, b.statistic)
    return unnamed or a.statistic == b.statistic


def same(a: Quantity, b: Quantity) -> bool:
    """True where both say the same: equal kind, comparison, rate and statistic, and equal numbers in equal units.

    The number of a noun and a bare number agree ("31 women", 31); nothing else does across kinds: 5 % is not 5,
    4.5 mg is not 4.5 mg/kg, 12 weeks are not 3 months, 1 mg twice daily is not 1 mg/day.
    """
    if kind_of(a) != kind_of(b) or a.operator != b.operator or a.per != b.per or not _same_statistic(a, b):
        return False
    ratio = _ratio(a, b)
    return ratio is not None and _agree(a.value, b.value, ratio) and _agree(a.high, b.high, ratio)


def slip(a: Quantity, b: Quantity) -> str | None:
    """The name of the error by which `a` differs from `b`, or None where they are the same or no typical error fits.

    "factor 10" (100, 1000), "unit mg instead of mcg", "mg/kg instead of mg", "percent instead of count",
    "per week instead of day", "rate" (where only one has one), "operator", "sign".
    """
    if same(a, b):
        return None
    if same(a.model_copy(update={"operator": b.operator}), b):
        return "operator"
    if same(a.model_copy(update={"per": b.per}), b):
        return f"per {a.per} instead of {b.per}" if a.per and b.per else "rate"
    if same(a.model_copy(update={"unit": b.unit, "kind": b.kind}), b):
        if a.unit and b.unit and a.unit != b.unit:
            units = f"{a.unit} instead of {b.unit}"
            return units if "/" in units else f"unit {units}"
        return f"{a.kind} instead of {b.kind}" if "percent" in (a.kind, b.kind) else None
    for factor in (Fraction(10), Fraction(100), Fraction(1000)):
        if _is_multiple(a, b, factor) or _is_multiple(b, a, factor):
            return f"factor {factor}"
    negated = {"value": a.value.copy_negate()}
    return "sign" if a.high is None and same(a.model_copy(update=negated), b) else None


def _is_multiple(a: Quantity, b: Quantity, factor: Fraction) -> bool:
    ratio = _ratio(a, b)
    if (
        ratio is None
        or not a.value
        or not same(a.model_copy(update={"value": b.value, "high": b.high, "unit": b.unit}), b)
    ):
        return False
    return _agree(a.value, b.value, ratio / factor) and _agree(a.high, b.high, ratio / factor)


def _told(quantity: Quantity) -> Iterator[Quantity]:
    """What a text that says `quantity` says as well: the same without its rate, its spread or its label.

    An age is a time of life, and only its words make it an age: it is told as a duration, and the other way round.
    "36.5 to 52.1" may be a range or a change of a score, so its ends are told; those of a dose or a time are not.
    """
    yield quantity
    if quantity.per is not None:
        yield from _told(quantity.model_copy(update={"per": None}))
    if quantity.kind == "mean":
        kind = "number" if quantity.unit is None else parse(f"1 {quantity.unit}")[0].kind
        yield from _told(quantity.model_copy(update={"kind": kind, "high": None, "statistic": None}))
    elif quantity.kind == "interval":
        kind = "percent" if quantity.unit == "%" else "number"
        yield quantity.model_copy(update={"kind": kind, "statistic": None})
    elif quantity.kind in ("age", "duration"):
        yield quantity.model_copy(update={"kind": "duration" if quantity.kind == "age" else "age"})
    elif quantity.kind in ("number", "percent") and quantity.high is not None and quantity.unit != "ratio":
        yield from (quantity.model_copy(update={"value": v, "high": None}) for v in (quantity.value, quantity.high))


def _stands(wanted: Quantity, sentence: tuple[Quantity, ...]) -> bool:
    if any(same(wanted, told) for quantity in sentence for told in _told(quantity)):
        return True
    if wanted.high is None or wanted.kind in ("interval", "mean"):
        return False
    low, high = (wanted.model_copy(update={"value": v, "high": None}) for v in (wanted.value, wanted.high))
    return any(_stands(low, (one,)) and _stands(high, (two,)) for one, two in pairwise(sentence))


def missing(claim: str, sources: Sequence[str]) -> tuple[Quantity, ...]:
    """The quantities of `claim` that stand in none of the source sentences.

    A quantity stands in a source that has the same one, or the same one said more fully: with a rate ("4.5 mg" of
    "4.5 mg/day"), a spread ("36.5" of "36.5 ± 2.1") or as two ends ("7 to 9" of "from 7 to 9"). Never the reverse. A
    dose and its rate may stand apart in one sentence: "four weekly doses (375 mg/m2)" are 375 mg/m2 weekly.
    """
    sentences = [(source, parse(source)) for source in sources]
    return tuple(q for q in parse(claim) if not any(_is_told(q, *sentence) for sentence in sentences))


def _is_told(wanted: Quantity, text: str, sentence: tuple[Quantity, ...]) -> bool:
    if _stands(wanted, sentence):
        return True
    bare = wanted.model_copy(update={"per": None})
    rated = wanted.kind == "dose" and wanted.per in rates_in(normal(text))
    return rated and any(held.per is None and same(bare, held) for held in sentence)


def _number(value: Decimal) -> str:
    return f"{value:f}"


def show(quantity: Quantity) -> str:
    """The canonical plain form, which reads back as the same quantity: "4.5 mg/day", "p = 0.016", "n = 31"."""
    operator = "" if quantity.operator == "=" else f"{quantity.operator} "
    low, unit = _number(quantity.value), quantity.unit
    numbers = low
    if quantity.high is not None:
        high = _number(quantity.high)
        dash = " to " if low.startswith("-") or quantity.kind == "interval" else "-"
        numbers = f"{low}:{high}" if unit == "ratio" else f"{low}{dash}{high}"
        if quantity.kind == "mean":
            numbers = f"{low} ({quantity.statistic} {high})" if quantity.statistic else f"{low} ± {high}"
    if unit and unit != "ratio":
        singular = quantity.high is None and quantity.value == 1
        name = f"{unit}s" if is_time(unit) and unit != "ms" and not singular else unit
        numbers += name if unit == "%" else f" {name}"
    if quantity.per == "every":
        return f"every {operator}{numbers}"
    if quantity.per:
        numbers += f" {quantity.per}" if " " in quantity.per else f"/{quantity.per}"
    if quantity.kind == "p_value":
        return f"p {quantity.operator} {numbers}"
    if quantity.kind == "count":
        return f"n {quantity.operator} {numbers}"
    if quantity.kind == "interval" or (quantity.statistic and quantity.kind != "mean"):
        return f"{quantity.statistic or 'CI'} {numbers}"
    return f"aged {operator}{numbers}" if quantity.kind == "age" else f"{operator}{numbers}"
