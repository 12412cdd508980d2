"""The rules on words, by sentences that break them and sentences near to those that do not."""

from __future__ import annotations

import pytest
from reviews import review_of

from pipeline.checks import check

SOURCE = "Pain fell by 30% with examplol 4 mg/day."


def found(text: str) -> set[str]:
    """The codes of the rules on words that a claim of a person's own breaks."""
    example = {"claims": [{"text": text, "evidence": {"90000001:1": SOURCE}}]}
    codes = {"WRD006", "WRD007", "WRD008", "WRD009", "WRD011", "QTY004"}
    return codes & {finding.code for finding in check(review_of(example)).findings}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Examplol is clinically proven to lower pain.", "WRD006"),
        ("Examplol has been proven to lower pain.", "WRD006"),
        ("Examplol cures pain.", "WRD006"),
        ("Examplol is safe and effective.", "WRD006"),
        ("Examplol is completely safe.", "WRD006"),
        ("Examplol has no side effects.", "WRD006"),
        ("Examplol is a breakthrough for people in pain.", "WRD006"),
        ("This revolutionary compound lowers pain.", "WRD006"),
        ("Examplol helps everyone in pain.", "WRD007"),
        ("All patients with pain will benefit.", "WRD007"),
        ("Take 4 mg of examplol at night.", "WRD011"),
        ("You should start with 1 mg.", "WRD011"),
        ("The recommended dose of examplol is 4 mg.", "WRD011"),
        ("The typical starting dose is 1 mg.", "WRD011"),
        ("Patients should take it at night.", "WRD011"),
        ("It should be taken once a day.", "WRD011"),
        ("Pain fell in 12 of 31 patients (28.7%).", "QTY004"),
        ("Pain fell in 50% (12/31) of patients.", "QTY004"),
    ],
)
def test_a_word_too_much_is_found(text: str, code: str) -> None:
    assert code in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Examplol has not been proven to lower pain.",
        "Examplol is not a cure.",
        "The cure rate was not reported.",
        "No side effects were reported.",
        "No serious side effects were seen in 31 patients.",
        "Whether examplol is effective is unknown.",
        "Examplol was given for breakthrough pain.",
        "It holds a breakthrough therapy designation.",
        "All patients received examplol for 12 weeks.",
        "Patients took 4 mg at night.",
        "The dose was raised to 4 mg.",
        "The maximum tolerated dose was 6 mg.",
        "Pain fell in 12 of 31 patients (38.7%).",
        "Pain fell in 38.7% (12/31) of patients.",
        "Pain fell in 1,200 of 2,400 patients (50%).",
        "Two of the 31 patients (mean age 54) withdrew, and 6% moved away.",
    ],
)
def test_a_careful_sentence_is_not(text: str) -> None:
    assert found(text) == set()


def test_the_words_of_the_source_are_not_the_claims_own() -> None:
    source = {"pmid": "90000002", "title": "Examplol", "abstract": [{"text": "Examplol is safe and effective."}]}
    claim = {"text": "A cohort study reported: examplol is safe and effective."}
    for text, evidence in (("90000002:1", "Examplol is safe and effective."), ("90000001:1", SOURCE)):
        findings = check(review_of({"claims": [{**claim, "evidence": {text: evidence}}], "sources": [source]})).findings
        assert ("WRD006" in {finding.code for finding in findings}) is (text == "90000001:1")


def test_a_label_may_name_its_dose() -> None:
    label = {"key": "label-examplol", "title": "Label", "sections": [{"kind": "dose", "text": "Take 4 mg at night."}]}
    claim = {"text": "Take 4 mg at night.", "evidence": {"label-examplol:1": "Take 4 mg at night."}}
    assert check(review_of({"claims": [claim], "sources": [label]})).findings == ()
