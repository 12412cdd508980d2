"""The library: records and drug labels that were fetched or imported, found by key or by words, and past searches."""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from pipeline.identifiers import parse_doi
from pipeline.models.sources import Article, Label, Search
from pipeline.sources import library_labels
from pipeline.sources.library_entries import Entry, batches, entry, store
from pipeline.sources.library_file import LibraryFile
from pipeline.sources.pubmed_xml import Record

_RANK = "bm25(8.0, 1.0, 3.0, 0.5)"  # the weights of title, abstract, terms and journal
_SEARCH = """
    SELECT
        record.key,
        words.title,
        words.journal,
        json_extract(record.article, '$.year'),
        snippet(words, -1, '', '', '…', 24)
    FROM words JOIN record ON record.id = words.rowid
    WHERE words MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?"""
# Equal ranks go by key: the order may not depend on the order of import, since drafts are made from it.
_MENTIONING = """
    SELECT record.key FROM words JOIN record ON record.id = words.rowid
    WHERE words MATCH ? AND rank MATCH ? ORDER BY rank, length(record.key), record.key LIMIT ?"""
_TITLED = """
    SELECT record.article FROM words JOIN record ON record.id = words.rowid
    WHERE words MATCH ? AND rank MATCH ? ORDER BY rank, length(record.key), record.key LIMIT ?"""
_ON_PAGE = """
    SELECT article FROM record
    WHERE json_valid(article)
        AND json_extract(article, '$.pages') >= :page AND json_extract(article, '$.pages') < :page || '.~'
    LIMIT :limit"""
_BY_AUTHOR = """
    SELECT article FROM record
    WHERE json_valid(article)
        AND json_extract(article, '$.authors[0].family') = ? AND json_extract(article, '$.year') = ? LIMIT ?"""
_FIND = """
    SELECT article, origin, xml FROM record WHERE key = :key OR doi = :key
    ORDER BY key <> :key, origin = 'synopsis', length(key), key LIMIT 1"""
_COUNTS = """
    SELECT
        count(*),
        coalesce(sum(origin = 'pubmed'), 0),
        coalesce(sum(origin = 'synopsis'), 0),
        coalesce(sum(json_extract(article, '$.abstract') IS NOT NULL), 0),
        coalesce(sum(EXISTS (
            SELECT 1 FROM json_each(article, '$.notices')
            WHERE json_extract(value, '$.kind') = 'retraction' AND json_extract(value, '$.role') = 'affected'
        )), 0),
        min(fetched_at),
        max(fetched_at)
    FROM record"""
_PHRASE_OR_WORD = re.compile(r'["“”„]([^"“”„]*)["“”„]|([^\s"“”„]+)')


