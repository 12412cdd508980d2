"""Citation markers in their many forms, and what only looks like one."""

from __future__ import annotations

import pytest

from pipeline.legacy.blocks import LINK, SUP, marked
from pipeline.legacy.markers import clean, numbers


def keys(text: str, *, rounds: bool = True) -> list[tuple[str, str]]:
    found = clean(text, rounds=rounds).found
    return [(key.kind, f"{key.value} {key.year}".strip()) for marker in found for key in marker.keys]


@pytest.mark.parametrize(
    ("text", "left", "found"),
    [
        ("Pain fell [1].", "Pain fell.", ["1"]),
        ("Pain fell.[1,2] Sleep did not.", "Pain fell. Sleep did not.", ["1", "2"]),
        ("Pain fell [1-3; 7].", "Pain fell.", ["1", "2", "3", "7"]),
        ("Pain fell [1–3].", "Pain fell.", ["1", "2", "3"]),
        ("Pain fell [Ref 4].", "Pain fell.", ["4"]),
        ("Pain fell (1).", "Pain fell.", ["1"]),
        ("Pain (1, 2) and sleep (3).", "Pain and sleep.", ["1", "2", "3"]),
        ("Pain fell.¹ ² Then it rose.", "Pain fell. Then it rose.", ["1", "2"]),
        ("Pain fell.¹⁻³", "Pain fell.", ["1", "2", "3"]),
        ("Pain fell.^1,2^", "Pain fell.", ["1", "2"]),
        (f"Pain fell.{marked(SUP, '[1]')}{marked(SUP, '4-5')}", "Pain fell.", ["1", "4", "5"]),
    ],
)
def test_numbers_that_cite(text: str, left: str, found: list[str]) -> None:
    assert clean(text, rounds=True).text == left
    assert keys(text) == [("number", number) for number in found]


@pytest.mark.parametrize(
    "text",
    [
        "It fell by 3 (95% CI 1 to 5) [95% CI 1 to 5].",
        "It acts on 5-HT(1) and 5-HT(2A) receptors, and on IL-1(2).",
        "It was given to 31 women (n = 31) in one year (2009).",
        "It was rated on a scale [0-10] at 25 °C.",
        "It has three effects: (1) pain, (2) sleep and (3) mood.",
        "The count was 10⁻³ per m² and 10³ in all.",
        "The tracer [¹¹C]carfentanil was used.",
        "N-[(2S)-2-amino]-acid and 2,4-dinitrophenol were used.",
        "Take it at 8 (see the table below).",
    ],
)
def test_numbers_that_do_not_cite(text: str) -> None:
    assert keys(text) == []
    assert clean(text, rounds=True).text == text


def test_raised_numbers_of_markup_that_are_exponents_or_isotopes_stay() -> None:
    text = (
        f"10{marked(SUP, '3')} cells, 2 m{marked(SUP, '2')}, [{marked(SUP, '11')}C]carfentanil, 10{marked(SUP, '-3')}"
    )
    assert clean(text, rounds=True).text == "10^3 cells, 2 m^2, [11C]carfentanil, 10^-3"
    assert keys(text) == []


@pytest.mark.parametrize(
    ("text", "left", "found"),
    [
        ("Pain fell (Doe, 2009).", "Pain fell.", ["doe 2009"]),
        ("Pain fell (Doe and Roe, 2009a; Poe et al. 2011).", "Pain fell.", ["doe 2009", "poe 2011"]),
        ("Pain fell (see van der Berg & Łoś, 2009).", "Pain fell.", ["berg 2009"]),
        ("Doe et al. (2009) found less pain.", "Doe et al. found less pain.", ["doe 2009"]),
        ("Doe and Roe (2009) found less pain.", "Doe and Roe found less pain.", ["doe 2009"]),
    ],
)
def test_authors_and_years(text: str, left: str, found: list[str]) -> None:
    assert clean(text, rounds=True).text == left
    assert keys(text) == [("work", work) for work in found]


@pytest.mark.parametrize(
    ("text", "left", "found"),
    [
        ("Pain fell (PMID: 90000001).", "Pain fell.", ("pmid", "90000001")),
        ("Pain fell PMID 90000001.", "Pain fell.", ("pmid", "90000001")),
        ("Pain fell (doi:10.1000/X.y).", "Pain fell.", ("doi", "10.1000/x.y")),
        ("Pain fell https://doi.org/10.1000/xy. It rose.", "Pain fell. It rose.", ("doi", "10.1000/xy")),
        ("Pain fell (https://pubmed.ncbi.nlm.nih.gov/90000001/).", "Pain fell.", ("pmid", "90000001")),
        (f"A study{marked(LINK, 'https://doi.org/10.1000/xy')} found it.", "A study found it.", ("doi", "10.1000/xy")),
        (f"Pain fell.{marked(LINK, '#ref3 3')}", "Pain fell.", ("anchor", "ref3")),
        ("Pain fell.[^doe]", "Pain fell.", ("note", "doe")),
    ],
)
def test_identifiers_links_and_footnotes(text: str, left: str, found: tuple[str, str]) -> None:
    assert clean(text, rounds=True).text == left
    assert keys(text) == [found]


def test_places_are_kept() -> None:
    text = "Pain fell [1]. Sleep [2, 3] did not. Mood did."
    cleaned = clean(text, rounds=True)
    assert text[cleaned.before(cleaned.text.index("Mood")) :] == "Mood did."
    assert [cleaned.text[: marker.offset] for marker in cleaned.found] == ["Pain fell", "Pain fell. Sleep"]


def test_a_range_without_end_is_its_two_ends() -> None:
    assert numbers("1-9999") == ("1", "9999")
    assert numbers("7-3, 007") == ("7", "3")
