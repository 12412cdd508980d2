"""The SQLite file of the library: its schema, its transactions, and what its faults mean.

A record keeps its Article as JSON and its XML compressed. The full-text index reads its text from that JSON through a
view, so no text is stored twice, and triggers keep the two in step. Transactions use SQLite's rollback journal: two
processes may write in turn, and what is closed is always one file that can be moved or copied. A file of an earlier
version is read as it is, and brought to this one by the first write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.database import File, transaction
from pipeline.errors import SourceError

_BUSY_SECONDS = 30.0
_APPLICATION_ID = int.from_bytes(b"Mono")
_VERSION = 2
# What each version added to the one before.
_ADDED = {
    2: (
        """
        CREATE TABLE label (
            key TEXT PRIMARY KEY,
            set_id TEXT NOT NULL,
            names TEXT NOT NULL,
            fetched_at TEXT NOT NULL,
            label TEXT NOT NULL
        )""",
    ),
}
_SCHEMA = (
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
    """
    CREATE TABLE record (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        doi TEXT,
        origin TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        article TEXT NOT NULL,
        xml BLOB
    )""",
    "CREATE INDEX record_doi ON record (doi) WHERE doi IS NOT NULL",
    "CREATE INDEX record_pages ON record (json_extract(article, '$.pages')) WHERE json_valid(article)",
    """
    CREATE INDEX record_author ON record (
        json_extract(article, '$.authors[0].family'), json_extract(article, '$.year')
    ) WHERE json_valid(article)""",
    """
    CREATE VIEW page AS SELECT
        id,
        json_extract(article, '$.title') AS title,
        (
            SELECT group_concat(json_extract(value, '$.text'), char(10)) FROM json_each(article, '$.abstract')
        ) AS abstract,
        (
            SELECT group_concat(term, '; ') FROM (
                SELECT json_extract(value, '$.descriptor') AS term FROM json_each(article, '$.mesh')
                UNION ALL SELECT value FROM json_each(article, '$.substances')
                UNION ALL SELECT value FROM json_each(article, '$.keywords')
            )
        ) AS terms,
        json_extract(article, '$.journal') AS journal
    FROM record""",
    """
    CREATE VIRTUAL TABLE words USING fts5 (
        title, abstract, terms, journal,
        content = 'page', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    )""",
    """
    CREATE TRIGGER record_added AFTER INSERT ON record BEGIN
        INSERT INTO words (rowid, title, abstract, terms, journal) SELECT * FROM page WHERE id = new.id;
    END""",
    """
    CREATE TRIGGER record_removed BEFORE DELETE ON record BEGIN
        INSERT INTO words (words, rowid, title, abstract, terms, journal)
        SELECT 'delete', * FROM page WHERE id = old.id;
    END""",
    "CREATE TABLE search (id INTEGER PRIMARY KEY, query TEXT NOT NULL, answer TEXT NOT NULL)",
    "CREATE INDEX search_query ON search (query)",
    *_ADDED[2],
)


class LibraryFile:
    """The file at `path`, opened when it is first needed and kept open until `close`.

    Every fault of the file inside `reading` or `writing` is raised as SourceError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: sqlite3.Connection | None = None
        self._empty: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file. A later use opens it again."""
        for db in (self._open, self._empty):
            if db is not None:
                db.close()
        self._open = self._empty = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The database to read from; an empty one in memory where there is no file, which is not created."""
        with self._file.explaining():
            db = self._connection() if self.path.exists() else None
            if db is not None and self._file.holds(db, _APPLICATION_ID, _VERSION):
                yield db
                return
            if self._empty is None:
                self._empty = sqlite3.connect(":memory:", isolation_level=None)
                _create(self._empty)
            yield self._empty

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all or nothing; creates the file and its directories where they are missing."""
        with self._file.explaining():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            db = self._connection()
            with transaction(db):
                if not self._file.holds(db, _APPLICATION_ID, _VERSION):
                    _create(db)
                _upgrade(db)
                yield db

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        return self._open

    @property
    def _file(self) -> File:
        return File(
            "the library",
            self.path,
            SourceError,
            kept="what was stored before is kept",
            lost="its records can be fetched or imported again",
            place="or name another file in MONOGRAPH_LIBRARY",
        )


def _create(db: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        db.execute(statement)


def _upgrade(db: sqlite3.Connection) -> None:
    """Add what the versions after the file's own brought."""
    (found,) = db.execute("PRAGMA user_version").fetchone()
    for version in range(found + 1, _VERSION + 1):
        for statement in _ADDED[version]:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {version}")
