"""Which study stands under which heading, and which headings the records themselves name."""

from __future__ import annotations

import re

from examples import article, sentences

from pipeline.evidence import name_pattern
from pipeline.models.compound import Topic
from pipeline.models.sources import Article
from pipeline.studies import study_of
from pipeline.topics import belongs, discovered, is_about, term_pattern

NAMES = ("examplol",)
ASTHMA = Topic(name="asthma", terms=("asthma",))


def placed(paper: Article, topic: Topic) -> bool:
    found = sentences(paper)
    return belongs(topic, paper, study_of(paper, found, NAMES), found)


def about(paper: Article) -> bool:
    found = sentences(paper)
    return is_about(paper, found, name_pattern(NAMES, found))


def test_a_topic_is_named_by_title_heading_or_the_people_studied() -> None:
    assert placed(article("90000001", "Examplol in asthma", "It was given."), ASTHMA)
    assert placed(article("90000001", "Examplol", "It was given.", mesh=("Asthma/drug therapy",)), ASTHMA)
    assert placed(article("90000001", "Examplol", "This trial enrolled 40 adults with asthma."), ASTHMA)
    passing = "This trial enrolled 40 adults. Examplol was tried in asthma once."
    assert not placed(article("90000001", "Examplol", passing), ASTHMA)


def test_an_inverted_heading_is_the_same_condition() -> None:
    topic = Topic(name="rheumatoid arthritis")
    assert placed(article("90000001", "Examplol", "It was given.", mesh=("Arthritis, Rheumatoid/drug therapy",)), topic)


def test_terms_are_whole_words() -> None:
    assert term_pattern(("ME/CFS", "pain")).search("in ME/CFS.")
    assert not term_pattern(("pain",)).search("painting")
    assert term_pattern(("long COVID",)).search("a long-COVID clinic")
    assert re.search(term_pattern(("Crohn's disease",)), "Crohn's disease")


def test_conditions_come_from_headings_of_at_least_two_records() -> None:
    papers = [
        article("90000001", "One", mesh=("Asthma/drug therapy", "Humans", "Sleep/physiology")),
        article("90000002", "Two", mesh=("Asthma/drug therapy", "Arthritis, Rheumatoid/therapy")),
        article("90000003", "Three", mesh=("Arthritis, Rheumatoid/drug therapy", "Gout/drug therapy")),
    ]
    assert [t.name for t in discovered(papers, ())] == ["Asthma", "Rheumatoid Arthritis"]
    assert [t.name for t in discovered(papers, (ASTHMA,))] == ["Rheumatoid Arthritis"]


def test_titles_name_conditions_of_records_without_headings() -> None:
    papers = [
        article("90000001", "Examplol in patients with restless legs: a trial"),
        article("90000002", "Examplol for adults with restless legs"),
        article("90000003", "Examplol in patients with gout"),
    ]
    assert [t.name for t in discovered(papers, ())] == ["restless legs"]


def test_a_paper_is_about_the_compound_it_names_and_not_about_the_background_treatment() -> None:
    assert about(article("90000001", "Examplol in asthma", "It was given."))
    assert about(article("90000001", "Asthma", "Examplol was given. Examplol helped. Examplol was safe."))
    assert not about(article("90000001", "Asthma", "Otherdrug was given. Examplol was mentioned."))
    assert not about(article("90000001", "Otherdrug as add-on to examplol in asthma", "Examplol. Examplol. Examplol."))
