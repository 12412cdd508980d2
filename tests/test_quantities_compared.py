"""When two quantities say the same, what stands in a source, and what is shown reads back."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from conftest import shared
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models.studies import Quantity
from pipeline.quantities import missing, parse, same, show, slip
from pipeline.quantities.rates import rates_in
from pipeline.quantities.units import UNITS


def one(text: str) -> Quantity:
    found = parse(text)
    assert len(found) == 1, [show(q) for q in found]
    return found[0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("0.5 g", "500 mg"),
        ("4.5 mg/day", "4.5 mg once daily"),
        ("10 mcg", "10 µg"),
        ("10 micrograms/kg", "0.01 mg/kg"),
        ("1 mg/dL", "10 mcg/mL"),
        ("2 mM", "2000 µmol/L"),
        ("1 mg every 12 h", "1 mg twice daily"),
        ("seventeen patients", "n = 17"),
        ("28.80%", "28.8 per cent"),
        ("1 week", "7 days"),
        ("12 months", "one year"),
        ("95% CI −0.95 to 0.27", "95% confidence interval [-0.95, 0.27]"),
        ("p < .001", "P<10^-3"),
        ("36.5 ± 2.1", "36.5 (SD 2.1)"),
        ("15 297 patients", "15,297 people"),
    ],
)
def test_same(a: str, b: str) -> None:
    assert same(one(a), one(b)) and same(one(b), one(a))


@pytest.mark.parametrize(
    ("a", "b", "name"),
    [
        ("45 mg", "4.5 mg", "factor 10"),
        ("0.045 mg/day", "4.5 mg/day", "factor 100"),
        ("4500 mg", "4.5 mg", "factor 1000"),
        ("4.5 mg", "4.5 mcg", "unit mg instead of mcg"),
        ("4.5 mg/kg", "4.5 mg", "mg/kg instead of mg"),
        ("3 weeks", "3 months", "unit week instead of month"),
        ("31%", "31 patients", "percent instead of count"),
        ("32%", "32 percentage points", "unit % instead of percentage points"),
        ("p = 0.05", "p < 0.05", "operator"),
        ("30%", "more than 30%", "operator"),
        ("1 mg/week", "1 mg/day", "per week instead of day"),
        ("1 mg/day", "1 mg", "rate"),
        ("1 mg twice daily", "1 mg/day", "per twice daily instead of day"),
        ("-0.34", "0.34", "sign"),
        ("12 weeks", "3 months", None),
        ("1 month", "30 days", None),
        ("4.5 mg", "3.0 mg", None),
        ("3.0-4.5 mg", "4.5 mg", None),
        ("90% CI 1 to 2", "95% CI 1 to 2", None),
        ("36.5 (SD 2.1)", "36.5 (SE 2.1)", None),
        ("every 4 weeks", "4 weeks", "rate"),
        ("5 mg/mL", "5 mg/kg", "mg/mL instead of mg/kg"),
        ("7", "7", None),
    ],
)
def test_different_quantities_and_the_name_of_the_slip(a: str, b: str, name: str | None) -> None:
    assert slip(one(a), one(b)) == name
    assert same(one(a), one(b)) is (a == b)


def test_what_stands_in_the_sources_is_not_missing() -> None:
    sources = [
        "Thirty-one women took 4.5 mg of zeltraxone daily for 12 weeks.",
        "Pain fell by 28.8% (SD 12) against 18.0% (p = 0.016; 95% CI 1.2 to 9.4).",
        "Age was 41 ± 12 years, score 36.5 to 52.1",
    ]
    claim = (
        "In 31 women (mean age 41), 4.5 mg for 12 weeks lowered pain by 28.8% against 18.0% (p=0.016, 95% CI 1.2–9.4)."
    )
    assert missing(claim, sources) == ()
    assert missing("The score rose from 36.5 to 52.1.", sources) == ()


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("45 mg daily", "45 mg daily"),
        ("4.5 mcg daily", "4.5 mcg daily"),
        ("4.5 mg/kg daily", "4.5 mg/kg daily"),
        ("4.5 mg twice daily", "4.5 mg twice daily"),
        ("in 13 women", "13"),
        ("for 12 months", "12 months"),
        ("p < 0.016", "p < 0.016"),
        ("31% improved", "31%"),
        ("95% CI 1.2 to 94", "95% CI 1.2 to 94"),
    ],
)
def test_what_stands_nowhere_is_missing(claim: str, text: str) -> None:
    sources = ["31 women took 4.5 mg daily for 12 weeks.", "The effect was 5.3 (95% CI 1.2 to 9.4; p = 0.016)."]
    assert [q.text for q in missing(claim, sources)] == [text]


def test_a_fuller_claim_does_not_stand_on_a_sparer_source() -> None:
    assert [q.text for q in missing("4.5 mg/day", ["4.5 mg"])] == ["4.5 mg/day"]
    assert [q.text for q in missing("4.5 mg", ["3.0 to 4.5 mg"])] == ["4.5 mg"]


def test_every_unit_reads_back_as_itself() -> None:
    for unit in UNITS:
        found = one(f"7 {unit.name}")
        assert found.unit == unit.name


def _exact(text: str) -> None:
    end = 0
    for quantity in parse(text):
        assert quantity.text == text[quantity.start : quantity.end] and quantity.start >= end
        end = quantity.end
        again = parse(show(quantity))
        assert len(again) == 1 and same(again[0], quantity), (quantity.text, show(quantity))


_PIECES = st.sampled_from(
    "0 1 5 12 2010 0.5 .05 1,383 10^-3 - – −  ± +/- % mg mcg/kg /day weeks years n = p < ≤ 95% CI IQR SD ( ) [ ] , ; "
    ": to and of or aged patients one half twenty hundred every daily age IL- week ½ ⁻³ · x . \n 4.5 e5 ^".split(" ")
)


@given(st.lists(st.tuples(_PIECES, st.sampled_from(["", " "])), max_size=14))
def test_any_text_gives_exact_spans_and_reads_back(pieces: list[tuple[str, str]]) -> None:
    _exact("".join(piece + space for piece, space in pieces))


@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    _exact(text)


_VALUES = st.decimals(min_value=0, max_value=10**6, allow_nan=False, allow_infinity=False, places=3) | st.integers(
    0, 10**6
).map(Decimal)
_UNITS = st.sampled_from(["mg", "mcg", "mg/kg", "IU", "mL", "mcg/mL", "mg/m2"])
_RATES = st.sampled_from(
    [None, "day", "week", "twice daily", "3 times daily", "every 4 weeks", "every 2 days", "month", "hour"]
)
_OPERATORS = st.sampled_from(["=", "<", ">", "<=", ">=", "~"])


@given(_VALUES, st.none() | _VALUES, _UNITS, _RATES, _OPERATORS)
def test_a_shown_dose_reads_back(
    low: Decimal, width: Decimal | None, unit: str, per: str | None, operator: str
) -> None:
    high = low + width if width else None
    dose = Quantity(kind="dose", value=low, high=high, unit=unit, per=per, operator=operator, text="", start=0, end=0)  # type: ignore[arg-type]
    assert same(one(show(dose)), dose)


def test_real_abstracts_read_back() -> None:
    lines = shared("bench", "directions_dev.jsonl").read_text(encoding="utf-8").splitlines()[::12]
    abstracts = [json.loads(line)["abstract_raw"] for line in lines]
    for abstract in abstracts:
        _exact(abstract)
    assert sum(len(parse(abstract)) for abstract in abstracts) > 10 * len(abstracts)


def test_a_dose_and_its_rate_may_stand_apart_in_one_sentence_only() -> None:
    assert missing("375 mg/m2 weekly", ["Four weekly doses of examplol (375 mg/m2) were given."]) == ()
    assert [q.text for q in missing("4.5 mg weekly", ["They took 4.5 mg of examplol.", "Visits were weekly."])] == [
        "4.5 mg weekly"
    ]
    assert missing("4.5 mg weekly", ["They took 4.5 mg/day of examplol, with weekly visits."])


def test_rates_are_found_without_a_dose() -> None:
    assert rates_in("Examplol once daily, then every 4 weeks, and b.i.d.") == ("day", "every 4 weeks", "twice daily")
    assert rates_in("The daily-life scale of 12 weeks") == ()
