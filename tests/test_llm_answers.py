"""The file of answers: what is kept, by whom, and what is said of its faults."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from doses import Dose, prompt, right
from model_server import Fault, ModelServer, completion, model_at

from pipeline.errors import ModelError, NotJson
from pipeline.llm import Answers, answers
from pipeline.models.base import Frozen

SAID = completion('{"mg": 5}', tokens=(70, 3))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "answers.sqlite"


@pytest.fixture
def kept(path: Path) -> Iterator[Answers]:
    with Answers(path) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(right) as running:
        yield running


def rows(path: Path) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT * FROM answer ORDER BY key").fetchall()
    finally:
        db.close()


def test_what_is_kept_is_found_by_its_key_alone(path: Path, kept: Answers) -> None:
    assert kept.find("a") is None and not path.exists()
    kept.keep("a", SAID, "study")
    assert (kept.find("a"), kept.find("b")) == (SAID, None)
    kept.close()
    assert kept.find("a") == SAID
    kept.close()
    assert [entry.name for entry in path.parent.iterdir()] == ["answers.sqlite"]
    ((key, _, *known, created),) = rows(path)
    assert (key, known) == ("a", ["gpt-5-mini", "study", 70, 3]) and created.endswith("+00:00")


def test_a_later_answer_replaces_an_earlier_one(kept: Answers) -> None:
    kept.keep("a", SAID, "study")
    kept.keep("a", completion("{}", tokens=None), "study")
    assert kept.find("a") == completion("{}", tokens=None)


@pytest.mark.parametrize("name", ["a\ud800b", "\x00", 7, None, ["x"]])
def test_a_completion_of_any_kind_can_be_kept(kept: Answers, name: object) -> None:
    kept.keep("a", {"model": name, "choices": float("inf")}, "study")
    assert kept.find("a") == {"model": name, "choices": float("inf")}


def test_a_redraft_asks_nothing_and_a_fresh_one_everything(server: ModelServer, path: Path) -> None:
    for fresh, asked in ((False, 5), (False, 5), (True, 10), (False, 10)):
        with model_at(server, path, fresh=fresh) as model:
            calls = [model.complete(prompt(number), Dose)[1] for number in range(5)]
        assert len(server.requests) == asked
        assert len({call.remembered for call in calls}) == 1
    assert len(rows(path)) == 5


def test_what_a_fresh_draft_was_told_is_what_is_remembered(server: ModelServer, path: Path) -> None:
    with model_at(server, path) as model:
        assert model.complete(prompt(5), Dose)[0].mg == 5
    server.respond = lambda body: "now it fails"
    with model_at(server, path, fresh=True) as model, pytest.raises(NotJson):
        model.complete(prompt(5), Dose)
    with model_at(server, path) as model, pytest.raises(NotJson):
        model.complete(prompt(5), Dose)
    assert len(server.requests) == 2


class Doses(Frozen):
    mg: tuple[int, ...]


def test_a_remembered_answer_is_held_against_the_schema_again(server: ModelServer, path: Path) -> None:
    with model_at(server, path) as model:
        model.complete(prompt(5), Dose)
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE answer SET completion = replace(completion, '5', 'five')")
    db.close()
    with model_at(server, path) as model, pytest.raises(NotJson):
        model.complete(prompt(5), Dose)
    assert len(server.requests) == 1


@pytest.mark.parametrize("damage", ["''", "'{'", "'[]'", "x'ff'", "7", "'" + "[" * 100_000 + "'"])
def test_an_answer_that_is_damaged_is_asked_again(server: ModelServer, path: Path, damage: str) -> None:
    with model_at(server, path) as model:
        model.complete(prompt(5), Dose)
    db = sqlite3.connect(path)
    with db:
        db.execute(f"UPDATE answer SET completion = {damage}")
    db.close()
    with model_at(server, path) as model:
        assert not model.complete(prompt(5), Dose)[1].remembered
        assert model.complete(prompt(5), Dose)[1].remembered


def test_threads_share_one_file(kept: Answers) -> None:
    def use(number: int) -> bool:
        kept.keep(str(number), {"id": number}, "study")
        return kept.find(str(number)) == {"id": number}

    with ThreadPoolExecutor(32) as threads:
        assert all(threads.map(use, range(400)))


WRITER = """
import os, sys
from pathlib import Path
from pipeline.llm import Answers

path, start, stop, die = Path(sys.argv[1]), *map(int, sys.argv[2:])
with Answers(path) as answers:
    for number in range(start, stop):
        if number == die:
            os._exit(9)
        answers.keep(str(number), {"id": number}, "study")
