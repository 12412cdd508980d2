"""A written reference against a record, field by field.

A field that the reference does not give is no difference, and one that the record lacks cannot be checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.identifiers import parse_doi
from pipeline.models.references import Citation, Difference
from pipeline.models.sources import Article, Author
from pipeline.references.journals import same_journal
from pipeline.references.names import families, same_authors
from pipeline.references.places import same_issue, same_pages, same_volume
from pipeline.references.titles import likeness, same_title

_MOST_NAMED = 6  # authors that a difference shows


class Comparison(NamedTuple):
    """What came of holding a citation against a record: fields that differ, fields that agree, how alike the titles are
    (0 to 100; 0 where the citation has none), how many of the persons named are authors of the record and whether the
    first is its first, and a remark on what is no error."""

    article: Article
    citation: Citation
    differences: tuple[Difference, ...]
    agreed: frozenset[str]
    likeness: float
    shared: int
    first: bool
    remark: str | None = None


def compare(citation: Citation, article: Article) -> Comparison:
    """Every field that both sides give, told apart into those that agree and those that differ."""
    fields = dict(_compared(citation, article))
    remark = None
    if citation.year and citation.year == article.year_electronic and citation.year != article.year and article.year:
        remark = f"{citation.year} is the year of electronic publication; the issue is of {article.year}"
    given, found = (_families(authors) for authors in (citation.authors, article.authors))
    return Comparison(
        article,
        citation,
        tuple(difference for difference in fields.values() if difference),
        frozenset(name for name, difference in fields.items() if difference is None),
        likeness(citation.title, article.title) if citation.title else 0.0,
        sum(any(one & other for other in found) for one in given),
        bool(given and found and given[0] & found[0]),
        remark,
    )


def _compared(citation: Citation, article: Article) -> Iterator[tuple[str, Difference | None]]:
    def told(name: str, same: bool, given: object, found: object) -> tuple[str, Difference | None]:
        return name, None if same else Difference(field=name, given=str(given), found=str(found))

    if citation.title:
        same = same_title(citation.title, article.title, article.vernacular_title)
        yield told("title", same, citation.title, article.title)
    if citation.authors and article.authors:
        same = same_authors(citation.authors, citation.et_al, article)
        found = _named(article.authors, len(citation.authors), not article.authors_complete)
        yield told("authors", same, _named(citation.authors, len(citation.authors), citation.et_al), found)
    if citation.journal and article.journal:
        yield told("journal", same_journal(citation.journal, article), citation.journal, article.journal)
    if citation.year and article.published:
        same = citation.year in _years(article)
        yield told("year", same, citation.year, article.published)
    if citation.volume and article.volume:
        yield told("volume", same_volume(citation.volume, article.volume), citation.volume, article.volume)
    if citation.issue and article.issue:
        yield told("issue", same_issue(citation.issue, article.issue, article.volume), citation.issue, article.issue)
    if citation.pages and article.pages:
        yield told("pages", same_pages(citation.pages, article.pages), citation.pages, article.pages)
    if citation.pmid and article.pmid:
        yield told("pmid", citation.pmid == article.pmid, citation.pmid, article.pmid)
    if citation.doi and article.doi:
        yield told("doi", citation.doi == (parse_doi(article.doi) or article.doi), citation.doi, article.doi)


def _years(article: Article) -> set[int]:
    """The years under which a paper may be cited: of the issue, of an issue over two years, of the Epub."""
    printed = {
        int(word)
        for word in (article.medline_date or "").replace("-", " ").split()
        if len(word) == 4 and word.isdigit()
    }
    return {year for year in (article.year, article.year_electronic) if year} | printed


def _named(authors: tuple[Author, ...], least: int, more: bool) -> str:
    """The first authors of a list in words: as many as the other side gives, and one more to see what follows."""
    most = min(max(least + 1, 3), max(_MOST_NAMED, least + 1))
    names = [author.name for author in authors if author.name]
    return ", ".join([*names[:most], *(["et al"] if more or len(names) > most else [])])


def _families(authors: tuple[Author, ...]) -> list[frozenset[str]]:
    return [families(author.family) for author in authors if author.family]
