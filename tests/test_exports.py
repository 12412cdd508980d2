"""What `monograph export` writes, read back by other people's libraries and held against the records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from exported import AHEAD, BOOK, CHAPTER, FULL, LABEL, NOTE, RETRACTED, Held, committed, sample
from pybtex.database import Entry, parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from pipeline.models.sources import Article, Author
from pipeline.references.formats import read_references
from pipeline.references.matching import check_references
from pipeline.render.exports import EXPORTS
from pipeline.render.exports.cited import MONTHS, cited, keyed
from pipeline.sources.library import Library

REFERENCES = ("csl", "bibtex", "ris")

# citeproc-py knows the variables of CSL 1.0.1, and this one is of 1.0.2.
pytestmark = pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported. available_date")


@pytest.fixture(params=["sample", "naltrexone", "bpc-157"])
def held(request: pytest.FixtureRequest) -> Held:
    return sample() if request.param == "sample" else committed(request.param)


def papers(held: Held) -> Iterator[tuple[str, Article]]:
    """The papers that an export has to hold, by their citation keys."""
    for key, reference in keyed(cited(*held)).items():
        if reference.article:
            yield key, reference.article


def squeezed(initials: str | None) -> str:
    return (initials or "").replace(". ", "").replace(".", "")


def person(author: Author) -> tuple[str, str, str]:
    return (author.family or author.collective or "", author.initials or "", author.suffix or "")


# --- CSL-JSON ---------------------------------------------------------------------------------------------------------


def test_csl_says_what_the_records_say(held: Held) -> None:
    source = CiteProcJSON(json.loads(EXPORTS["csl"](*held)))
    assert list(source) == [key.lower() for key in keyed(cited(*held))]
    for key, article in papers(held):
        item = source[key.lower()]
        assert item.type in {"article": ("article-journal",), "book": ("book", "chapter")}[article.kind]
        for field, value in {
            "title": article.title,
            "volume": article.volume,
            "issue": article.issue,
            "page": article.pages,
            "PMID": article.pmid,
            "PMCID": article.pmcid,
            "DOI": article.doi and article.doi.lower(),
            "ISSN": article.issn,
        }.items():
            assert str(item[field]) == value if value else field not in item
        names = [name.parts() for name in item.get("author", [])]
        read = [(family, squeezed(given), suffix or "") for given, family, *_, suffix in names]
        assert read == [person(author) for author in article.authors]
        if article.year and article.month in MONTHS and not article.medline_date:
            issued = (article.year, MONTHS.index(article.month) + 1, article.day)
            assert (item.issued.year, item.issued.month, item.issued.get("day")) == issued


def test_csl_makes_a_bibliography() -> None:
    items = json.loads(EXPORTS["csl"](*sample()))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    lines = [str(line) for line in bibliography.bibliography()]
    assert lines[0].startswith("van der Ansel, J.P., Jr et al. (2020) “β-Examplol & 50% of {restless} pockets: $3 in")
    assert "Journal of Invented Research, 12(2 Suppl 1), pp. 663–72." in lines[0]
    assert lines[1] == "Doe, J. (1998 Dec-1999 Jan) “A retracted story of quiet pendulums”, J Invent Res, pp. e12, e15."
    assert lines[3] == "Roe, K. (2012) “Examplol and clocks”, The Book of Examplol, pp. 7–9."


def test_csl_tells_what_became_of_a_paper_and_what_a_document_is() -> None:
    items = {item["title"]: item for item in json.loads(EXPORTS["csl"](*sample()))}
    retracted, ahead, book = items[RETRACTED.title], items[AHEAD.title], items[BOOK.title]
    assert retracted["status"] == "retracted"
    assert retracted["note"] == "RETRACTED 2022 (PubMed 90000009); The list of authors is not whole"
    assert (ahead["status"], ahead["issued"]) == ("advance online publication", {"date-parts": [[2026]]})
    assert (book["type"], "container-title" in book) == ("book", False)
    assert items[FULL.title]["language"] == "de"
    assert items[FULL.title]["available-date"] == {"date-parts": [[2019]]}
    label, note = items[LABEL.title], items[NOTE.title]
    assert (label["type"], label["issued"]) == ("webpage", {"date-parts": [[2024, 3, 5]]})
    assert label["URL"].endswith("setid=0f7d5a3e-1111-2222-3333-444455556666")
    assert label["note"].startswith("NO LONGER HELD BY openFDA")
    assert note == {"id": NOTE.key, "type": "document", "title": NOTE.title, "note": note["note"]}
    assert note["note"] == "Synopsis written for this profile from 2 public pages, listed in its sources.yaml"


# --- BibTeX -----------------------------------------------------------------------------------------------------------


TEX = get_default_latex_context_db()
TEX.add_context_category(
    "braces",
    prepend=True,
    macros=[
        MacroTextSpec("textbraceleft", "{"),
        MacroTextSpec("textbraceright", "}"),
        MacroTextSpec("textasciicircum", "^"),
    ],
)


def plain(text: str) -> str:
    """What TeX prints."""
    return LatexNodes2Text(TEX, math_mode="text").latex_to_text(text)


def people(entry: Entry) -> list[tuple[str, str, str]]:
    names = entry.persons.get("author", [])
    return [
        (
            plain(" ".join([*name.prelast_names, *name.last_names])),
            squeezed(plain(" ".join([*name.first_names, *name.middle_names]))),
            plain(" ".join(name.lineage_names)),
        )
        for name in names
    ]


def test_bibtex_says_what_the_records_say(held: Held) -> None:
    entries = parse_string(EXPORTS["bibtex"](*held), "bibtex").entries
    assert list(entries) == list(keyed(cited(*held)))
    for key, article in papers(held):
        entry = entries[key]
        for field, value in {
            "title": article.title,
            "volume": article.volume,
            "number": article.issue,
            "pages": article.pages,
            "pmid": article.pmid,
            "pmcid": article.pmcid,
            "issn": article.issn,
            "year": article.published and str(article.published),
        }.items():
            assert (plain(entry.fields[field]).replace("–", "-") == value) if value else field not in entry.fields
        assert entry.fields.get("doi") == (article.doi and article.doi.lower())
        months = entry.fields.get("month", "").split("-")
        assert "-".join(month[:3] for month in months) == (article.month or "")
        others = [] if article.authors_complete or not article.authors else [("others", "", "")]
        assert people(entry) == [*(person(author) for author in article.authors), *others]


def test_bibtex_tells_what_became_of_a_paper_and_what_a_document_is() -> None:
    entries = parse_string(EXPORTS["bibtex"](*sample()), "bibtex").entries
    assert [entry.type for entry in entries.values()] == [
        "article",
        "article",
        "book",
        "incollection",
        "article",
        "misc",
        "misc",
    ]
    full, retracted, _, chapter, *_, label, _ = entries.values()
    assert (full.fields["journal"], full.fields["shortjournal"]) == (FULL.journal_title, FULL.journal)
    assert retracted.fields["note"].startswith("RETRACTED 2022 (PubMed 90000009); ")
    assert retracted.fields["note"].endswith("Dated 1998 Dec-1999 Jan")
    assert plain(chapter.fields["booktitle"]) == CHAPTER.journal_title
    assert (label.fields["year"], label.fields["month"], label.fields["day"]) == ("2024", "March", "5")
    assert full.fields["title"].startswith(r"{β-Examplol} \& 50\% of {\textbraceleft}restless{\textbraceright}")


def test_citation_keys_are_ascii_and_each_its_own() -> None:
    other = RETRACTED.model_copy(update={"pmid": None, "doi": "10.1000/a_b", "authors": (Author(collective="群"),)})
    twin = other.model_copy(update={"doi": "10.1000/a-b"})
    _, references = sample(other, twin, FULL, BOOK)
    assert list(keyed(references.values())) == [
        "1998_10-1000-a-b",
        "1998_10-1000-a-b-2",
        "vanderansel2020_90000001",
        "2011_90000003",
    ]


# --- RIS --------------------------------------------------------------------------------------------------------------


def test_ris_says_what_the_records_say(held: Held) -> None:
    records = {record["id"]: record for record in rispy.loads(EXPORTS["ris"](*held))}
    assert list(records) == list(keyed(cited(*held)))
    for key, article in papers(held):
        record = records[key]
        ends = [record.get("start_page"), record.get("end_page")]
        assert "-".join(end for end in ends if end) == (article.pages or "")
        for field, value in {
            "title": article.title,
            "volume": article.volume,
            "number": article.issue,
            "accession_number": article.pmid,
            "custom2": article.pmcid,
            "doi": article.doi and article.doi.lower(),
            "issn": article.issn,
            "year": article.published and str(article.published),
        }.items():
            assert record.get(field) == value
        read = [name.split(", ") for name in record.get("authors", ())]
        for author, parts in zip(article.authors, read, strict=True):
            family, given, suffix = [*parts, "", ""][:3] if author.family else (", ".join(parts), "", "")
            assert (family, squeezed(given), suffix) == person(author)


def test_ris_tells_what_became_of_a_paper_and_what_a_document_is() -> None:
    records = rispy.loads(EXPORTS["ris"](*sample()))
    assert [record["type_of_reference"] for record in records] == [
        "JOUR",
        "JOUR",
        "BOOK",
        "CHAP",
        "JOUR",
        "ELEC",
        "GEN",
    ]
    full, retracted, book, chapter, ahead, label, _ = records
    assert (full["secondary_title"], full["alternate_title1"]) == (FULL.journal_title, FULL.journal)
    assert (full["date"], retracted["date"]) == ("2020/02/29/", "1998/12//1998 Dec-1999 Jan")
    assert retracted["notes"] == ["RETRACTED 2022 (PubMed 90000009)", "The list of authors is not whole"]
    assert ("secondary_title" in book, chapter["secondary_title"]) == (False, BOOK.title)
    assert ahead["urls"] == ["https://doi.org/10.1000/(sici)1%3C2::aid%3E3.0.co%3B2-x"]
    assert (label["date"], label["notes"][0]) == ("2024/03/05/", "NO LONGER HELD BY openFDA")


def test_an_issue_of_two_months_and_one_of_a_season() -> None:
    double = RETRACTED.model_copy(update={"medline_date": None, "month": "Jul-Aug"})
    season = double.model_copy(update={"pmid": "90000005", "month": "Spring"})
    two, spring = json.loads(EXPORTS["csl"](*sample(double, season)))
    assert two["issued"] == {"date-parts": [[1998, 7], [1998, 8]]}
    assert spring["issued"] == {"literal": "1998 Spring"}
    two, spring = rispy.loads(EXPORTS["ris"](*sample(double, season)))
    assert (two["date"], spring["date"]) == ("1998///Jul-Aug", "1998///1998 Spring")
    entries = parse_string(EXPORTS["bibtex"](*sample(double, season)), "bibtex").entries.values()
    assert [entry.fields.get("month") for entry in entries] == ["July-August", None]
    two, spring = json.loads(EXPORTS["jsonld"](*sample(double, season)))["citation"]
    assert (two["datePublished"], spring["datePublished"]) == ("1998", "1998")


# --- by ourselves -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["naltrexone", "bpc-157"])
@pytest.mark.parametrize("format", REFERENCES)
def test_every_paper_matches_its_record_when_it_is_read_by_us(format: str, name: str, tmp_path: Path) -> None:
    held = committed(name)
    sources = cited(*held)
    citations = read_references(EXPORTS[format](*held), f"export.{format}")
    with Library(tmp_path / "library.sqlite") as library:
        checked = check_references(citations, library, None)
    told = [(one.status.value, one.id) for one in checked]
    assert told == [("match", one.key) if one.article else ("not_found", None) for one in sources]
    assert sum(one.article is not None for one in sources) > 30


@pytest.mark.parametrize("format", REFERENCES)
def test_the_number_of_a_notice_is_not_taken_for_that_of_its_paper(format: str) -> None:
    (citation,) = read_references(EXPORTS[format](*sample(AHEAD)), f"export.{format}")
    assert (citation.doi, citation.pmid) == (AHEAD.doi, None)
