"""Invented papers for tests: nothing here is, or is meant to look like, a real publication."""

from __future__ import annotations

from pipeline.evidence import evidence_of
from pipeline.models.sources import AbstractSection, Article, Author, MeshHeading
from pipeline.models.studies import Evidence


def article(
    pmid: str = "90000001",
    title: str = "Examplol in people with imagined pain",
    *abstract: str,
    types: tuple[str, ...] = (),
    mesh: tuple[str, ...] = (),
    year: int | None = 2020,
    authors: tuple[str, ...] = ("Example",),
    origin: str = "pubmed",
) -> Article:
    """An article; an abstract part may begin with a label in capitals and a colon. MeSH is "Heading/qualifier"."""
    sections = []
    for part in abstract:
        label, colon, rest = part.partition(": ")
        labelled = bool(colon) and label.isupper()
        sections.append(AbstractSection(label=label if labelled else None, text=rest if labelled else part))
    headings = tuple(
        MeshHeading(descriptor=h.partition("/")[0], qualifiers=tuple(q for q in h.partition("/")[2:] if q))
        for h in mesh
    )
    return Article.model_validate(
        {
            "pmid": pmid,
            "title": title,
            "authors": tuple(Author(family=name, initials="A") for name in authors),
            "journal": "J Invented Res",
            "year": year,
            "publication_types": types,
            "mesh": headings,
            "abstract": tuple(sections),
            "text_origin": origin,
        }
    )


def sentences(paper: Article) -> tuple[Evidence, ...]:
    """The evidence of an invented paper."""
    return evidence_of(paper)
