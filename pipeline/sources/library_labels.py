"""Drug labels in the library: one a set id, the newest that was seen, with the names that it was found under."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pipeline.identifiers import slug
from pipeline.models.sources import Label

_STORE = """
    INSERT INTO label (key, set_id, names, fetched_at, label) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        set_id = excluded.set_id, names = excluded.names, fetched_at = excluded.fetched_at, label = excluded.label"""
_UNDER_A_NAME = """
    SELECT label FROM label
    WHERE EXISTS (SELECT 1 FROM json_each(label.names) WHERE value IN (SELECT value FROM json_each(?))) ORDER BY key"""


def store(db: sqlite3.Connection, label: Label, names: Sequence[str], fetched_at: str) -> None:
    """Keep a label, unless a newer version of it is held; the names are added to those that it has."""
    folded = set(_folded(names))
    row = db.execute("SELECT label, names, fetched_at FROM label WHERE key = ?", (label.key,)).fetchone()
    if row is not None:
        held = Label.model_validate_json(row[0])
        folded |= set(json.loads(row[1]))
        if _rank(held) > _rank(label):
            label, fetched_at = held, row[2]
    values = (label.key, label.set_id or "", json.dumps(sorted(folded)), fetched_at, _json(label))
    db.execute(_STORE, values)


def under(db: sqlite3.Connection, names: Sequence[str]) -> Iterator[Label]:
    """The labels that were found under any of `names`, by key."""
    if _kept(db):
        for (text,) in db.execute(_UNDER_A_NAME, (json.dumps(_folded(names)),)):
            yield Label.model_validate_json(text)


def held(db: sqlite3.Connection, keys: Iterable[str]) -> Iterator[Label]:
    """The labels of `keys`, each once, as far as they are held."""
    for key in dict.fromkeys(keys) if _kept(db) else ():
        row = db.execute("SELECT label FROM label WHERE key = ?", (key,)).fetchone()
        if row is not None:
            yield Label.model_validate_json(row[0])


def _kept(db: sqlite3.Connection) -> bool:
    """False for a file of version 1, which kept no labels."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'label'").fetchone() is not None


def _folded(names: Sequence[str]) -> list[str]:
    return [folded for name in names if (folded := slug(name))]


def _json(label: Label) -> str:
    return label.model_dump_json(exclude_defaults=True)


def _rank(label: Label) -> tuple[int, date]:
    """Of two versions of one label the one with the higher rank is the newer."""
    return int(label.version) if label.version and label.version.isdecimal() else 0, label.effective or date.min
