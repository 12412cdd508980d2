from __future__ import annotations

import io

import pytest
from pubmed_files import PUBMED, articles, only

from pipeline.errors import FormatError
from pipeline.models.sources import AbstractSection, Author, MeshHeading
from pipeline.sources.pubmed_xml import open_file, records


def test_every_field_of_a_plain_record() -> None:
    paper = only("plain_article")
    assert paper.model_dump(exclude={"date_revised", "year", "month", "day", "notices"}) == {
        "pmid": "90000001",
        "doi": "10.90000/aim.example.1",
        "pmcid": "PMC99000001",
        "version": 1,
        "kind": "article",
        "title": "Exampline for imaginary pain: a made-up trial.",
        "vernacular_title": None,
        "authors": (Author(family="Muster", initials="EM").model_dump(),),
        "authors_complete": True,
        "journal": "Ann Invent Med",
        "journal_title": "Annals of invented medicine",
        "issn": "0000-0019",
        "nlm_id": "9900001",
        "medline_date": None,
        "year_electronic": 2030,
        "volume": "12",
        "issue": "3 Suppl 1",
        "pages": "663-72",
        "languages": ("eng",),
        "publication_types": ("Journal Article", "Randomized Controlled Trial"),
        "mesh": (
            MeshHeading(descriptor="Humans").model_dump(),
            MeshHeading(descriptor="Pain", qualifiers=("drug therapy", "physiopathology"), major=True).model_dump(),
            MeshHeading(descriptor="Examples as Topic", major=True).model_dump(),
        ),
        "keywords": ("exampline", "CD4^+ cells", "NASA Center NONE"),
        "substances": ("Narcotic Antagonists", "exampline"),
        "registrations": ("NCT99999991", "NCT99999992"),
        "abstract": (AbstractSection(text="Exampline was given to nobody. Nothing was measured.").model_dump(),),
        "status": "MEDLINE",
        "text_origin": "pubmed",
    }


def test_abstract_sections_keep_label_and_category_without_copyright_or_other_abstracts() -> None:
    assert only("structured_abstract").abstract == (
        AbstractSection(text="It was unknown.", label="BACKGROUND & AIM", category="BACKGROUND"),
        AbstractSection(text="Nobody was asked.", label="METHODS", category="METHODS"),
        AbstractSection(text="It stays unknown.", category="UNASSIGNED"),
    )


def test_ids_of_references_and_comments_are_not_those_of_the_record() -> None:
    paper = only("cited_ids")
    assert (paper.pmid, paper.doi, paper.pmcid) == ("90000003", None, None)
    assert paper.notices[0].id == "90000090"


def test_markup_is_rendered_in_titles_and_abstracts() -> None:
    paper = only("markup")
    assert paper.title == "Role of EXM1 and Ca^2+ in H2O: 10^-3 M"
    assert paper.abstract[0].text == "p<10^-3, r^2=0.97 (V\u0307O2max) & a hid\u200bden café."


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("10", "Exampline in dogs (author's transl)."),
        ("11", "Does exampline help?"),
        ("12", "[Met^5]-examplin and [Leu^5]-examplin [proceedings]."),
        ("13", "[Met5]-examplin and [Leu5]."),
        ("14", "À propos de rien."),
        ("15", "Nur auf Deutsch."),
        ("16", "Nested [brackets] stay."),
    ],
)
def test_titles_lose_only_the_brackets_of_a_translation(number: str, title: str) -> None:
    assert [paper.title for paper in articles("titles") if str(paper.pmid).endswith(number)] == [title]


def test_the_original_title_and_the_languages_are_kept() -> None:
    paper = articles("titles")[0]
    assert paper.vernacular_title == "Exampline bei Hunden."
    assert paper.languages == ("ger", "eng")


def test_pages_from_the_printed_form_the_page_numbers_or_the_article_number() -> None:
    assert [paper.pages for paper in articles("pages")] == ["e1234; quiz 5-6", "101-109", "e5", "A 490", None]


def test_a_doi_may_be_an_electronic_location_unless_marked_invalid() -> None:
    assert [paper.doi for paper in articles("pages")] == [None, None, None, "10.90000/right", None]


def test_authors_are_people_mononyms_and_groups_but_not_invalid_ones() -> None:
    paper = only("authors")
    assert [author.name for author in paper.authors] == [
        "Muster M Jr",
        "Mononym",
        "Nadie AML PhD",
        "EXAMPLE-1 Study Group",
    ]
    assert paper.authors[3] == Author(collective="EXAMPLE-1 Study Group")
    assert not paper.authors_complete


def test_without_a_catalogue_abbreviation_the_journals_own_goes_without_full_stops() -> None:
    paper = only("journal")
    assert (paper.journal, paper.issn) == ("J Abbrev (Nowhere)", "0000-0035")
    assert (paper.version, paper.status) == (4, "In-Data-Review")


def test_a_chapter_has_its_own_authors_and_date() -> None:
    chapter, _ = articles("books")
    assert (chapter.kind, chapter.key, chapter.doi) == ("book", "90000080", "10.90000/book.1")
    assert (chapter.title, chapter.journal_title) == ("Exampline toxicity", "Examples: a handbook")
    assert [author.name for author in chapter.authors] == ["Chapter C"]
    assert (chapter.year, chapter.month, chapter.day) == (2023, "Apr", 5)
    assert [section.label for section in chapter.abstract] == ["Clinical characteristics", None]
    assert (chapter.volume, chapter.keywords, chapter.publication_types) == ("2", ("Exampline",), ("Review",))


def test_a_whole_book_has_its_own_title_and_its_editors() -> None:
    _, book = articles("books")
    assert (book.title, book.journal_title) == ("Examples, whole", "Examples, whole")
    assert [author.name for author in book.authors] == ["Editor E"]
    assert (book.year, book.month) == (1999, "Feb")


def test_a_record_without_any_id_is_refused_after_those_before_it() -> None:
    with open_file(PUBMED / "no_ids.xml") as stream:
        found = records(stream)
        assert next(found).article.pmid == "90000099"
        with pytest.raises(FormatError, match="neither a PMID nor a DOI"):
            next(found)


def test_endless_nesting_is_refused() -> None:
    title = b"<i>" * 5000 + b"</i>" * 5000
    xml = b"<PubmedArticle><MedlineCitation><PMID>90000110</PMID><Article><ArticleTitle>%b</ArticleTitle></Article>"
    stream = io.BytesIO(xml % title + b"</MedlineCitation></PubmedArticle>")
    with pytest.raises(FormatError, match="nested too deeply"):
        list(records(stream))
