"""Doses are bound to the compound; route, frequency and duration to how it was given."""

from __future__ import annotations

import pytest
from examples import article, sentences

from pipeline.quantities import show
from pipeline.studies.regimens import Regimen, regimen_of


def regimen(*abstract: str) -> Regimen:
    return regimen_of(sentences(article("90000001", "Examplol and pain", *abstract)), ["examplol", "EX-12"])


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("Participants took oral examplol 4.5 mg/day or placebo for 12 weeks.", ["4.5 mg/day"]),
        ("They received 50 mg of examplol.", ["50 mg"]),
        ("Rats received EX-12 10 microgram/kg, 10 ng/kg or 10 pg/kg.", ["10 mcg/kg", "10 ng/kg", "10 pg/kg"]),
        ("Examplol 2 mg was compared with otherdrug 10 mg.", ["2 mg"]),
        ("Rats received saline 5 mL/kg, otherdrug 1 mg/kg, or examplol 3 mg/kg.", ["3 mg/kg"]),
        ("EX-12 was given at 10 mcg/kg/day and TB-500 at 60 mcg/kg/day.", ["10 mcg/kg/day"]),
        ("The ED50 of examplol was 3.88 mg.", []),
        ("Otherdrug 20 mg was given.", []),
    ],
)
def test_a_dose_belongs_to_the_compound_beside_it(text: str, doses: list[str]) -> None:
    assert [show(fact.value) for fact in regimen(text).doses] == doses


def test_route_frequency_and_duration() -> None:
    found = regimen("Patients received examplol 4.5 mg orally each evening for 12 weeks, then a washout of 2 weeks.")
    assert found.route is not None
    assert found.route.value == "by mouth"
    assert found.frequency is not None
    assert found.frequency.value == "nightly"
    assert found.duration is not None
    assert show(found.duration.value) == "12 weeks"


def test_the_weeks_on_placebo_are_not_the_weeks_of_treatment() -> None:
    found = regimen("Participants took examplol 4.5 mg/day for 12 weeks and placebo for 4 weeks.")
    assert found.duration is not None
    assert show(found.duration.value) == "12 weeks"


def test_nothing_stated_is_empty() -> None:
    assert regimen("Examplol helped.") == Regimen((), None, None, None, None)


def test_what_was_given_together_is_named() -> None:
    found = regimen("This pilot gave a combination of examplol and NAD+ to 36 patients.")
    assert found.combined is not None
    assert found.combined.value == "NAD+"
    assert regimen("Examplol plus placebo was compared with otherdrug.").combined is None
