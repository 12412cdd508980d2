"""The normal form, the exact place of a quotation, and sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import locate, normal, sentences


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("−0·34 (95% CI −0·95 to 0·27)", "-0.34 (95% CI -0.95 to 0.27)"),
        ("p<10⁻³", "p<10^-3"),
        ("mc²155", "mc^2 155"),
        ("H₂O, 1½ tablets, ½ tablet", "H2O, 1 1/2 tablets, 1/2 tablet"),
        ("n\u2009=\u200931", "n = 31"),
        ("ignore\u200b\u202eme\u00ad", "ignoreme"),
        ("Crohn’s  “disease”", 'Crohn\'s "disease"'),
        ("5 ± 2 µg, ≤ 3", "5 +/- 2 μg, <= 3"),
        ("Bye-Møller e\u0301", "Bye-Møller é"),
        ("a · b", "a · b"),
    ],
)
def test_typography_is_made_plain_and_numbers_survive(given_text: str, expected: str) -> None:
    assert normal(given_text) == expected


@given(st.text(max_size=60))
def test_normal_form_is_idempotent(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text(alphabet="ab 0189.,·-−%½²é\u0301\u200b", max_size=12), st.text(alphabet="ab 018.,·-%½²", max_size=30))
def test_a_located_span_has_the_normal_form_of_its_quotation(quote: str, text: str) -> None:
    span = locate(quote, text)
    if span is not None:
        assert normal(text[span.start : span.end]) == normal(quote)


def test_locate_never_accepts_part_of_a_number() -> None:
    abstract = "The hazard ratio was 0.82 (95% CI 0.7 to 0.95); 112 patients, change -1.3."
    assert locate("ratio was 0.8", abstract) is None
    assert locate("hazard ratio was 0.28", abstract) is None
    assert locate("12 patients", abstract) is None
    assert locate("1.3", abstract) is None
    assert locate("-1.3", abstract) is not None
    assert locate("95", abstract) is None
    assert locate("", abstract) is None


def test_locate_counts_in_the_text_as_given() -> None:
    text = "Pain\u00a0fell by 0·34\u2009points."
    span = locate("fell by 0.34 points", text)
    assert span is not None
    assert text[span.start : span.end] == "fell by 0·34\u2009points"


def test_sentences_keep_abbreviations_and_end_after_units() -> None:
    text = (
        "Naltrexone 4.5 mg/day vs. placebo was given, i.e. orally (approx. 12 weeks). Smith et al. found p = 0.016. "
        "It was kept at 25 degrees C. The rats were killed after 14 d. None died.\nA new line is a new sentence"
    )
    assert [text[start:end] for start, end in sentences(text)] == [
        "Naltrexone 4.5 mg/day vs. placebo was given, i.e. orally (approx. 12 weeks).",
        "Smith et al. found p = 0.016.",
        "It was kept at 25 degrees C.",
        "The rats were killed after 14 d.",
        "None died.",
        "A new line is a new sentence",
    ]
