"""What a fault of an SQLite file means to a person, for every file of ours alike."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ModelError, PipelineError, SourceError


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One transaction, all or nothing, in which nobody else writes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


class File(NamedTuple):
    """A file of ours as people are told of it: "the library /x is ...", "the answers /x are ...".

    `kept` says what a full disk leaves untouched, `lost` what becomes of what a damaged file held, `place` how to name
    another path.
    """

    name: str
    path: Path
    fault: type[SourceError | ModelError]
    kept: str
    lost: str
    place: str
    plural: bool = False

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raises every fault of the file, and of what is read from it, in words; a wrong use of SQLite stays a bug."""
        try:
            yield
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
            raise
        except sqlite3.Error as error:
            raise self.failed(error) from error
        except (ValueError, zlib.error) as error:  # broken UTF-8, JSON, dates, and what pydantic refuses
            raise self.damaged("a record in it cannot be read") from error
        except OSError as error:
            raise self.inaccessible(error.strerror or str(error)) from error

    def failed(self, error: sqlite3.Error) -> PipelineError:
        """What an error of SQLite says, in words."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code == sqlite3.SQLITE_IOERR_SHORT_READ:
            return self.damaged(str(error))
        match code & 0xFF:  # the rest of an extended code only says more
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return self.fault(
                    f"{self._is()} in use by another process",
                    "run the command again when the other one has finished",
                    retryable=True,
                )
            case sqlite3.SQLITE_FULL:
                return self.fault(
                    f"no space is left for {self.name} {self.path}",
                    f"free some space and run the command again; {self.kept}",
                )
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
                return self.inaccessible(str(error))
        return self.damaged(str(error))

    def damaged(self, reason: str) -> PipelineError:
        """That the file is not what it should be."""
        what = self.name.partition(" ")[2]
        no = f"no {what}" if self.plural else f"is not a {what}"
        return self.fault(f"{self._is()} damaged or {no} ({reason:.100})", f"move the file away; {self.lost}")

    def inaccessible(self, reason: str) -> PipelineError:
        """That the file cannot be used where it lies."""
        return self.fault(
            f"{self.name} {self.path} cannot be read or written ({reason:.100})",
            f"check the path and its permissions, {self.place}",
        )

    def newer(self) -> PipelineError:
        """That the file is of a later version."""
        were = "were" if self.plural else "was"
        return self.fault(
            f"{self.name} {self.path} {were} made by a newer version of this program",
            f"update the program, or move the file away; {self.lost}",
        )

    def holds(self, db: sqlite3.Connection, application: int, version: int) -> bool:
        """True where the database is ours, by its `application_id`; False for an empty one, which may become ours.

        Raises for any other and for one of a later version; each is left as it is.
        """
        # Another process may make the tables in between: in this order that shows as a file of ours.
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (found_version,) = db.execute("PRAGMA user_version").fetchone()
        (found,) = db.execute("PRAGMA application_id").fetchone()
        if found == application:
            if found_version > version:
                raise self.newer()
            return True
        if found or found_version or tables:
            raise self.damaged("it is a database of another program")
        return False

    def _is(self) -> str:
        return f"{self.name} {self.path} {'are' if self.plural else 'is'}"
