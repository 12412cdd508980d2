"""The library: what replaces what, searching by key and by words, and searches remembered."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from conftest import shared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import FormatError
from pipeline.models.sources import AbstractSection, Article, MeshHeading, Notice, NoticeKind, Search
from pipeline.sources.library import Added, Library
from pipeline.sources.library_entries import entry
from pipeline.sources.pubmed_xml import Record, open_file, records

TODAY = date(2026, 11, 22)
DOI = "10.1000/Invented.1"


def record(pmid: str | None = "90000001", *, xml: bytes = b"<PubmedArticle/>", **fields: object) -> Record:
    defaults: dict[str, object] = {"title": "Invented drug in invented patients", "journal": "J Invent", "year": 2020}
    return Record(Article.model_validate({"pmid": pmid, **defaults, **fields}), xml)


def synopsis(pmid: str | None, **fields: object) -> Record:
    return record(pmid, xml=b"", text_origin="synopsis", **fields)


def search(**changes: object) -> Search:
    fields: dict[str, object] = {"query": "invented", "translation": "t", "found": 2, "ids": ("1", "2"), "date": TODAY}
    return Search.model_validate(fields | changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "er" / "library.sqlite"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library(path) as opened:
        yield opened


def test_a_missing_file_is_an_empty_library_and_stays_missing(library: Library, path: Path) -> None:
    assert library.get(["90000001"]) == {}
    assert library.missing(["90000001", "90000001"]) == ("90000001",)
    assert library.xml("90000001") is None
    assert library.search("pain") == () == library.mentioning(["pain"], 5)
    assert library.recall("invented") is None
    assert library.stats()[:5] == (0, 0, 0, 0, 0)
    assert library.add([], fetched_at=TODAY) == Added(0, 0, 0)
    assert not path.parent.exists()


def test_an_empty_file_is_filled_by_the_first_write(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with Library(tmp_path / "empty") as library:
        assert library.stats().records == 0
        assert library.add([record()], fetched_at=TODAY).new == 1
        assert library.stats().records == 1


def test_a_record_comes_back_whole(library: Library, path: Path) -> None:
    given_ = record(
        doi=DOI, abstract=(AbstractSection(text="β <5 mg", label="AIM"),), date_revised=TODAY, xml=b"<a>\xc3\xb6</a>"
    )
    assert library.add([given_], fetched_at=TODAY) == Added(new=1)
    library.__exit__(None, None, None)
    with Library(path) as again:
        assert again.get(["90000001", "90000002"]) == {"90000001": given_.article}
        assert again.get([DOI.lower(), DOI]) == {DOI.lower(): given_.article, DOI: given_.article}
        assert again.xml("90000001") == b"<a>\xc3\xb6</a>" == again.xml(DOI)
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]


def test_an_identical_record_is_not_written_again(library: Library, path: Path) -> None:
    library.add([record()], fetched_at=TODAY)
    before = path.read_bytes()
    assert library.add([record(), record(xml=b"")], fetched_at=date(2026, 11, 23)) == Added(unchanged=2)
    assert path.read_bytes() == before


def test_xml_that_was_packed_otherwise_is_still_the_same(library: Library) -> None:
    given_ = record(xml=b"<PubmedArticle>more</PubmedArticle>" * 20)
    earlier = entry(given_)._replace(packed=zlib.compress(given_.xml, 9))
    assert earlier != entry(given_)
    assert library.store([earlier], fetched_at=TODAY) == Added(new=1)
    assert library.add([given_], fetched_at=TODAY) == Added(unchanged=1)
    assert library.xml("90000001") == given_.xml


@pytest.mark.parametrize(
    ("held", "given_", "outcome"),
    [
        (record(title="Old"), record(title="New"), "updated"),
        (record(), record(xml=b"<PubmedArticle>more</PubmedArticle>"), "updated"),
        (record(xml=b""), record(), "updated"),
        (record(title="Old", date_revised=date(2020, 1, 1)), record(title="New", date_revised=TODAY), "updated"),
        (record(title="New", date_revised=TODAY), record(title="Old", date_revised=date(2020, 1, 1)), "unchanged"),
        (record(title="New", date_revised=TODAY), record(title="Undated"), "unchanged"),
        (record(title="New", version=2), record(title="Old", date_revised=TODAY), "unchanged"),
        (record(title="From XML", date_revised=TODAY), record(title="NBIB", date_revised=TODAY, xml=b""), "unchanged"),
        (synopsis("90000001"), record(), "updated"),
        (synopsis("90000001", version=9, date_revised=TODAY), record(), "updated"),
        (record(), synopsis("90000001", version=9, date_revised=TODAY), "unchanged"),
        (synopsis("90000001", title="Old"), synopsis("90000001", title="New"), "updated"),
        (synopsis(None, doi=DOI), record(doi=DOI.lower()), "updated"),
        (record(doi=DOI), synopsis(None, doi=DOI), "unchanged"),
        (record(None, doi=DOI), record(doi=DOI), "updated"),
        (record(doi=DOI), record("90000002", doi=DOI), "new"),
    ],
)
def test_what_replaces_what(library: Library, held: Record, given_: Record, outcome: str) -> None:
    library.add([held], fetched_at=TODAY)
    assert library.add([given_], fetched_at=TODAY)._asdict()[outcome] == 1
    kept = held if outcome == "unchanged" else given_
    assert library.get([kept.article.key]) == {kept.article.key: kept.article}
    assert library.stats().records == (2 if outcome == "new" else 1)
    assert len(library.search("invented OR old")) == 0  # words of the query are never operators
    assert [hit.title for hit in library.search(kept.article.title)].count(kept.article.title) >= 1
    if outcome == "updated" and held.article.title != given_.article.title:
        assert library.search(held.article.title) == ()


def test_a_doi_finds_the_pubmed_record_that_took_the_place_of_a_synopsis(library: Library) -> None:
    library.add([synopsis(None, doi=DOI)], fetched_at=TODAY)
    assert library.missing([DOI, "90000001"]) == (DOI, "90000001")
    library.add([record(doi=DOI)], fetched_at=TODAY)
    assert library.get([DOI])[DOI].pmid == "90000001"
    assert library.missing([DOI, "90000001", "90000009"]) == ("90000009",)


def test_of_two_papers_with_one_doi_the_first_pmid_answers_for_it(library: Library) -> None:
    notice = record("90000010", doi=DOI, title="Retraction notice")
    library.add([notice, record("9000001", doi=DOI)], fetched_at=TODAY)
    assert library.get([DOI])[DOI].pmid == "9000001"


def test_search_takes_words_and_phrases_and_weighs_the_title_most(library: Library) -> None:
    library.add(
        [
            record(
                "90000001",
                title="Of something else",
                abstract=(AbstractSection(text="Pain. Café dose of low pain pain."),),
            ),
            record("90000002", title="Low dose for pain", mesh=(MeshHeading(descriptor="Fibromyalgia"),)),
            record("90000003", title="Nothing", journal="Pain"),
        ],
        fetched_at=TODAY,
    )
    assert [hit.key for hit in library.search("PAIN")] == ["90000002", "90000001", "90000003"]
    assert [hit.key for hit in library.search("pain", limit=1)] == ["90000002"]
    assert [hit.key for hit in library.search('"low dose"')] == ["90000002"]
    assert [hit.key for hit in library.search("dose low")] == ["90000002", "90000001"]
    assert [hit.key for hit in library.search("“low dose” fibromyalgia")] == ["90000002"]
    assert library.search("low-dose")[0].key == "90000002"
    (hit,) = library.search("cafe")
    assert hit == ("90000001", "Of something else", "J Invent", 2020, "Pain. Café dose of low pain pain.")


def test_mentioning_finds_names_as_phrases_outside_the_journal(library: Library) -> None:
    library.add(
        [
            record("90000001", title="Zetazole and other drugs"),
            record("90000002", title="A", substances=("zetazole hydrochloride",)),
            record("90000003", title="B", keywords=("ZTZ 15",)),
            record("90000004", title="C", journal="J Zetazole"),
            record("90000005", title="15 words about ztz"),
        ],
        fetched_at=TODAY,
    )
    assert set(library.mentioning(["Zetazole", "ZTZ-15", "—", ""], 10)) == {"90000001", "90000002", "90000003"}
    assert library.mentioning(["Zetazole"], 1) == ("90000001",)
    assert library.mentioning(["—", ""], 10) == ()


def test_equal_matches_come_in_the_order_of_their_keys(library: Library) -> None:
    keys = ["90000003", "9000002", "90000001"]
    library.add([record(key) for key in keys], fetched_at=TODAY)
    assert library.mentioning(["invented"], 10) == ("9000002", "90000001", "90000003")


@pytest.fixture(scope="module")
def some_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("fuzz") / "library.sqlite") as opened:
        opened.add([record()], fetched_at=TODAY)
        yield opened


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("\"'*():^+-{}\0\udc80“”½é٣ aNEAR,") | st.characters(), max_size=12))
def test_any_text_can_be_searched_for(some_library: Library, text: str) -> None:
    for found in (some_library.search(text), some_library.mentioning([text, "x"], 5), some_library.missing([text])):
        assert len(found) <= 1
    assert "90000001" in some_library.mentioning([text, "invented"], 5)


def test_remember_keeps_the_date_of_an_unchanged_answer(library: Library, path: Path) -> None:
    first = search(date=date(2026, 11, 1))
    assert library.remember(first) == first == library.recall("invented")
    assert library.remember(search()) == first == library.recall("invented")
    other = search(ids=("1", "3"))
    assert library.remember(other) == other == library.recall("invented")
    assert library.remember(search(date=date(2026, 11, 30))).date == date(2026, 11, 30)
    assert library.remember(search(query="another")).query == "another"
    assert library.stats().searches == 4


def test_stats_count_what_is_held(library: Library, path: Path) -> None:
    affected = Notice(kind=NoticeKind.RETRACTION, role="affected")
    library.add(
        [
            record("90000001", notices=(affected, affected)),
            record("90000002", notices=(affected,), abstract=(AbstractSection(text="a"), AbstractSection(text="b"))),
            record("90000003", notices=(Notice(kind=NoticeKind.ERRATUM, role="affected"),)),
            record("90000004", notices=(Notice(kind=NoticeKind.RETRACTION, role="notice"),)),
        ],
        fetched_at=datetime(2026, 11, 20, 23, 30),
    )
    library.add([synopsis("90000005")], fetched_at=TODAY)
    library.remember(search())
    assert library.stats() == (5, 4, 1, 1, 2, date(2026, 11, 20), TODAY, 1, path.stat().st_size)


def test_what_came_before_a_fault_in_the_source_is_stored(library: Library) -> None:
    def broken() -> Iterator[Record]:
        yield from (record(str(90000001 + number)) for number in range(7))
        raise FormatError("ends too early", "fetch it again")

    with pytest.raises(FormatError, match="ends too early"):
        library.add(broken(), fetched_at=TODAY, batch=5)
    assert library.stats().records == 7


def test_real_records_are_found_again(library: Library) -> None:
    with open_file(shared("pubmed", "pubmed_baseline_opioid_related.xml")) as stream:
        real = list(records(stream))
    done = library.add(real, fetched_at=TODAY)
    assert done.new + done.updated == len(real) > 100 and library.add(real, fetched_at=TODAY).unchanged == len(real)
    assert library.get([one.article.key for one in real]) == {one.article.key: one.article for one in real}
    assert all(library.xml(one.article.key) == one.xml for one in real)
    mentioned = library.mentioning(["morphine"], 10_000)
    assert {one.article.key for one in real if "morphine" in one.article.title.lower().split()} <= set(mentioned)
    assert 10 < len(mentioned) < len(real)