"""


def writer(path: Path, start: int, stop: int, die: int = -1) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-W", "error", "-c", WRITER, str(path), str(start), str(stop), str(die)]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE)


def test_a_crash_loses_no_answer_and_two_processes_may_write(path: Path) -> None:
    dying = [writer(path, 0, 300, die=100), writer(path, 200, 500, die=400)]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in dying] == [(b"", 9), (b"", 9)]
    with Answers(path) as kept:
        assert all(kept.find(str(number)) == {"id": number} for number in (*range(100), *range(200, 400)))
        assert kept.find("100") is None


def fault_of(path: Path) -> ModelError:
    """The fault that finding and keeping report alike."""
    faults = []
    with Answers(path) as kept:
        for use in (lambda: kept.find("a"), lambda: kept.keep("a", SAID, "study"), kept.prepare):
            with pytest.raises(ModelError) as caught:
                use()
            faults.append((caught.value.message, caught.value.hint))
    assert len(set(faults)) == 1 and str(path) in faults[0][0] and not caught.value.retryable
    assert "\n" not in "".join(faults[0])
    return caught.value


@pytest.mark.parametrize("content", [b"notes", b"\0" * 5000, b"SQLite format 3\0" + b"x" * 5000], ids=len)
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes").write_bytes(content)
    fault = fault_of(tmp_path / "notes")
    assert "damaged or no answers" in fault.message and "move the file away" in fault.hint
    assert (tmp_path / "notes").read_bytes() == content


def test_a_database_of_another_program_and_newer_answers_are_refused(tmp_path: Path, path: Path, kept: Answers) -> None:
    kept.keep("a", SAID, "study")
    kept.close()
    for file, statement, said in (
        (tmp_path / "foreign", "CREATE TABLE mine (a)", "another program"),
        (tmp_path / "versioned", "PRAGMA user_version = 1", "another program"),
        (path, "PRAGMA user_version = 2", "newer version"),
    ):
        db = sqlite3.connect(file)
        with db:
            db.execute(statement)
        db.close()
        assert said in fault_of(file).message


def test_random_damage_is_told_or_harmless_but_never_a_traceback(path: Path, kept: Answers) -> None:
    for number in range(60):
        kept.keep(str(number), SAID, "study")
    kept.close()
    whole, chance, told = path.read_bytes(), random.Random(90000001), 0
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(40):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        with Answers(path) as opened:
            for use in (lambda o=opened: o.find("30"), lambda o=opened: o.keep("7", SAID, "study")):
                try:
                    use()
                except ModelError as fault:
                    told += 1
                    assert str(path) in fault.message
        for log in path.parent.glob("answers.sqlite-*"):
            log.unlink()
    assert told > 10


def test_a_full_disk_is_told_and_what_was_kept_stays(kept: Answers) -> None:
    kept.keep("a", SAID, "study")
    kept._db.execute("PRAGMA max_page_count = 4")
    with pytest.raises(ModelError, match="no space is left"):
        for number in range(99):
            kept.keep(str(number), SAID, "study")
    assert kept.find("a") == SAID


def test_answers_in_use_are_a_fault_that_may_pass(path: Path, kept: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_BUSY_SECONDS", 0.01)
    kept.keep("a", SAID, "study")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert kept.find("a")
    with pytest.raises(ModelError, match="in use by another process") as caught:
        kept.keep("b", SAID, "study")
    assert caught.value.retryable
    other.close()
    kept.keep("b", SAID, "study")


@pytest.mark.parametrize("place", ["file/answers.sqlite", "file/deep/answers.sqlite", ""])
def test_nothing_is_paid_for_that_cannot_be_kept(server: ModelServer, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with (
        model_at(server, tmp_path / place) as model,
        pytest.raises(ModelError, match="cannot be read or written") as caught,
    ):
        model.complete(prompt(5), Dose)
    assert "MONOGRAPH_LIBRARY" in caught.value.hint
    assert server.requests == []


def test_write_protected_answers_can_be_read(server: ModelServer, path: Path, kept: Answers) -> None:
    with model_at(server, path) as model:
        model.complete(prompt(5), Dose)
        model._answers._db.execute("PRAGMA query_only = 1")  # what SQLite answers where the file is write-protected
        assert model.complete(prompt(5), Dose)[1].remembered
        with pytest.raises(ModelError, match="cannot be read or written"):
            model.complete(prompt(6), Dose)


def test_an_answer_that_is_not_complete_is_never_kept(server: ModelServer, path: Path) -> None:
    server.faults.extend([Fault.status(500), Fault.short(), Fault.html(), Fault.reset(), Fault.truncated()])
    with model_at(server, path) as model:
        with pytest.raises(ModelError):
            model.complete(prompt(5), Dose)
        assert rows(path) == []
