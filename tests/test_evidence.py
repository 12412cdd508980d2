"""Sentences of sources with exact spans, and the names by which a paper calls a compound."""

from __future__ import annotations

from conftest import shared
from examples import article

from pipeline.evidence import evidence_of, name_pattern
from pipeline.models.sources import Label, LabelSection
from pipeline.sources.pubmed_xml import records


def test_every_sentence_is_the_text_at_its_span() -> None:
    paper = article(
        "90000001", "A title. With two sentences", "METHODS: We gave 5 mg. It was p < 0.05.", "No label here."
    )
    found = evidence_of(paper)
    assert [s.text for s in found] == [paper.title, "We gave 5 mg.", "It was p < 0.05.", "No label here."]
    assert [s.section for s in found] == [None, "METHODS", "METHODS", None]
    assert [s.id for s in found] == ["90000001:0", "90000001:1", "90000001:2", "90000001:3"]
    assert all(paper.text[s.start : s.end] == s.text for s in found)


def test_sentences_of_a_label_carry_their_subject() -> None:
    label = Label(key="label-x", title="Label of X", sections=(LabelSection(kind="warning", text="Do not. Ever."),))
    assert [(s.id, s.section) for s in evidence_of(label)] == [
        ("label-x:0", None),
        ("label-x:1", "warning"),
        ("label-x:2", "warning"),
    ]


def test_spans_hold_for_every_real_abstract() -> None:
    counted = 0
    for path in sorted(shared("pubmed", "efetch").glob("*.xml")):
        with path.open("rb") as stream:
            for record in records(stream):
                for sentence in evidence_of(record.article):
                    assert record.article.text[sentence.start : sentence.end] == sentence.text
                    counted += 1
    assert counted > 1000


def test_an_abbreviation_given_in_brackets_is_a_name() -> None:
    paper = article("90000002", "A trial", "We tested low-dose examplol (LDE) in 5 people. LDE was given.")
    names = name_pattern(["examplol", "Exa-9"], evidence_of(paper))
    assert names.search("LDE was given")
    assert names.search("EXA 9 and")
    assert not names.search("examplols")
