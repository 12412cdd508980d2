"""The file of the library: interruptions, two processes at once, and what is said of every fault."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.models.sources import AbstractSection, Article
from pipeline.sources import library_file
from pipeline.sources.library import Added, Library
from pipeline.sources.pubmed_xml import Record

TODAY = date(2026, 11, 22)


def record(pmid: str = "90000001", xml: bytes = b"<PubmedArticle/>") -> Record:
    text = AbstractSection(text="An invented paper about an invented drug.")
    return Record(Article(pmid=pmid, title=f"Invented paper {pmid}", abstract=(text,)), xml)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library(path) as opened:
        yield opened


WRITER = """
import os, sys
from datetime import date
from pathlib import Path
from pipeline.models.sources import Article
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

path, start, stop, die = Path(sys.argv[1]), *map(int, sys.argv[2:])

def source():
    for pmid in range(start, stop):
        if pmid == die:
            os._exit(9)
        yield Record(Article(pmid=str(pmid), title=f"Invented paper {pmid}"), b"<x/>" * 50)

with Library(path) as library:
    library.add(source(), fetched_at=date(2026, 11, 22), batch=20)
"""


def writer(path: Path, start: int, stop: int, die: int = 0) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-W", "error", "-c", WRITER, str(path), str(start), str(stop), str(die)]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE)


def test_an_import_that_dies_keeps_its_whole_batches_and_two_at_once_complete_it(path: Path) -> None:
    dying = writer(path, 90000000, 90000400, die=90000150)
    dying.communicate(timeout=60)
    assert dying.returncode == 9
    with Library(path) as library:
        assert library.stats().records == 140
    two = [writer(path, 90000000, 90000300), writer(path, 90000100, 90000400)]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in two] == [(b"", 0), (b"", 0)]
    with Library(path) as library:
        assert library.stats().records == 400 == len(library.mentioning(["paper"], 1000))


def fault_of(path: Path) -> SourceError:
    """The fault that every method reports alike."""
    faults = []
    with Library(path) as library:
        for use in (library.stats, lambda: library.get(["1"]), lambda: library.add([record()], fetched_at=TODAY)):
            with pytest.raises(SourceError) as caught:
                use()
            faults.append((caught.value.message, caught.value.hint))
    assert len(set(faults)) == 1 and str(path) in faults[0][0] and not caught.value.retryable
    return caught.value


@pytest.mark.parametrize(
    "content",
    [b"PMID- 90000001\n" * 100, b"\0" * 5000, b"SQLite format 3\0" + b"x" * 5000, b"notes"],
    ids=["text", "zeros", "header", "short"],
)
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes").write_bytes(content)
    fault = fault_of(tmp_path / "notes")
    assert "is damaged or is not a library" in fault.message and "move the file away" in fault.hint
    assert (tmp_path / "notes").read_bytes() == content


def test_a_truncated_or_overwritten_library_is_told(library: Library, path: Path) -> None:
    library.add([record(str(90000001 + number)) for number in range(200)], fetched_at=TODAY)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:100], whole[:4096] + b"\xa5" * (len(whole) - 4096)):
        path.write_bytes(damaged)
        assert "is damaged" in fault_of(path).message
        assert path.read_bytes() == damaged


def test_random_damage_is_told_or_harmless_but_never_a_traceback(library: Library, path: Path) -> None:
    library.add([record(str(90000001 + number)) for number in range(30)], fetched_at=TODAY)
    whole, chance, told = path.read_bytes(), random.Random(90000001), 0
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(20):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        with Library(path) as opened:
            for use in (opened.stats, lambda o=opened: o.search("drug"), lambda o=opened: o.get(["90000003"])):
                try:
                    use()
                except SourceError as fault:
                    told += 1
                    assert str(path) in fault.message and len(fault.message) < len(str(path)) + 200
    assert told > 20


@pytest.mark.parametrize("change", ["article = '{\"pmid\": '", "article = '{}'", "article = 'x'", "xml = x'00'"])
def test_a_record_that_cannot_be_read_is_told(library: Library, path: Path, change: str) -> None:
    library.add([record()], fetched_at=TODAY)
    with sqlite3.connect(path) as db:
        db.execute(f"UPDATE record SET {change}")
    db.close()
    with pytest.raises(SourceError, match="is damaged"):
        library.xml("90000001") and library.get(["90000001"])


def test_another_programs_database_and_a_newer_library_are_refused(
    tmp_path: Path, library: Library, path: Path
) -> None:
    library.add([record()], fetched_at=TODAY)
    for file, statement, said in (
        (tmp_path / "foreign", "CREATE TABLE mine (a)", "another program"),
        (tmp_path / "versioned", "PRAGMA user_version = 1", "another program"),
        (path, "PRAGMA user_version = 3", "newer version"),
    ):
        with sqlite3.connect(file) as db:
            db.execute(statement)
        db.close()
        assert said in fault_of(file).message


def test_a_full_disk_is_told_and_what_was_stored_stays(library: Library) -> None:
    library.add([record()], fetched_at=TODAY)
    db = library._file._connection()
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 10}")
    many = [record(str(90001000 + number), xml=os.urandom(3000)) for number in range(40)]
    with pytest.raises(SourceError, match="no space is left") as caught:
        library.add(many, fetched_at=TODAY, batch=2)
    assert "what was stored before is kept" in caught.value.hint
    kept = library.stats().records
    assert 1 < kept < 41 and kept % 2 == 1
    db.execute("PRAGMA max_page_count = 100000")
    assert library.add(many, fetched_at=TODAY) == Added(new=41 - kept, unchanged=kept - 1)


def test_a_library_in_use_is_a_fault_that_may_pass(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_file, "_BUSY_SECONDS", 0.01)
    library.add([record()], fetched_at=TODAY)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert library.get(["90000001"])
    with pytest.raises(SourceError, match="in use by another process") as caught:
        library.add([record("90000002")], fetched_at=TODAY)
    assert caught.value.retryable
    other.close()
    assert library.add([record("90000002")], fetched_at=TODAY).new == 1


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "library.sqlite", tmp_path / "file" / "deep" / "library.sqlite", tmp_path):
        with Library(place) as library, pytest.raises(SourceError, match="cannot be read or written") as caught:
            library.add([record()], fetched_at=TODAY)
        assert str(place) in caught.value.message and "MONOGRAPH_LIBRARY" in caught.value.hint


def test_a_read_only_library_can_be_read(library: Library) -> None:
    library.add([record()], fetched_at=TODAY)
    library._file._connection().execute(
        "PRAGMA query_only = 1"
    )  # what SQLite answers where the file is write-protected
    with pytest.raises(SourceError, match="cannot be read or written"):
        library.add([record("90000002")], fetched_at=TODAY)
    assert library.get(["90000001"]) and library.missing(["90000002"])
