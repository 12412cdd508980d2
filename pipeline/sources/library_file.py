"""The SQLite file of the library: its schema, its transactions, and what its faults mean.

A record keeps its Article as JSON and its XML compressed. The full-text index reads its text from that JSON through a
view, so no text is stored twice, and triggers keep the two in step. Transactions use SQLite's rollback journal: two
processes may write in turn, and what is closed is always one file that can be moved or copied.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import SourceError

_BUSY_SECONDS = 30.0
_APPLICATION_ID = int.from_bytes(b"Mono")
_VERSION = 1
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
        with self._explaining():
            db = self._connection() if self.path.exists() else None
            if db is not None and self._has_schema(db):
                yield db
                return
            if self._empty is None:
                self._empty = sqlite3.connect(":memory:", isolation_level=None)
                _create(self._empty)
            yield self._empty

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all or nothing; creates the file and its directories where they are missing."""
        with self._explaining():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                if not self._has_schema(db):
                    _create(db)
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        return self._open

    def _has_schema(self, db: sqlite3.Connection) -> bool:
        """False for an empty file, which the first write fills; raises where it is no library of this version."""
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if application == _APPLICATION_ID:
            if version > _VERSION:
                raise SourceError(
                    f"the library {self.path} was made by a newer version of this program",
                    "update the program, or move the file away and fetch or import its records again",
                )
            return True
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application or version or tables:
            raise self._damaged("it is a database of another program")
        return False

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
            raise
        except sqlite3.Error as error:
            raise self._fault(error) from error
        except (ValueError, zlib.error) as error:  # broken UTF-8, JSON, dates, and what pydantic refuses
            raise self._damaged("a record in it cannot be read") from error
        except OSError as error:
            raise self._inaccessible(error.strerror or str(error)) from error

    def _fault(self, error: sqlite3.Error) -> SourceError:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code == sqlite3.SQLITE_IOERR_SHORT_READ:
            return self._damaged(str(error))
        match code & 0xFF:  # the rest of an extended code only says more
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return SourceError(
                    f"the library {self.path} is in use by another process",
                    "run the command again when the other one has finished",
                    retryable=True,
                )
            case sqlite3.SQLITE_FULL:
                return SourceError(
                    f"no space is left for the library {self.path}",
                    "free some space and run the command again; what was stored before is kept",
                )
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
                return self._inaccessible(str(error))
        return self._damaged(str(error))

    def _damaged(self, reason: str) -> SourceError:
        return SourceError(
            f"the library {self.path} is damaged or is not a library ({reason:.100})",
            "move the file away; its records can be fetched or imported again",
        )

    def _inaccessible(self, reason: str) -> SourceError:
        return SourceError(
            f"the library {self.path} cannot be read or written ({reason})",
            "check the path and its permissions, or name another file in MONOGRAPH_LIBRARY",
        )


def _create(db: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        db.execute(statement)
