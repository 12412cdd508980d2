"""References held against PubMed, which here is the loopback E-utilities server with invented papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from eutils_faults import Fault
from eutils_server import EutilsServer, article_xml

from pipeline.models.references import CheckedReference, RefStatus
from pipeline.patience import Patience
from pipeline.references.formats import read_references
from pipeline.references.matching import check_references
from pipeline.sources.entrez import Place, PubMed
from pipeline.sources.library import Library

TODAY = date(2026, 11, 20)
TITLE = "Examplol for imagined pain in adults with restless pockets"
OTHER = "Otherol and the invented sleep of clocks"


def record(pmid: str, title: str, author: str, pages: str, year: int = 2020, corrections: str = "") -> str:
    xml = article_xml(pmid, title, [], year, corrections=corrections)
    return xml.replace("<LastName>Doe<", f"<LastName>{author}<").replace(">3-4<", f">{pages}<")


RETRACTION = (
    '<CommentsCorrections RefType="RetractionIn"><RefSource>J Invent Res. 2022;9(1):1</RefSource>'
    '<PMID Version="1">90000009</PMID></CommentsCorrections>'
)
RECORDS = [
    record("90000001", TITLE, "Ansel", "101-9"),
    record("90000002", OTHER, "Bodoni", "221-30", corrections=RETRACTION),
]
RIGHT = f"Ansel J. {TITLE}. J Invent Res. 2020;1(2):101-9."
ALTERED = f"Ansel J. {TITLE.replace('adults', 'children')}. J Invent Res. 2019;1(2):101-9."


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(RECORDS) as server:
        yield server


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "references.sqlite") as library:
        yield library


def client(server: EutilsServer, attempts: int = 2) -> PubMed:
    patience = Patience(attempts=attempts, sleep=lambda _: None)
    return PubMed("pat@example.org", base_url=server.url, patience=patience, rate=1000.0)


def checked(text: str, library: Library, pubmed: PubMed | None) -> tuple[CheckedReference, ...]:
    return check_references(read_references(text, "list.txt"), library, pubmed, today=TODAY)


def utilities(server: EutilsServer) -> list[str]:
    return [seen.utility.partition(".")[0] for seen in server.requests]


def test_what_is_not_held_is_asked_for_stored_and_found(server: EutilsServer, library: Library) -> None:
    (one,) = checked(RIGHT, library, client(server))
    assert (one.status, one.id) == (RefStatus.MATCH, "90000001")
    assert one.consulted == ("library", "bundled", "pubmed")
    assert "90000001" in library.get(["90000001"])
    assert utilities(server) == ["ecitmatch", "efetch"]
    (again,) = checked(RIGHT, library, client(server))
    assert (again.status, again.consulted) == (RefStatus.MATCH, ("library", "bundled"))
    assert len(server.requests) == 2


def test_an_altered_reference_is_found_by_half_of_its_title(server: EutilsServer, library: Library) -> None:
    (one,) = checked(ALTERED, library, client(server))
    assert (one.status, one.id) == (RefStatus.MISMATCH, "90000001")
    assert {d.field for d in one.differences} == {"title", "year"}
    assert "esearch" in utilities(server)


def test_many_places_are_one_request(server: EutilsServer, library: Library) -> None:
    text = f"1. {RIGHT}\n2. Bodoni J. {OTHER}. J Invent Res. 2020;1(2):221-30.\n"
    found = checked(text, library, client(server))
    assert [one.id for one in found] == ["90000001", "90000002"]
    assert utilities(server).count("ecitmatch") == 1
    assert [notice.kind for notice in found[1].notices] == ["retraction"]


def test_the_pmid_of_another_paper_is_a_difference_not_the_answer(server: EutilsServer, library: Library) -> None:
    (one,) = checked(f"{RIGHT} PMID: 90000002", library, client(server))
    assert (one.status, one.id) == (RefStatus.MISMATCH, "90000001")
    assert [(d.field, d.given, d.found) for d in one.differences] == [("pmid", "90000002", "90000001")]
    assert one.suggestion is not None
    assert "PMID 90000002 belongs to another paper" in one.suggestion
    assert "Otherol" in one.suggestion


def test_a_paper_that_pubmed_does_not_have_is_not_found(server: EutilsServer, library: Library) -> None:
    (one,) = checked(
        "Nobody N. A paper that was never written anywhere. J Invent Res. 2018;7:1-2.", library, client(server)
    )
    assert (one.status, one.consulted) == (RefStatus.NOT_FOUND, ("library", "bundled", "pubmed"))


def test_an_outage_is_no_answer(server: EutilsServer, library: Library) -> None:
    server.faults.extend([Fault.status(500)] * 4)
    (one,) = checked(RIGHT, library, client(server))
    assert (one.status, one.consulted) == (RefStatus.UNCHECKED, ("library", "bundled"))
    assert one.suggestion is not None
    assert "could not be asked" in one.suggestion


def test_an_outage_leaves_what_is_held_checked(server: EutilsServer, library: Library) -> None:
    checked(RIGHT, library, client(server))
    server.faults.extend([Fault.status(500)] * 4)
    (one,) = checked(RIGHT.replace("2020", "2017"), library, client(server))
    assert one.status is RefStatus.MISMATCH


def test_without_pubmed_nothing_is_asked(server: EutilsServer, library: Library) -> None:
    (one,) = checked(RIGHT, library, None)
    assert (one.status, one.consulted) == (RefStatus.NOT_FOUND, ("library", "bundled"))
    assert server.requests == []


def test_ecitmatch_answers_place_by_place(server: EutilsServer) -> None:
    places = [
        Place("J Invent Res", "2020", "1", "221", "Bodoni J"),
        Place("J Invent Res", "2020", "1", "999", "Bodoni J"),
        Place("J Invent | Res", "2020", "1", "101", ""),
    ]
    assert client(server).matched(places) == ("90000002", None, "90000001")
    assert server.requests[0].parameters["email"] == "pat@example.org"


def test_a_place_that_fits_two_papers_names_neither(server: EutilsServer) -> None:
    assert client(server).matched([Place("J Invent Res", "2020", "1", "", "")]) == (None,)


def test_an_answer_that_is_no_match_of_citations_is_tried_again(server: EutilsServer) -> None:
    server.faults.append(Fault("a page", lambda handler, honest: handler.reply(b"<html>busy</html>")))
    assert client(server).matched([Place("J Invent Res", "2020", "1", "221", "")]) == ("90000002",)
    assert len(server.requests) == 2
