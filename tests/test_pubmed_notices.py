from __future__ import annotations

from pubmed_files import articles, only

from pipeline.models.sources import NoticeKind


def said(name: str) -> list[list[tuple[str, str]]]:
    return [[(notice.kind.value, notice.role) for notice in article.notices] for article in articles(name)]


def test_in_links_sit_on_the_affected_paper_and_of_for_from_on_links_on_the_notice() -> None:
    kinds = ["retraction", "retraction", "concern", "erratum", "republication", "republication", "update", "comment"]
    affected, notice = said("notices")
    assert affected == [(kind, "affected") for kind in [*kinds, "other"]]
    assert notice == [(kind, "notice") for kind in [*kinds, "other"]]


def test_a_link_keeps_citation_and_word_and_cites_is_left_out() -> None:
    retraction, *others = articles("notices")[0].notices
    assert retraction.id == "90000150"
    assert retraction.citation == "Muster M. Ann Invent Med. 2033 Jan 5;14(1):9"
    assert retraction.ref_type == "RetractionIn"
    assert "Cites" not in [notice.ref_type for notice in others]


def test_the_date_is_that_of_the_notice_so_only_the_affected_side_has_it() -> None:
    affected, notice = articles("notices")
    assert [link.date for link in affected.notices[:4]] == ["2033 Jan 5", "2033", "2032 Nov-Dec", "2032 Mar"]
    assert {link.date for link in notice.notices} == {None}


def test_without_a_pmid_the_doi_of_the_citation_identifies_the_other_side() -> None:
    links = articles("notices")[0].notices
    assert (links[2].kind, links[2].id) == (NoticeKind.CONCERN, "10.90000/concern.1")
    assert (links[3].kind, links[3].id) == (NoticeKind.ERRATUM, None)


def test_publication_types_speak_where_no_link_does() -> None:
    assert said("notices_by_type") == [
        [("retraction", "affected")],
        [("retraction", "notice")],
        [("retraction", "notice")],
        [("concern", "notice")],
        [("erratum", "notice")],
        [],
    ]
    retracted = articles("notices_by_type")[0].notices[0]
    assert (retracted.id, retracted.ref_type) == (None, "Retracted Publication")


def test_publication_types_add_nothing_to_links_that_say_the_same() -> None:
    notice = articles("notices")[1]
    assert {"Retraction of Publication", "Published Erratum", "Expression of Concern"} <= set(notice.publication_types)
    assert len(notice.notices) == 9


def test_partial_retractions_are_errata() -> None:
    assert said("partial_retraction") == [[("erratum", "affected")] * 3, [("erratum", "notice")]]


def test_a_plain_record_has_no_notices() -> None:
    assert only("plain_article").notices == ()
