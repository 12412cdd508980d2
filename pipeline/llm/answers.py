"""Every complete answer of a model, kept in one SQLite file, so that no request is paid for twice.

An answer is a transaction. SQLite's write-ahead log makes that take 0.03 ms and not 15; a crash of this program loses
nothing of it, one of the machine the last moments. The log lies beside the file and goes with the last who closes it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pipeline.database import File, transaction
from pipeline.errors import ModelError
from pipeline.llm.reading import line, usage

_BUSY_SECONDS = 30.0
_APPLICATION_ID = int.from_bytes(b"MonA")
_VERSION = 1
_SCHEMA = (
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
    """
    CREATE TABLE answer (
        key TEXT PRIMARY KEY,
        completion TEXT NOT NULL,
        model TEXT NOT NULL,
        prompt TEXT NOT NULL,
        prompt_tokens INTEGER,
        completion_tokens INTEGER,
        created_at TEXT NOT NULL
    ) WITHOUT ROWID""",
)


class Answers:
    """The file at `path`, for all threads and for several processes; every answer is a transaction of its own.

    A file that does not exist is created by the first answer. Every fault of the file is raised as ModelError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. A later use opens it again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The chat completion that answered the request with this key, or None."""
        with self._alone():
            if self._db is None and not self.path.exists():
                return None
            row = self._open().execute("SELECT completion FROM answer WHERE key = ?", (key,)).fetchone()
        try:
            found = json.loads(row[0]) if row else None
        except (ValueError, TypeError, RecursionError):
            return None  # the row is damaged: the request is made again and the row replaced
        return found if isinstance(found, dict) else None

    def keep(self, key: str, completion: Mapping[str, Any], prompt: str) -> None:
        """Keep the answer to the request with this key, which `prompt` made; it replaces an earlier one."""
        used = usage(completion)
        values = (
            key,
            json.dumps(completion),
            line(completion.get("model", "")),
            prompt,
            used and used.prompt,
            used and used.completion,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with self._alone():
            self._open().execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def prepare(self) -> None:
        """Return where an answer can be kept, which is tried once: asked before a request is paid for."""
        if not self._ready:
            with self._alone():
                self._open().execute(f"PRAGMA user_version = {_VERSION}")
            self._ready = True

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                ours = self._file.holds(db, _APPLICATION_ID, _VERSION)
                db.execute("PRAGMA synchronous = NORMAL")
                db.execute("PRAGMA journal_mode = WAL")
                if not ours:
                    _create(db)
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The file for this thread, and its faults in words."""
        with self._lock, self._file.explaining():
            yield

    @property
    def _file(self) -> File:
        return File(
            "the answers",
            self.path,
            ModelError,
            kept="what was kept before stays",
            lost="what it held is then asked and paid for again",
            place="the file lies beside the library (MONOGRAPH_LIBRARY)",
            plural=True,
        )


def _create(db: sqlite3.Connection) -> None:
    with transaction(db):
        if not db.execute("PRAGMA application_id").fetchone()[0]:  # another process may have been faster
            for statement in _SCHEMA:
                db.execute(statement)
