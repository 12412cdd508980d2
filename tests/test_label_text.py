"""The form in which the text of a label is kept: what goes, what stays, and what becomes a line or a sentence."""

from __future__ import annotations

import re

import pytest
from commands import HOSTILE, raw

from pipeline.sources.label_text import label_text
from pipeline.text import sentences


@pytest.mark.parametrize(
    ("given", "heading", "kept"),
    [
        ("4 CONTRAINDICATIONS  Never take\n it.", "CONTRAINDICATIONS", "Never take it."),
        ("CONTRAINDICATIONS: Never take it.", "CONTRAINDICATIONS", "Never take it."),
        ("Contraindications Never take it.", "CONTRAINDICATIONS", "Never take it."),
        ("Contraindications include asthma.", "CONTRAINDICATIONS", "Contraindications include asthma."),
        ("5 Warnings and Precautions Take care.", "WARNINGS AND PRECAUTIONS", "Take care."),
        ("8.4 Pediatric Use Not studied.", "PEDIATRIC USE", "Not studied."),
        ("8.1 Pregnancy Risk Summary No data exist.", "PREGNANCY", "Risk Summary\nNo data exist."),
        ("12 patients fell ill.", "WARNINGS", "12 patients fell ill."),
        ("CONTRAINDICATIONS", "CONTRAINDICATIONS", ""),
    ],
)
def test_number_and_heading_of_a_section_go(given: str, heading: str, kept: str) -> None:
    assert label_text(given, heading) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Take care [see Warnings and Precautions (5.1, 5.3)] .", "Take care."),
        ("Take care (see WARNINGS (5.1) and others), always.", "Take care, always."),
        ("Take care ( 5.1 , 5.2 ) with tea ( 4 ).", "Take care with tea."),
        ("Seen in 12 ( 5.1 ) and in 3 (2.4) of 9 [2].", "Seen in 12 ( 5.1 ) and in 3 (2.4) of 9 [2]."),
        ("A ratio (1.5) was seen.", "A ratio (1.5) was seen."),
    ],
)
def test_cross_references_go_and_numbers_stay(given: str, kept: str) -> None:
    assert label_text(given, "WARNINGS") == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Not in: • men on tea • women on milk.", "Not in: men on tea; women on milk."),
        ("Not in: • men on tea. • women on milk.", "Not in: men on tea; women on milk."),
        ("Not in: • men, • women; • dogs, or • cats.", "Not in: men, women; dogs, or cats."),
        ("Not in: \uf0b7 men \uf0b7 women", "Not in: men; women"),
        ("• Stop it. Call us. • Wait.", "Stop it. Call us. Wait."),
        ("A rise of 0·5 and p = ·04 · was seen.", "A rise of 0·5 and p = ·04; was seen."),
    ],
)
def test_a_list_is_one_sentence(given: str, kept: str) -> None:
    assert label_text(given, "WARNINGS") == kept


def test_a_numbered_subsection_and_its_heading_are_lines() -> None:
    given = (
        "5 WARNINGS AND PRECAUTIONS 5.1 Injection Site Reactions EXAMPLINE may hurt. It did in 5.2 Percent of men."
        " 5.2 Injury of the Liver In a trial 4 fell ill. 5.3 Use of Tea or Milk Patients should stop. 7.1 Nothing."
    )
    text = label_text(given, "WARNINGS AND PRECAUTIONS")
    assert text.split("\n") == [
        "Injection Site Reactions",
        "EXAMPLINE may hurt. It did in 5.2 Percent of men.",
        "Injury of the Liver",
        "In a trial 4 fell ill.",
        "Use of Tea or Milk",
        "Patients should stop. 7.1 Nothing.",
    ]


def test_a_boxed_warning_keeps_its_heading_as_a_line() -> None:
    text = label_text("BOXED WARNING WARNING: SUDDEN IMAGINARY FAILURE EXAMPLINE can fail.", "BOXED WARNING")
    assert [text[start:end] for start, end in sentences(text)] == [
        "WARNING: SUDDEN IMAGINARY FAILURE",
        "EXAMPLINE can fail.",
    ]


def test_nothing_unseen_is_kept_and_markup_is_text() -> None:
    text = label_text(f"Never <b>take</b> {HOSTILE} it\u200b\ud800 \u202ebackwards.\x00", "WARNINGS")
    assert raw(text) == set()
    assert text.startswith("Never <b>take</b>")
    text.encode()


@pytest.mark.parametrize("part", ["[see ", "(see (", "• ", "5.1 A ", "WARNING: A ", "( 5.1 , "])
def test_no_text_takes_long(part: str) -> None:
    label_text("5 WARNINGS " + part * 20_000, "WARNINGS")


def test_no_word_is_lost_but_headings_and_references() -> None:
    given = "Take care: • one 5 mg • two (3.2) or • three. 5.9 Not a part."
    words = re.findall(r"[\w.]+", given.replace("•", " "))
    assert re.findall(r"[\w.]+", label_text(given, "WARNINGS").replace(";", " ")) == words
