"""The SQLite file of what the nightly job remembers: its schema, its transactions, and what its faults mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.database import File, transaction
from pipeline.errors import SourceError

_BUSY_SECONDS = 30.0
_APPLICATION_ID = int.from_bytes(b"MonN")
_VERSION = 1
_SCHEMA = (
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
    """
    CREATE TABLE profile (
        slug TEXT PRIMARY KEY,
        stamp TEXT NOT NULL,
        content TEXT NOT NULL,
        query TEXT NOT NULL,
        retrieve INTEGER NOT NULL,
        drafted TEXT NOT NULL
    ) WITHOUT ROWID""",
    """
    CREATE TABLE cited (
        slug TEXT NOT NULL,
        key TEXT NOT NULL,
        relied INTEGER NOT NULL,
        gone INTEGER NOT NULL,
        synopsis INTEGER NOT NULL,
        mark TEXT NOT NULL,
        standing TEXT NOT NULL,
        rests TEXT NOT NULL,
        PRIMARY KEY (slug, key)
    ) WITHOUT ROWID""",
    "CREATE INDEX cited_key ON cited (key)",
    "CREATE TABLE packed (name TEXT PRIMARY KEY, numbers BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE day (slug TEXT NOT NULL, what TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (slug, what, day))"
    " WITHOUT ROWID",
    "CREATE TABLE found (slug TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (slug, key)) WITHOUT ROWID",
    "CREATE TABLE aside (key TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (key, mark)) WITHOUT ROWID",
    "CREATE TABLE absent (key TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (key, day)) WITHOUT ROWID",
    "CREATE TABLE included (pmid TEXT NOT NULL, review TEXT NOT NULL, PRIMARY KEY (pmid, review)) WITHOUT ROWID",
    "CREATE TABLE looked (pmid TEXT PRIMARY KEY, retracted INTEGER NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE item (
        slug TEXT NOT NULL, key TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, told TEXT NOT NULL,
        PRIMARY KEY (slug, key)
    ) WITHOUT ROWID""",
)


class MemoryFile:
    """The file at `path`, created when it is first used. Every fault of it inside `using` is raised as SourceError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file. A later use opens it again."""
        if self._db is not None:
            self._db.close()
        self._db = None

    @contextmanager
    def using(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all or nothing."""
        with self._what.explaining():
            db = self._open()
            with transaction(db):
                yield db

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._db.execute("PRAGMA synchronous = NORMAL")
            if not self._what.holds(self._db, _APPLICATION_ID, _VERSION):
                with transaction(self._db):
                    if not self._what.holds(self._db, _APPLICATION_ID, _VERSION):  # another process may be faster
                        for statement in _SCHEMA:
                            self._db.execute(statement)
        return self._db

    @property
    def _what(self) -> File:
        return File(
            "the memory of the nights",
            self.path,
            SourceError,
            kept="what was noted before is kept",
            lost="the next night then asks from the day of each draft on",
            place="or name another library in MONOGRAPH_LIBRARY, beside which it lies",
        )
