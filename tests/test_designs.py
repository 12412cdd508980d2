"""Design and species from tags and words; the weaker witness wins and leaves a doubt."""

from __future__ import annotations

import pytest
from examples import article, sentences

from pipeline.models.studies import Design
from pipeline.studies.designs import design_of, weaker_of


def told(
    *abstract: str, title: str = "Examplol and pain", types: tuple[str, ...] = (), mesh: tuple[str, ...] = ()
) -> Design:
    paper = article("90000001", title, *abstract, types=types, mesh=mesh)
    return design_of(paper, sentences(paper)).design.value


@pytest.mark.parametrize(
    ("text", "design"),
    [
        ("This randomised, double-blind, placebo-controlled trial enrolled 31 women.", Design.RANDOMISED),
        ("Sixty patients were randomly assigned to examplol or placebo.", Design.RANDOMISED),
        ("This open-label study of 17 patients was uncontrolled; it was not randomised.", Design.SINGLE_ARM),
        ("This double-masked, placebo-controlled crossover trial enrolled 80 people.", Design.CONTROLLED),
        ("Charts of 54 patients were reviewed in this retrospective chart review.", Design.COHORT),
        ("This register-based study covered 582 patients.", Design.COHORT),
        ("We report the case of a 50-year-old woman.", Design.CASE_REPORT),
        ("This case series describes 3 patients.", Design.CASE_SERIES),
        ("A cross-sectional survey of 400 adults was made.", Design.CROSS_SECTIONAL),
        ("Cases were compared with controls in a case-control study of 90 patients.", Design.CASE_CONTROL),
        ("In rats with a cut tendon, examplol was compared with saline.", Design.ANIMAL),
        ("This in vitro study exposed cell lines to examplol.", Design.IN_VITRO),
        ("This narrative review discusses examplol.", Design.REVIEW),
        ("We conducted a systematic review and meta-analysis of 4 randomised trials.", Design.META_ANALYSIS),
        ("Patients felt better. Larger randomised trials are needed.", Design.UNCLEAR),
    ],
)
def test_a_paper_without_tags_is_known_by_its_words(text: str, design: Design) -> None:
    assert told(text) is design


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Examplol for pain: protocol for a randomised trial", Design.PROTOCOL),
        ("Examplol for pain: a systematic review of randomised trials", Design.SYSTEMATIC_REVIEW),
        ("Examplol: a scoping review", Design.REVIEW),
        ("Reply to Example et al. on examplol", Design.COMMENT),
        ("Correction: Examplol for pain", Design.NOTICE),
        ("A retrospective chart review of examplol", Design.COHORT),
    ],
)
def test_the_kind_of_paper_stands_in_its_title(title: str, design: Design) -> None:
    assert told("Forty patients took part.", title=title) is design


def test_the_weaker_witness_wins_and_the_disagreement_is_kept() -> None:
    # As PubMed does for PMID 32068870: tagged a randomised trial, its words describe a dose finding without placebo.
    paper = article(
        "90000001",
        "Examplol dose-response",
        "We used the up-and-down method. There was no placebo group. The 27 patients received examplol.",
        types=("Randomized Controlled Trial",),
    )
    found = design_of(paper, sentences(paper))
    assert found.design.value is Design.SINGLE_ARM
    assert found.design.evidence == "90000001:2"
    assert found.doubts == ("PubMed tags it randomised trial, its own words say uncontrolled trial",)


def test_a_tag_stands_where_the_words_are_silent() -> None:
    paper = article(
        "90000001", "Examplol and pain", "Forty patients took part.", types=("Randomized Controlled Trial",)
    )
    found = design_of(paper, sentences(paper))
    assert (found.design.value, found.design.witness, found.doubts) == (Design.RANDOMISED, "publication type", ())


def test_a_less_specific_tag_does_not_contradict() -> None:
    assert (
        told("Patients were randomly assigned to examplol or placebo.", types=("Clinical Trial",)) is Design.RANDOMISED
    )
    review = told("x", title="Examplol: a systematic review", types=("Review",))
    assert review is Design.SYSTEMATIC_REVIEW


def test_an_open_extension_does_not_undo_randomisation() -> None:
    text = "This randomised, placebo-controlled trial of 8 weeks was followed by 8 weeks open-label in 14 children."
    assert told(text) is Design.RANDOMISED


def test_species_come_from_mesh_when_it_names_one() -> None:
    paper = article("90000001", "Examplol", "Examplol was given.", mesh=("Animals", "Mice"))
    found = design_of(paper, sentences(paper))
    assert found.species is not None
    assert (found.species.value, found.species.witness, found.design.value) == ("animal", "mesh", Design.ANIMAL)


def test_weaker_of_follows_the_order_of_designs() -> None:
    assert weaker_of(Design.RANDOMISED, Design.CASE_REPORT) is Design.CASE_REPORT
    assert weaker_of(Design.PROTOCOL, Design.META_ANALYSIS) is Design.PROTOCOL
