"""PubMed asked about references, and its records stored in the library, where they are looked for again.

First the identifiers that are given, then ECitMatch (many citations a request), then a search for each title that is
still not held.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.models.references import Citation
from pipeline.references.places import page_range
from pipeline.references.titles import same_title
from pipeline.sources.collect import Progress
from pipeline.sources.library import Library

if TYPE_CHECKING:
    from pipeline.sources.entrez import PubMed

_WORD = re.compile(r"[^\W_]+")
_MOST_HITS = 10
_LONG = 4  # letters of a word worth searching for
_MOST_WORDS = 12


def ask(
    citations: Sequence[Citation],
    library: Library,
    pubmed: PubMed,
    today: date,
    progress: Progress,
) -> tuple[int, str | None]:
    """How many of the citations, from the first on, PubMed was asked about in full, and what stopped it if anything."""
    done = 0
    try:
        _fetch([c.pmid for c in citations if c.pmid], library, pubmed, today)
        _fetch(_by_place(citations, pubmed), library, pubmed, today)
        for citation in citations:
            progress("asking PubMed", done, len(citations))
            if query := _query(citation, library):
                _fetch(pubmed.search(query, today=today, limit=_MOST_HITS).ids, library, pubmed, today)
            done += 1
    except SourceError as error:
        return done, error.message
    return done, None


def _fetch(pmids: Sequence[str], library: Library, pubmed: PubMed, today: date) -> None:
    for batch in pubmed.fetch(library.missing(pmids)):
        library.add(batch.records, fetched_at=today)


def _by_place(citations: Sequence[Citation], pubmed: PubMed) -> list[str]:
    from pipeline.sources.entrez import Place

    places = [
        Place(
            journal=citation.journal,
            year=str(citation.year or ""),
            volume=citation.volume or "",
            page=page_range(citation.pages)[0] if citation.pages else "",
            author=citation.authors[0].name if citation.authors else "",
        )
        for citation in citations
        if citation.journal and citation.pages and (citation.volume or citation.year)
    ]
    return [pmid for pmid in pubmed.matched(places) if pmid]


def _query(citation: Citation, library: Library) -> str | None:
    """A search for the title, in two halves so that one changed word spoils only one; None where there is nothing to
    search for, or a record of that title is held."""
    title = citation.title
    if not title and citation.doi:
        return None if library.get([citation.doi]) else f'"{citation.doi}"[doi]'
    if not title or any(same_title(title, article.title) for article in library.titled(title)):
        return None
    said = _WORD.findall(title.lower())
    told = list(dict.fromkeys(word for word in said if len(word) >= _LONG))[:_MOST_WORDS] or said
    if not told:
        return None
    half = (len(told) + 1) // 2
    parts = [part for part in ((told[:half], told[half:]) if len(told) > 3 else (told,)) if part]
    return " OR ".join("(" + " AND ".join(f"{word}[ti]" for word in part) + ")" for part in parts)