class Added(NamedTuple):
    """What an import did: records that were new, that replaced an older one, and that changed nothing."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0


class Hit(NamedTuple):
    """A record that a search found, with a piece of its text around the match."""

    key: str
    title: str
    journal: str | None
    year: int | None
    snippet: str


class Stats(NamedTuple):
    """What a library holds.

    `retracted` counts papers, not notices; `oldest` and `newest` are days of fetching; `size` is the file's, in bytes.
    """

    records: int
    pubmed: int
    synopses: int
    with_abstract: int
    retracted: int
    oldest: date | None
    newest: date | None
    searches: int
    size: int


class Library:
    """The library in the SQLite file `path`, closed by leaving the `with` statement.

    A missing file is an empty library: reading creates nothing, the first write creates the file and its directories.
    Every method raises SourceError where the file is damaged, was made by another program or a newer version of this
    one, stays in use for 30 seconds (retryable), cannot be accessed, or finds no space. A damaged file is left alone.
    """

    def __init__(self, path: Path) -> None:
        self._file = LibraryFile(path)

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, records: Iterable[Record], *, fetched_at: date | datetime, batch: int = 500) -> Added:
        """Store `records` as `store` does."""
        return self.store(map(entry, records), fetched_at=fetched_at, batch=batch)

    def store(self, records: Iterable[Entry], *, fetched_at: date | datetime, batch: int = 500) -> Added:
        """Store `records`, each batch whole or not at all: after an interruption a rerun finds the rest still to do.

        A real record replaces a synopsis of the same paper, never the reverse; an older version or revision never
        replaces a newer one, nor a record without XML an equally new one that has it. Of two that are equally new the
        later one is kept. Where `records` raises a PipelineError, as a damaged file does at the damage, what it gave
        before is stored.
        """
        done: Counter[str] = Counter()
        for entries in batches(records, batch):
            with self._file.writing() as db:
                done.update([store(db, one, fetched_at.isoformat()) for one in entries])
        return Added(done["new"], done["updated"], done["unchanged"])

    def get(self, keys: Iterable[str]) -> dict[str, Article]:
        """The records of `keys`, each under the key as it was asked; a DOI also finds the record of its PMID."""
        with self._file.reading() as db:
            return {key: Article.model_validate_json(row[0]) for key, row in _find(db, keys) if row}

    def missing(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Those of `keys` not held as a real PubMed record, each once, in order; a synopsis counts as missing."""
        with self._file.reading() as db:
            return tuple(key for key, row in _find(db, keys) if not row or row[1] == "synopsis")

    def xml(self, key: str) -> bytes | None:
        """The raw XML of a record; None where the record is not held, or came without XML."""
        with self._file.reading() as db:
            _, row = next(_find(db, (key,)))
            return zlib.decompress(row[2]) if row and row[2] is not None else None

    def search(self, query: str, limit: int = 20) -> tuple[Hit, ...]:
        """Records that hold every word and every "phrase" of `query`, best first; a match in the title weighs most.

        Words match whole, whatever their case and accents. Nothing in `query` is an operator: every text is valid.
        """
        phrases = " ".join(_phrases(phrase or word for phrase, word in _PHRASE_OR_WORD.findall(query)))
        if not phrases:
            return ()
        with self._file.reading() as db:
            found = db.execute(_SEARCH, (phrases, _RANK, limit)).fetchall()
        return tuple(
            Hit(key, title, journal, year, " ".join(snippet.split())) for key, title, journal, year, snippet in found
        )

    def mentioning(self, names: Sequence[str], limit: int) -> tuple[str, ...]:
        """Keys of records whose title, abstract, MeSH, substances or keywords hold any of `names`, best first."""
        phrases = " OR ".join(_phrases(names))
        if not phrases:
            return ()
        with self._file.reading() as db:
            return tuple(
                key for (key,) in db.execute(_MENTIONING, (f"{{title abstract terms}} : ({phrases})", _RANK, limit))
            )

    def titled(self, *phrases: str, limit: int = 10) -> tuple[Article, ...]:
        """Records whose title holds any of the phrases, those with the most and rarest of them first."""
        wanted = " OR ".join(_phrases(phrases))
        if not wanted:
            return ()
        with self._file.reading() as db:
            rows = db.execute(_TITLED, (f"title : ({wanted})", _RANK, limit))
            return tuple(Article.model_validate_json(row[0]) for row in rows)

    def on_page(self, first: str, limit: int = 200) -> tuple[Article, ...]:
        """Records whose pages begin with the page `first`, as they are printed."""
        with self._file.reading() as db:
            rows = db.execute(_ON_PAGE, {"page": _storable(first), "limit": limit})
            return tuple(Article.model_validate_json(row[0]) for row in rows)

    def by_author(self, family: str, year: int, limit: int = 100) -> tuple[Article, ...]:
        """Records of one year whose first author has exactly this family name."""
        with self._file.reading() as db:
            rows = db.execute(_BY_AUTHOR, (_storable(family), year, limit))
            return tuple(Article.model_validate_json(row[0]) for row in rows)

    def remember(self, search: Search) -> Search:
        """Store `search` and return the one that now holds.

        Where the newest stored one for its query gave the same answer, that one: its date is that of the first time.
        """
        held = self.recall(search.query)
        if held is not None and held.model_copy(update={"date": search.date}) == search:
            return held
        with self._file.writing() as db:
            db.execute("INSERT INTO search (query, answer) VALUES (?, ?)", (search.query, search.model_dump_json()))
        return search

    def recall(self, query: str) -> Search | None:
        """The newest answer to exactly this query, or None."""
        with self._file.reading() as db:
            row = db.execute("SELECT answer FROM search WHERE query = ? ORDER BY id DESC LIMIT 1", (query,)).fetchone()
            return Search.model_validate_json(row[0]) if row else None

    def add_labels(self, labels: Iterable[Label], names: Sequence[str], fetched_at: date | datetime) -> None:
        """Store drug labels that were found under `names`. An older version never replaces a newer one."""
        with self._file.writing() as db:
            for label in labels:
                library_labels.store(db, label, names, fetched_at.isoformat())

    def labels_of(self, names: Sequence[str]) -> tuple[Label, ...]:
        """The drug labels that were found under any of `names`, by key."""
        with self._file.reading() as db:
            return tuple(library_labels.under(db, names))

    def labels(self, keys: Iterable[str]) -> dict[str, Label]:
        """The drug labels of `keys` (`label-<set id>`), as far as they are held."""
        with self._file.reading() as db:
            return {label.key: label for label in library_labels.held(db, keys)}

    def stats(self) -> Stats:
        """What the library holds."""
        with self._file.reading() as db:
            records, pubmed, synopses, with_abstract, retracted, oldest, newest = db.execute(_COUNTS).fetchone()
            (searches,) = db.execute("SELECT count(*) FROM search").fetchone()
            size = self._file.path.stat().st_size if self._file.path.exists() else 0
            oldest, newest = (date.fromisoformat(stamp[:10]) if stamp else None for stamp in (oldest, newest))
        return Stats(records, pubmed, synopses, with_abstract, retracted, oldest, newest, searches, size)


def _find(db: sqlite3.Connection, keys: Iterable[str]) -> Iterator[tuple[str, tuple[str, str, bytes | None] | None]]:
    """Each key once, with the JSON, the origin and the compressed XML of its record, or None."""
    for key in dict.fromkeys(keys):
        yield key, db.execute(_FIND, {"key": _storable(parse_doi(key) or key)}).fetchone()


def _storable(text: str) -> str:
    """`text` without what cannot stand in a record: broken characters, which a command line can hold, and NUL."""
    return text.encode("utf-8", "ignore").decode().replace("\0", " ")


def _phrases(texts: Iterable[str]) -> Iterator[str]:
    """Each text that holds a letter or a digit, quoted for FTS5 so that nothing in it is an operator."""
    for text in texts:
        if any(char.isalnum() for char in text):
            yield '"' + _storable(text).replace('"', '""') + '"'
