"""What becomes of a record, as NLM really changes records: each shape is told as what it is, and nothing beside it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from eutils_server import article_xml
from world import both, linked, replaced, typed, untyped

from pipeline.models.nights import Change
from pipeline.models.profile import Reference
from pipeline.models.sources import Article
from pipeline.profiles import reference_of, version
from pipeline.refresh.changes import changes
from pipeline.refresh.marks import mark, standing
from pipeline.sources.pubmed_xml import records

Edit = Callable[[str], str]
RESULT = "Pain fell by 30% with examplol 4 mg/day in 40 women."
PLAIN = article_xml("90000001", "Examplol for pain", [(None, f"Pain is common. {RESULT}")], 2020)
ERRATUM = "J Invent Res. 2021;2(1):1"


def same(xml: str) -> str:
    return xml


def bare(ref_type: str, source: str) -> Edit:
    """A link without the PMID of the notice."""
    return lambda xml: linked(ref_type, "1", source)(xml).replace('<PMID Version="1">1</PMID>', "")


def parsed(xml: str) -> Article:
    (record,) = records(io.BytesIO(f"<PubmedArticleSet>{xml}</PubmedArticleSet>".encode()))
    return record.article


def held(xml: str) -> Reference:
    return reference_of(parsed(xml))


def told(before: Edit, after: Edit) -> tuple[Change, ...]:
    article = parsed(after(PLAIN))
    assert article.text  # what was worked out of it and kept must not go into copies of it
    return changes(held(before(PLAIN)), article, reference_of(article), {"90000001:2": RESULT})


retracted = linked("RetractionIn", "90000009")
both_retracted = both(retracted, typed("Retracted Publication"))
titled = replaced("<ArticleTitle>Examplol", "<ArticleTitle>RETRACTED: Examplol")
CASES: dict[str, tuple[Edit, Edit, list[str]]] = {
    "link": (same, retracted, ["retracted"]),
    "type alone": (same, typed("Retracted Publication"), ["retracted"]),
    "link, type and title": (same, both(both_retracted, titled), ["retracted"]),
    "title alone": (same, titled, ["retracted"]),
    "withdrawn": (same, replaced("<ArticleTitle>", "<ArticleTitle>WITHDRAWN: "), ["retracted"]),
    "link after the type": (typed("Retracted Publication"), both_retracted, ["notice changed"]),
    "link after the title": (titled, both(titled, both_retracted), ["notice changed"]),
    "taken back": (both_retracted, same, ["reinstated"]),
    "title taken back": (titled, same, ["reinstated"]),
    "without a PMID": (same, bare("RetractionIn", ERRATUM), ["retracted"]),
    "partly": (same, linked("PartialRetractionIn", "90000009"), ["partially retracted"]),
    "partly, then wholly": (linked("PartialRetractionIn", "90000009"), retracted, ["retracted"]),
    "retracted and republished": (same, linked("RetractedandRepublishedIn", "90000010"), ["retracted"]),
    "concern": (same, linked("ExpressionOfConcernIn", "90000008"), ["expression of concern"]),
    "concern, then retraction": (
        linked("ExpressionOfConcernIn", "90000008"),
        both(linked("ExpressionOfConcernIn", "90000008"), retracted),
        ["retracted"],
    ),
    "second concern": (
        bare("ExpressionOfConcernIn", ERRATUM),
        both(bare("ExpressionOfConcernIn", ERRATUM), linked("ExpressionOfConcernIn", "90000008")),
        ["expression of concern"],
    ),
    "erratum": (same, linked("ErratumIn", "90000007"), ["corrected"]),
    "two errata": (same, both(linked("ErratumIn", "90000007"), linked("ErratumIn", "90000006")), ["corrected"] * 2),
    "second erratum, neither with a PMID": (
        bare("ErratumIn", ERRATUM),
        both(bare("ErratumIn", ERRATUM), bare("ErratumIn", "J Invent Res. 2022;3(1):9")),
        ["corrected"],
    ),
    "erratum gets its PMID": (
        bare("ErratumIn", ERRATUM),
        linked("ErratumIn", "90000007", ERRATUM),
        ["notice changed"],
    ),
    "erratum gone": (linked("ErratumIn", "90000007"), same, ["notice changed"]),
    "newer version": (same, linked("UpdateIn", "90000005"), ["superseded"]),
    "republished": (same, linked("CorrectedandRepublishedIn", "90000005"), ["republished"]),
    "comment": (same, linked("CommentIn", "90000004"), []),
    "revised on another day": (same, replaced("<DateRevised><Year>2020", "<DateRevised><Year>2021"), []),
    "in PubMed Central": (
        same,
        replaced("<ArticleIdList>", '<ArticleIdList><ArticleId IdType="pmc">PMC1</ArticleId>'),
        [],
    ),
    "title": (same, replaced("Examplol for pain", "Examplol for chronic pain"), ["bibliography changed"]),
    "volume": (same, replaced("<Volume>1<", "<Volume>2<"), ["bibliography changed"]),
    "author": (same, replaced("<LastName>Doe<", "<LastName>Roe<"), ["bibliography changed"]),
    "number": (same, replaced("30%", "13%"), ["abstract changed"]),
    "another sentence": (same, replaced("Pain is common.", "Pain is rare."), ["abstract changed"]),
    "erratum with the number": (same, both(linked("ErratumIn", "90000007"), replaced("30%", "13%")), ["corrected"]),
    "type": (same, typed("Randomized Controlled Trial"), ["publication type changed"]),
    "type gone": (typed("Review"), untyped("Nothing"), ["publication type changed"]),
    "headings": (
        same,
        replaced(
            "</MedlineCitation>",
            "<MeshHeadingList><MeshHeading><DescriptorName>Humans</DescriptorName>"
            "</MeshHeading></MeshHeadingList></MedlineCitation>",
        ),
        ["headings changed"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_change_is_told_as_what_it_is(name: str) -> None:
    before, after, kinds = CASES[name]
    assert [change.kind.value for change in told(before, after)] == kinds


@pytest.mark.parametrize("name", CASES)
def test_a_mark_differs_exactly_where_there_is_a_change(name: str) -> None:
    before, after, kinds = CASES[name]
    assert (mark(held(before(PLAIN))) != mark(held(after(PLAIN)))) == bool(kinds)


def test_only_what_bears_on_the_results_is_another_version() -> None:
    plain = version(held(PLAIN))
    for name in ("link", "title alone", "concern", "erratum", "newer version", "number"):
        assert version(held(CASES[name][1](PLAIN))) != plain, name
    for name in ("comment", "volume", "author", "type", "headings", "revised on another day"):
        assert version(held(CASES[name][1](PLAIN))) == plain, name
    one, two = CASES["second erratum, neither with a PMID"][:2]
    assert version(held(one(PLAIN))) != version(held(two(PLAIN)))
    one, two = CASES["erratum gets its PMID"][:2]
    assert version(held(one(PLAIN))) == version(held(two(PLAIN)))


def test_the_numbers_of_quoted_sentences_are_compared() -> None:
    (change,) = told(*CASES["number"][:2])
    assert (change.numbers, change.words) == (True, "the abstract was edited; sentence 2: 30% → 13%")
    (change,) = told(*CASES["another sentence"][:2])
    assert change.numbers is False
    (change,) = told(same, replaced("Pain fell by 30%", "The pain fell by 30%"))
    assert (change.numbers, change.words) == (
        False,
        "the abstract was edited; sentence 2 has other words, the same numbers",
    )
    (change,) = told(same, replaced(RESULT, "See text."))
    assert (change.numbers, change.words) == (True, "the abstract was edited; sentence 2 is gone")


def test_only_the_erratum_that_may_have_changed_a_number_is_told_with_it() -> None:
    article = parsed(
        both(linked("ErratumIn", "90000007"), linked("ErratumIn", "90000006"), replaced("30%", "13%"))(PLAIN)
    )
    first, second = article.notices
    marked = article.model_copy(update={"notices": (first.model_copy(update={"about": "other"}), second)})
    found = {c.by: c for c in changes(held(PLAIN), marked, reference_of(marked), {"90000001:2": RESULT})}
    assert (found["90000007"].numbers, found["90000007"].words) == (False, "corrected")
    assert found["90000006"].numbers is True
    assert "30% → 13%" in found["90000006"].words


def test_a_synopsis_is_compared_by_notices_only() -> None:
    synopsis = parsed(PLAIN).model_copy(update={"text_origin": "synopsis", "abstract": ()})
    article = parsed(both(both_retracted, replaced("30%", "13%"))(PLAIN))
    assert [c.kind.value for c in changes(reference_of(synopsis), article, reference_of(article), {})] == ["retracted"]
    assert standing(reference_of(synopsis)) == standing(held(PLAIN))
