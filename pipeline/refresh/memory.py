"""What the nightly job remembers between nights, in one SQLite file beside the library.

It holds which profile cites which record (an index of the profiles' files, made again when they change), on which days
each profile was asked for and answered, which records were not sent, and what was told. Nothing in it is the only copy
of anything that matters: what a record was is in `sources.yaml`. Without it the next night asks from the day of the
draft on, and counts absences anew. Everything is keyed by day, so that a night that is run twice is one night.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, Self

from pipeline.refresh.memory_file import MemoryFile


class Row(NamedTuple):
    """A source of a profile as the index has it: its mark, its standing, and what a review rests on.

    `relied` is true where a claim, a dose row, a grade or the evidence map stands on it, or where it was retracted,
    since that may be taken back; `gone` where it counts as deleted.
    """

    slug: str
    key: str
    relied: bool
    gone: bool
    synopsis: bool
    mark: str
    standing: str
    rests: str


class Watched(NamedTuple):
    """A profile as the index has it. `stamp` tells its files apart by time and size, `content` by what is in them."""

    slug: str
    stamp: str
    content: str
    query: str
    retrieve: int
    drafted: date


class Memory:
    """The file at `path`; it is created when it is first used. Every fault of the file is raised as SourceError."""

    def __init__(self, path: Path) -> None:
        self._file = MemoryFile(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    # --- the index of the profiles' files ---

    def watched(self) -> dict[str, Watched]:
        """The profiles of the index, by slug."""
        with self._file.using() as db:
            rows = db.execute("SELECT slug, stamp, content, query, retrieve, drafted FROM profile").fetchall()
            return {row[0]: Watched(*row[:5], date.fromisoformat(row[5])) for row in rows}  # type: ignore[call-arg]

    def index(self, profile: Watched, rows: Iterable[Row]) -> None:
        """Put a profile into the index, or put it anew."""
        with self._file.using() as db:
            db.execute("DELETE FROM cited WHERE slug = ?", (profile.slug,))
            db.executemany("INSERT INTO cited VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            values = (*profile[:5], profile.drafted.isoformat())
            db.execute("INSERT OR REPLACE INTO profile VALUES (?, ?, ?, ?, ?, ?)", values)
            db.execute("DELETE FROM packed")

    def restamp(self, stamps: Iterable[tuple[str, str]]) -> None:
        """Note new stamps of profiles whose files hold the same as before."""
        with self._file.using() as db:
            db.executemany("UPDATE profile SET stamp = ? WHERE slug = ?", [(stamp, slug) for slug, stamp in stamps])

    def forget(self, slugs: Collection[str]) -> None:
        """Take profiles out of the index; what is known of their days goes with them."""
        with self._file.using() as db:
            for table in ("profile", "cited", "day", "found", "item"):
                db.executemany(f"DELETE FROM {table} WHERE slug = ?", [(slug,) for slug in slugs])  # noqa: S608
            db.execute("DELETE FROM packed")

    def relied(self) -> tuple[tuple[str, str], ...]:
        """Each source that a profile relies on, with the profile: (slug, key)."""
        with self._file.using() as db:
            return tuple(db.execute("SELECT slug, key FROM cited WHERE relied ORDER BY key, slug"))

    def gone(self) -> frozenset[str]:
        """The sources that count as deleted in some profile."""
        with self._file.using() as db:
            return frozenset(key for (key,) in db.execute("SELECT key FROM cited WHERE gone"))

    def keys(self, slug: str) -> frozenset[str]:
        """Every source of a profile, those that it does not cite too."""
        with self._file.using() as db:
            return frozenset(key for (key,) in db.execute("SELECT key FROM cited WHERE slug = ?", (slug,)))

    def citing(self, keys: Sequence[str]) -> tuple[Row, ...]:
        """The rows of the index for some sources."""
        with self._file.using() as db:
            found = [db.execute("SELECT * FROM cited WHERE key = ? ORDER BY slug", (key,)).fetchall() for key in keys]
        return tuple(Row(*row) for rows in found for row in rows)

    def numbers(self) -> frozenset[int]:
        """The PMIDs of every source of every profile, and of the papers that cited reviews include."""
        with self._file.using() as db:
            row = db.execute("SELECT numbers FROM packed").fetchone()
            if row is None:
                keys = db.execute("SELECT DISTINCT key FROM cited UNION SELECT DISTINCT pmid FROM included")
                found = array("I", sorted(int(key) for (key,) in keys if key.isdecimal()))
                db.execute("INSERT INTO packed VALUES ('pmids', ?)", (found.tobytes(),))
            else:
                found = array("I")
                found.frombytes(row[0])
        return frozenset(found)

    def synopses(self, slugs: Collection[str]) -> dict[str, int]:
        """How many records of some profiles are synopses, where there are any."""
        with self._file.using() as db:
            rows = db.execute("SELECT slug, count(*) FROM cited WHERE synopsis GROUP BY slug ORDER BY slug")
            return {slug: count for slug, count in rows if slug in slugs}

    def without_pmid(self, slugs: Collection[str]) -> dict[str, int]:
        """How many records that some profiles rely on have no PMID, where there are any."""
        with self._file.using() as db:
            query = "SELECT slug, count(*) FROM cited WHERE relied AND key LIKE '10.%' GROUP BY slug ORDER BY slug"
            return {slug: count for slug, count in db.execute(query) if slug in slugs}

    # --- days ---

    def note(self, what: str, slugs: Iterable[str], day: date) -> None:
        """Note that some profiles were `what` ("asked", "read") on a day; "*" stands for the night as a whole."""
        with self._file.using() as db:
            values = [(slug, what, day.isoformat()) for slug in slugs]
            db.executemany("INSERT OR IGNORE INTO day VALUES (?, ?, ?)", values)
            # The newest day, and the newest before it, are all that is ever asked for.
            db.executemany(
                "DELETE FROM day WHERE slug = ? AND what = ? AND day < (SELECT min(day) FROM ("
                "SELECT day FROM day WHERE slug = ? AND what = ? ORDER BY day DESC LIMIT 2))",
                [(slug, what, slug, what) for slug, _, _ in values],
            )

    def last(self, what: str, *, before: date | None = None) -> dict[str, date]:
        """The newest day on which each profile was `what`; `before`: the newest earlier than that."""
        with self._file.using() as db:
            limit = before.isoformat() if before else "9999"
            query = "SELECT slug, max(day) FROM day WHERE what = ? AND day < ? GROUP BY slug"
            return {slug: date.fromisoformat(day) for slug, day in db.execute(query, (what, limit))}

    def find(self, slug: str, keys: Iterable[str]) -> None:
        """Note new evidence, which stays new until its profile has it: the window of days passes on."""
        with self._file.using() as db:
            db.executemany("INSERT OR IGNORE INTO found VALUES (?, ?)", [(slug, key) for key in keys])

    def found(self) -> dict[str, set[str]]:
        """The new evidence that was noted and that its profile does not have, by profile."""
        found: dict[str, set[str]] = {}
        with self._file.using() as db:
            known = "SELECT 1 FROM cited WHERE cited.slug = found.slug AND cited.key = found.key"
            for slug, key in db.execute(f"SELECT slug, key FROM found WHERE NOT EXISTS ({known})"):  # noqa: S608
                found.setdefault(slug, set()).add(key)
        return found

    def missed(self, missing: Collection[str], sent: Collection[str], day: date) -> dict[str, int]:
        """Note which sources were asked for and not sent, and which were sent; the nights in a row that each missed."""
        with self._file.using() as db:
            known = [key for (key,) in db.execute("SELECT DISTINCT key FROM absent")]
            db.executemany("DELETE FROM absent WHERE key = ?", [(key,) for key in known if key in sent])
            db.executemany("INSERT OR IGNORE INTO absent VALUES (?, ?)", [(key, day.isoformat()) for key in missing])
            count = "SELECT count(*) FROM absent WHERE key = ?"
            return {key: db.execute(count, (key,)).fetchone()[0] for key in missing}

    def set_aside(self, key: str, mark: str) -> None:
        """Note of a record, as it is with this mark, that what changed of it lies aside of its title and abstract."""
        with self._file.using() as db:
            db.execute("INSERT OR IGNORE INTO aside VALUES (?, ?)", (key, mark))

    def is_aside(self, key: str, mark: str) -> bool:
        """True where `set_aside` was noted of this record as it is with this mark."""
        with self._file.using() as db:
            return db.execute("SELECT 1 FROM aside WHERE key = ? AND mark = ?", (key, mark)).fetchone() is not None

    # --- the papers that reviews include ---

    def include(self, review: str, pmids: Collection[str]) -> None:
        """Note the reference list of a review."""
        with self._file.using() as db:
            before = {pmid for (pmid,) in db.execute("SELECT pmid FROM included WHERE review = ?", (review,))}
            if before != set(pmids):
                db.execute("DELETE FROM included WHERE review = ?", (review,))
                db.executemany("INSERT INTO included VALUES (?, ?)", [(pmid, review) for pmid in pmids])
                db.execute("DELETE FROM packed")

    def reviews(self) -> frozenset[str]:
        """The reviews whose reference lists are known."""
        with self._file.using() as db:
            return frozenset(review for (review,) in db.execute("SELECT DISTINCT review FROM included"))

    def unlooked(self) -> tuple[str, ...]:
        """Included papers of which it is not known whether they were retracted."""
        with self._file.using() as db:
            query = "SELECT DISTINCT pmid FROM included WHERE pmid NOT IN (SELECT pmid FROM looked) ORDER BY pmid"
            return tuple(pmid for (pmid,) in db.execute(query))

    def look(self, standing: Iterable[tuple[str, bool]]) -> None:
        """Note of included papers whether they are retracted; of others nothing."""
        with self._file.using() as db:
            known = "SELECT 1 FROM included WHERE pmid = ?"
            values = [(pmid, gone) for pmid, gone in standing if db.execute(known, (pmid,)).fetchone()]
            db.executemany("INSERT OR REPLACE INTO looked VALUES (?, ?)", values)

    def rests(self) -> dict[str, tuple[str, ...]]:
        """The retracted papers in the reference list of each review whose list is known; of most there are none."""
        found: dict[str, list[str]] = {}
        with self._file.using() as db:
            found.update((review, []) for (review,) in db.execute("SELECT DISTINCT review FROM included"))
            query = "SELECT review, pmid FROM included JOIN looked USING (pmid) WHERE retracted ORDER BY review, pmid"
            for review, pmid in db.execute(query):
                found[review].append(pmid)
        return {review: tuple(pmids) for review, pmids in found.items()}

    # --- what was told ---

    def tell(self, slug: str, told: Iterable[tuple[str, str]], day: date) -> None:
        """Keep what is to be reported of a profile tonight, by key, with the first night on which it was."""
        with self._file.using() as db:
            for key, text in told:
                db.execute(
                    "INSERT INTO item VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (slug, key) DO UPDATE SET last = excluded.last, told = excluded.told",
                    (slug, key, day.isoformat(), day.isoformat(), text),
                )

    def told(self, since: date, until: date) -> tuple[tuple[str, str, date], ...]:
        """What was told from one night to another: (slug, text, its first night)."""
        with self._file.using() as db:
            query = "SELECT slug, told, first FROM item WHERE last BETWEEN ? AND ? ORDER BY slug, key"
            rows = db.execute(query, (since.isoformat(), until.isoformat())).fetchall()
        return tuple((slug, text, date.fromisoformat(first)) for slug, text, first in rows)


def refreshed(path: Path) -> dict[str, date]:
    """The day on which all that each profile relies on was last read again; empty where no night ever was."""
    if not path.exists():
        return {}
    with Memory(path) as memory:
        return memory.last("read")
