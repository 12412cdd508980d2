"""Records made ready to be stored in the library, and what replaces what."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from isal import isal_zlib

from pipeline.errors import PipelineError
from pipeline.identifiers import parse_doi
from pipeline.models.sources import Article
from pipeline.sources.pubmed_xml import Record

# The same key, or the same DOI where one of the two has no PMID and so is keyed by that DOI. Two PMIDs are two papers
# even when they share a DOI, as an article and its retraction notice may.
_SAME_PAPER = "SELECT id, article, xml FROM record WHERE key = :key OR (doi = :doi AND (key = doi OR :key = :doi))"

_Rank = tuple[bool, bool, int, date]


class Entry(NamedTuple):
    """A record made ready to be stored, which is the slow part, and which other processes may do.

    `json` is its Article, `packed` its compressed XML. Of two records of a paper that with the higher rank is kept.
    """

    key: str
    doi: str | None
    origin: str
    rank: _Rank
    json: str
    packed: bytes | None


def entry(record: Record) -> Entry:
    """`record`, ready to be stored."""
    article, xml = record
    return Entry(
        article.key,
        parse_doi(article.doi or ""),
        article.text_origin,
        _rank(article),
        article.model_dump_json(exclude_defaults=True),
        isal_zlib.compress(xml) if xml else None,
    )


def batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    """Lists of `size` entries; before a PipelineError of `entries` is raised, those that came before it are given."""
    batch: list[Entry] = []
    fault: PipelineError | None = None
    try:
        for one in entries:
            batch.append(one)
            if len(batch) == size:
                yield batch
                batch = []
    except PipelineError as error:
        fault = error
    if batch:
        yield batch
    if fault:
        raise fault


def store(db: sqlite3.Connection, new: Entry, fetched_at: str) -> str:
    """Store one record unless what is held of its paper is as good: "new", "updated" or "unchanged"."""
    held = db.execute(_SAME_PAPER, {"key": new.key, "doi": new.doi}).fetchall()
    for _, held_json, held_packed in held:
        if held_json == new.json and (not new.packed or (held_packed and _same(held_packed, new.packed))):
            return "unchanged"
        held_rank = _rank(Article.model_validate_json(held_json))
        if new.rank < held_rank or (new.rank == held_rank and held_packed and not new.packed):
            return "unchanged"
    db.executemany("DELETE FROM record WHERE id = ?", [(row,) for row, _, _ in held])
    db.execute(
        "INSERT INTO record (key, doi, origin, fetched_at, article, xml) VALUES (?, ?, ?, ?, ?, ?)",
        (new.key, new.doi, new.origin, fetched_at, new.json, new.packed),
    )
    return "updated" if held else "new"


def _same(packed: bytes, other: bytes) -> bool:
    """Whether two packed texts are one; other versions of this program packed them otherwise."""
    return packed == other or zlib.decompress(packed) == zlib.decompress(other)


def _rank(article: Article) -> _Rank:
    return (
        article.text_origin == "pubmed",
        article.pmid is not None,
        article.version,
        article.date_revised or date.min,
    )
