"""The records that a reference may mean: from the library and the bundled collections, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipeline.identifiers import parse_doi
from pipeline.models.references import Citation
from pipeline.models.sources import Article
from pipeline.references.folding import fold_key, words
from pipeline.references.names import same_family
from pipeline.references.places import page_range
from pipeline.references.strings import LONGEST
from pipeline.references.titles import forms
from pipeline.sources import synopses
from pipeline.sources.library import Library

_WORDS = re.compile(r"[^\W_]+")
_BORDER = re.compile(r"[.?!]\s|[\"“”()\[\]]")
_PIECE = 3  # words of a title that stand together in a piece of it
_MOST_PIECES = 24
_MOST_OF = 0.6  # share of a title's words that a text must hold to be like it


class Shelf:
    """The library and the bundled collections as one place to look in. A record of the library comes first."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def waves(self, citation: Citation) -> Iterator[tuple[list[Article], bool]]:
        """Groups of candidates, each wider than the one before: by identifier, by title, by what is like the title, by
        page, author and year. True with a group after which nothing is left to be found by the title."""
        keys = [key for key in (citation.pmid, citation.doi) if key]
        if keys:
            yield self._held(keys), False
        text = citation.title or ("" if not citation.plain else citation.raw)
        if text:
            yield [*self.library.titled(text), *_bundled_titles().get(fold_key(text), ())], False
            if citation.plain:
                yield list(self.library.titled(*_sentences(citation.raw[:LONGEST]), limit=4)), False
            source = citation.raw[:LONGEST] if citation.plain else text
            yield [*self.library.titled(*_pieces(source), limit=6), *_alike(source)], True
        if citation.pages:
            yield [a for a in self._on_page(citation.pages) if _fits(citation, a)], True
        if first := next((author.family for author in citation.authors if author.family), None):
            yield self.by_author(first, citation.year) if citation.year else [], True

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
        held = [a for a in found.values() if a.pages and page_range(a.pages)[0] == first]
        return [*held, *_bundled_pages().get(first, ())]


@lru_cache(maxsize=1)
def bundled() -> tuple[Article, ...]:
    """The papers of all bundled collections."""
    collections = (synopses.bundled(slug) for slug in sorted(set(synopses.names().values())))
    return tuple(article for collection in collections if collection for article in collection.articles)


def _fits(citation: Citation, article: Article) -> bool:
    """True where two of year, volume and first author are those of the record, wherever in the text they stand."""
    said = set(_WORDS.findall(citation.raw.lower()))
    first = next((author.family for author in article.authors if author.family), None)
    given = {str(article.published), (article.volume or "").lower(), *_WORDS.findall((first or "").lower())[-1:]}
    return len(given & said) > 1


def _sentences(text: str) -> list[str]:
    """What stands between full stops, quotation marks and brackets, where a title of few words may be."""
    parts = (part.strip() for part in _BORDER.split(text))
    return [part for part in parts if 1 < len(_WORDS.findall(part)) <= _PIECE * _MOST_PIECES][:_MOST_PIECES]


def _pieces(text: str) -> list[str]:
    """A title or a reference in pieces of three words, so that a changed word spoils one piece only."""
    told = _WORDS.findall(text)[: _PIECE * _MOST_PIECES]
    if len(told) <= _PIECE:
        return [" ".join(told)]
    return [" ".join(told[start : start + _PIECE]) for start in range(0, len(told) - _PIECE + 1, _PIECE)]


@lru_cache(maxsize=1)
def _bundled_pages() -> dict[str, list[Article]]:
    """The bundled papers by their first page."""
    found: dict[str, list[Article]] = {}
    for article in bundled():
        if article.pages:
            found.setdefault(page_range(article.pages)[0], []).append(article)
    return found


@lru_cache(maxsize=1)
def _bundled_titles() -> dict[str, list[Article]]:
    """The bundled papers by every form of their title."""
    found: dict[str, list[Article]] = {}
    for article in bundled():
        for form in forms(article.title):
            found.setdefault(form, []).append(article)
    return found


@lru_cache(maxsize=1)
def _bundled_words() -> tuple[tuple[frozenset[str], Article], ...]:
    """The bundled papers with the words of their titles."""
    return tuple((frozenset(words(article.title)), article) for article in bundled())


def _alike(text: str) -> list[Article]:
    """Bundled papers most of whose title stands in the text."""
    said = set(words(text))
    return [article for told, article in _bundled_words() if len(told & said) >= max(_PIECE, _MOST_OF * len(told))]
