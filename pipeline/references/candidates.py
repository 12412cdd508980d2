"""The records that a reference may mean: from the library and the bundled collections, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.identifiers import parse_doi
from pipeline.models.references import Citation
from pipeline.models.sources import Article
from pipeline.references.folding import fold_key, words
from pipeline.references.names import same_family
from pipeline.references.places import page_range
from pipeline.references.titles import forms, same_title
from pipeline.sources import synopses
from pipeline.sources.library import Library

_WORDS = re.compile(r"[^\W_]+")
_PIECE = 3  # words of a title that stand together in a piece of it
_MOST_PIECES = 24
_ALIKE = 75.0  # of 100: a title in the text, or much like one


class Shelf:
    """The library and the bundled collections as one place to look in. A record of the library comes first."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def waves(self, citation: Citation) -> Iterator[list[Article]]:
        """Groups of candidates, each wider than the one before: by identifier, by title, by what is like the title, by
        page, by author and year. The next group need not be asked for when one before holds the paper."""
        keys = [key for key in (citation.pmid, citation.doi) if key]
        if keys:
            yield self._held(keys)
        text = citation.title or ("" if not citation.plain else citation.raw)
        if text:
            yield [*self.library.titled(text), *(a for a in bundled() if same_title(text, a.title))]
            source = citation.raw if citation.plain else text
            yield [*self.library.titled(*_pieces(source)), *_alike(source)]
        if citation.pages:
            yield self._on_page(citation.pages)
        if first := next((author.family for author in citation.authors if author.family), None):
            yield self.by_author(first, citation.year) if citation.year else []

    def _held(self, keys: Iterable[str]) -> list[Article]:
        wanted = list(keys)
        held = self.library.get(wanted)
        rest = {key for key in wanted if key not in held}
        return [*held.values(), *(a for a in bundled() if a.pmid in rest or (a.doi and parse_doi(a.doi) in rest))]

    def owner(self, key: str) -> Article | None:
        """The record that has this PMID or DOI."""
        return next(iter(self._held([key])), None)

    def by_author(self, family: str, year: int) -> list[Article]:
        """Records of a year whose first author has this family name."""
        ours = (
            a for a in bundled() if a.published == year and a.authors and same_family(a.authors[0].family or "", family)
        )
        return [*self.library.by_author(family, year), *ours]

    def _on_page(self, pages: str) -> list[Article]:
        start = re.split(r"\s*-", pages.strip(), maxsplit=1)[0]
        bare = re.sub(r"^e(?=\d)", "", start, flags=re.IGNORECASE)
        found = {a.key: a for page in dict.fromkeys((start, bare, f"e{bare}")) for a in self.library.on_page(page)}
        first = page_range(pages)[0]
        return [a for a in (*found.values(), *bundled()) if a.pages and page_range(a.pages)[0] == first]


@lru_cache(maxsize=1)
def bundled() -> tuple[Article, ...]:
    """The papers of all bundled collections."""
    collections = (synopses.bundled(slug) for slug in sorted(set(synopses.names().values())))
    return tuple(article for collection in collections if collection for article in collection.articles)


def _pieces(text: str) -> list[str]:
    """A title or a reference in pieces of three words, so that a changed word spoils one piece only."""
    told = _WORDS.findall(text)[: _PIECE * _MOST_PIECES]
    if len(told) <= _PIECE:
        return [" ".join(told)]
    return [" ".join(told[start : start + _PIECE]) for start in range(0, len(told) - _PIECE + 1, _PIECE)]


def _alike(text: str) -> list[Article]:
    """Bundled papers whose title stands in the text, or one much like it."""
    key = fold_key(text)
    return (
        [a for a in bundled() if fuzz.partial_ratio(forms(a.title)[0], key) >= _ALIKE] if len(words(text)) > 2 else []
    )
