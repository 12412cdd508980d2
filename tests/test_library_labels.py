"""Drug labels in the library: the newest is kept, by set id and by name, also in a file of an earlier version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.models.sources import Article, Label, LabelSection
from pipeline.sources.library import Library
from pipeline.sources.library_file import _ADDED, _SCHEMA
from pipeline.sources.pubmed_xml import Record

TODAY = date(2026, 11, 22)
KEY = "label-0a1b2c3d-0000-4000-8000-000000000001"


def label(version: str | None = "3", effective: date | None = date(2025, 1, 31), text: str = "Take care.") -> Label:
    return Label(
        key=KEY,
        title="Invented label",
        set_id=KEY.removeprefix("label-"),
        version=version,
        effective=effective,
        sections=(LabelSection(kind="warning", text=text),),
    )


def record(pmid: str = "90000001") -> Record:
    return Record(Article(pmid=pmid, title=f"Invented paper {pmid}"), b"<PubmedArticle/>")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library(path) as opened:
        yield opened


def test_a_label_is_found_by_key_and_by_any_of_its_names(library: Library, path: Path) -> None:
    assert library.labels([KEY]) == {}
    assert library.labels_of(["examplol"]) == ()
    assert not path.exists()
    library.add_labels([label()], ["Examplol", "β-exine"], TODAY)
    library.add_labels([label()], ["EXAMPLINE"], TODAY)
    assert library.labels([KEY, "label-none", KEY]) == {KEY: label()}
    for name in ("examplol", "beta-exine", "Exampline"):
        assert library.labels_of(["other", name]) == (label(),)
    assert library.labels_of(["examp", '"]', ""]) == ()


@pytest.mark.parametrize(
    ("held", "came", "kept"),
    [
        (("9", date(2020, 1, 1)), ("10", date(2019, 1, 1)), "came"),
        (("10", date(2019, 1, 1)), ("9", date(2020, 1, 1)), "held"),
        (("3", date(2020, 1, 1)), ("3", date(2021, 1, 1)), "came"),
        (("3", date(2021, 1, 1)), ("3", None), "held"),
        (("3", date(2021, 1, 1)), ("3", date(2021, 1, 1)), "came"),
        ((None, None), ("1", None), "came"),
    ],
)
def test_a_newer_version_replaces_an_older_one_and_never_the_reverse(
    library: Library, held: tuple[str | None, date | None], came: tuple[str | None, date | None], kept: str
) -> None:
    library.add_labels([label(*held, text="held")], ["a"], TODAY)
    library.add_labels([label(*came, text="came")], ["b"], TODAY)
    assert library.labels([KEY])[KEY].sections[0].text == kept
    assert library.labels_of(["a"]) == library.labels_of(["b"]) != ()


def first_version(path: Path) -> None:
    """A library as version 1 of its schema made it, with a record in it."""
    with sqlite3.connect(path) as db:
        for statement in _SCHEMA:
            if statement not in _ADDED[2]:
                db.execute(statement.replace("user_version = 2", "user_version = 1"))
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        article = record().article.model_dump_json(exclude_defaults=True)
        db.execute(
            "INSERT INTO record (key, origin, fetched_at, article) VALUES (?, 'pubmed', '2026-01-01', ?)",
            ("90000001", article),
        )
    db.close()


def state(path: Path) -> tuple[int, bool]:
    db = sqlite3.connect(path)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'label'").fetchone()
    db.close()
    return version, tables == 1


def test_a_file_of_version_1_is_read_as_it_is_and_upgraded_by_the_first_write(path: Path) -> None:
    first_version(path)
    before = path.read_bytes()
    with Library(path) as library:
        assert library.get(["90000001"])
        assert library.labels([KEY]) == {}
        assert library.labels_of(["examplol"]) == ()
        assert library.stats().records == 1
    assert path.read_bytes() == before
    assert state(path) == (1, False)
    with Library(path) as library:
        library.add_labels([label()], ["examplol"], TODAY)
        assert library.labels([KEY])
        assert library.get(["90000001"])
    assert state(path) == (2, True)


def test_two_programs_upgrade_a_file_once(path: Path) -> None:
    first_version(path)
    with Library(path) as one, Library(path) as two:
        assert one.get(["90000001"]) and two.get(["90000001"])
        one.add([record("90000002")], fetched_at=TODAY)
        two.add_labels([label()], ["examplol"], TODAY)
        assert one.labels([KEY]) == {KEY: label()}
    assert state(path) == (2, True)


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    first_version(path)

    def broken() -> Iterator[Label]:
        yield label()
        raise SourceError("openFDA broke off", "later")

    with Library(path) as library, pytest.raises(SourceError, match="broke off"):
        library.add_labels(broken(), ["examplol"], TODAY)
    assert state(path) == (1, False)


def test_a_label_that_cannot_be_read_is_told(library: Library, path: Path) -> None:
    library.add_labels([label()], ["examplol"], TODAY)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE label SET label = '{}'")
    db.close()
    for use in (lambda: library.labels([KEY]), lambda: library.labels_of(["examplol"])):
        with pytest.raises(SourceError, match="is damaged"):
            use()
