"""Which record a reference names, and the five answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import shared

from pipeline.models.references import CheckedReference, RefStatus
from pipeline.models.sources import Article, Author, Notice, NoticeKind
from pipeline.references.files import read_file
from pipeline.references.formats import read_references
from pipeline.references.matching import check_references
from pipeline.references.vancouver import reference
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

ANSEL, BODONI = Author(family="Ansel", initials="J"), Author(family="Bodoni", initials="K")


def paper(number: int, **fields: Any) -> Article:
    given: dict[str, Any] = {
        "pmid": str(90_000_000 + number),
        "title": "Examplol for imagined pain in adults with restless pockets",
        "authors": (ANSEL, BODONI),
        "journal": "J Invent Res",
        "journal_title": "Journal of invented results",
        "year": 2020,
        "volume": "1",
        "issue": "2",
        "pages": "101-9",
    }
    return Article(**(given | fields))


FIRST = paper(1, doi="10.1000/invented.1")
LATER = paper(2, year=2022, volume="3", issue="4", pages="55-60")  # a twin: the same title and authors
SLEEP = paper(
    3, title="Otherol and the invented sleep of clocks", authors=(BODONI,), pages="221-30", doi="10.1000/invented.3"
)
MUCOSA = paper(4, title="Healing of restless pockets by examplol: imagined mucosa", year=2023, volume="5", pages="9-12")
RETRACTED = paper(
    5,
    title="A retracted story of quiet pendulums",
    pages="77-8",
    notices=(
        Notice(kind=NoticeKind.RETRACTION, role="affected", id="90000009", date="2022"),
        Notice(kind=NoticeKind.COMMENT, role="affected", id="90000008"),
    ),
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "references.sqlite") as library:
        library.add((Record(a, b"") for a in (FIRST, SLEEP, MUCOSA, RETRACTED)), fetched_at=date(2026, 1, 1))
        yield library


def check(text: str, library: Library) -> CheckedReference:
    (one,) = check_references(read_references(text, "list.txt"), library, None)
    return one


def fields(one: CheckedReference) -> dict[str, tuple[str, str]]:
    return {d.field: (d.given, d.found) for d in one.differences}


@pytest.mark.parametrize(
    "text",
    [
        reference(FIRST),
        "Ansel J, et al. Examplol for imagined pain in adults with restless pockets. J Invent Res. 2020;1:101.",
        "Examplol for imagined pain in adults with restless pockets",
        "90000001",
        "https://doi.org/10.1000/INVENTED.1",
        "Ansel J, Bodoni K. J Invent Res. 2020;1(2):101-9.",
        "Ansel J, Bodoni K. Journal of Invented Results, 2020, vol. 1, p. 101. doi:10.1000/invented.1",
    ],
)
def test_match(text: str, library: Library) -> None:
    one = check(text, library)
    assert (one.status, one.id, one.differences) == (RefStatus.MATCH, "90000001", ())


def test_a_bare_identifier_is_answered_with_the_reference(library: Library) -> None:
    assert check("PMID 90000003", library).suggestion == reference(SLEEP)
    assert check(reference(SLEEP), library).suggestion is None


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("2020", "2021", "year"),
        (";1(", ";2(", "volume"),
        ("(2)", "(3)", "issue"),
        ("101-9", "110-9", "pages"),
        ("101-9", "101-8", "pages"),
        ("J Invent Res", "Ann Invent Med", "journal"),
        ("Ansel J", "Caslon J", "authors"),
        ("Ansel J, Bodoni K", "Bodoni K, Ansel J", "authors"),
        ("Bodoni K", "Bodoni R", "authors"),
        ("adults", "children", "title"),
        ("imagined", "no imagined", "title"),
        ("90000001", "90000003", "pmid"),
        ("invented.1", "invented.3", "doi"),
    ],
)
def test_one_altered_field_is_told(old: str, new: str, field: str, library: Library) -> None:
    text = reference(FIRST)
    assert old in text
    one = check(text.replace(old, new), library)
    assert (one.status, one.id) == (RefStatus.MISMATCH, "90000001")
    assert list(fields(one)) == [field]
    assert one.suggestion is not None
    assert one.suggestion.startswith(reference(FIRST))


def test_a_pmid_of_another_paper_is_said_to_be_that(library: Library) -> None:
    one = check(reference(FIRST).replace("90000001", "90000003"), library)
    assert "PMID 90000003 belongs to another paper" in (one.suggestion or "")


def test_an_identifier_alone_does_not_make_a_paper_the_one_meant(library: Library) -> None:
    one = check("Estienne R. Something that nobody holds at all. Ann Invent Med. 2011;7:1. PMID: 90000003", library)
    assert (one.status, one.id) == (RefStatus.MISMATCH, "90000003")
    assert {"title", "authors", "journal", "year"} <= fields(one).keys()
    assert "the identifier belongs to this paper" in (one.suggestion or "")


def test_another_paper_of_the_first_author_that_the_year_fits_is_named(library: Library) -> None:
    one = check(reference(FIRST).replace("2020;1(2):101-9", "2023;5:101-9"), library)
    assert one.id == "90000001"
    assert "the 2023 paper of the same first author is PMID 90000004" in (one.suggestion or "")


def test_twins(library: Library) -> None:
    library.add([Record(LATER, b"")], fetched_at=date(2026, 1, 1))
    both = "Ansel J, Bodoni K. Examplol for imagined pain in adults with restless pockets. J Invent Res."
    one = check(both, library)
    assert (one.status, one.id) == (RefStatus.AMBIGUOUS, None)
    assert "PMID 90000001" in (one.suggestion or "")
    assert "PMID 90000002" in (one.suggestion or "")
    assert check(f"{both} 2022;3(4):55-60.", library).id == "90000002"
    assert check(f"{both} 2020;1(2):101-9.", library).status is RefStatus.MATCH
    split = check(f"{both} 2020;1(4):55-60.", library)
    assert split.status is RefStatus.AMBIGUOUS
    assert "PMID 90000001" in (split.suggestion or "")


def test_not_found_is_said_of_what_was_consulted(library: Library) -> None:
    one = check("Estienne R. A paper about nothing that is held. Ann Invent Med. 2011;7:1-9.", library)
    assert (one.status, one.id, one.consulted) == (RefStatus.NOT_FOUND, None, ("library", "bundled"))


def test_another_paper_of_the_same_group_is_not_taken_for_one_that_is_not_held(library: Library) -> None:
    one = check("Ansel J, et al. Examplol for imagined pain: another tale. J Invent Res. 2017;11(6):612-32.", library)
    assert (one.status, one.id) == (RefStatus.NOT_FOUND, None)


def test_an_entry_that_cannot_be_read_is_unchecked(library: Library) -> None:
    _, broken = read_references("@article{a, title={Examplol}}\n@article{b, title = {x\n", "x.bib")
    (one,) = check_references([broken], library, None)
    assert (one.status, one.consulted) == (RefStatus.UNCHECKED, ())


def test_notices_are_shown_always(library: Library) -> None:
    one = check(reference(RETRACTED), library)
    assert one.status is RefStatus.MATCH
    assert [(n.kind, n.id, n.date) for n in one.notices] == [("retraction", "90000009", "2022")]
    assert [n.kind for n in check(reference(RETRACTED).replace("2020", "2019"), library).notices] == ["retraction"]


def test_the_specimen() -> None:
    page = shared("specimen", "ldn-page.txt")
    with Library(page.parent / "none.sqlite") as empty:
        first, second = check_references(read_file(page), empty, None)
    assert (first.status, first.id, first.differences) == (RefStatus.MATCH, "19453963", ())
    assert (second.status, second.id) == (RefStatus.MISMATCH, "17222320")
    assert fields(second) == {
        "year": ("2011", "2007"),
        "volume": ("106", "102"),
        "issue": ("10", "4"),
        "pages": ("1-6", "820-8"),
    }
    assert "PMID 21380937" in (second.suggestion or "")
