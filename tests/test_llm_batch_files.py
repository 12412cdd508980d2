"""What the files of batches may hold: answers of any kind from a stranger, and a list of ours that is not whole."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_desk import COST, Desk, at_work
from batch_server import BatchServer
from doses import right
from model_server import KEY, completion

from pipeline.errors import ModelError
from pipeline.llm import Answers, Endpoint, batch_state
from pipeline.llm.batch import Batches, Standing, wait
from pipeline.llm.batch_files import lines
from pipeline.llm.costs import Total
from pipeline.llm.requests import key


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as desk:
        yield desk


GARBAGE = (
    b"",
    b"  ",
    b"{",
    b"7",
    b"null",
    b"[]",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"n": ' + b"9" * 5000 + b"}",
    b'{"custom_id": 7, "response": {"status_code": 200, "body": {"choices": []}}}',
    b'{"custom_id": "a"}',
    b'{"custom_id": "a", "response": null, "error": null}',
    b'{"custom_id": "a", "response": {"status_code": "200", "body": {"choices": []}}}',
    b'{"custom_id": "a", "response": {"status_code": 200, "body": []}}',
    b'{"custom_id": "a", "response": {"status_code": 99, "body": null}}',
    b'{"custom_id": "a", "response": {"status_code": 9e99, "body": null}}',
    b'{"custom_id": "a", "response": {"status_code": 100000000, "body": [7]}}',
    b'{"custom_id": "a", "response": {"status_code": 400, "body": {"error": "\\ud800"}}}',
    b'{"custom_id": "a", "response": {"status_code": 400, "body": "strange"}}',
    b'{"custom_id": "a", "response": {"status_code": 429, "body": {"code": [], "type": {}}}}',
    b'{"custom_id": "a", "error": "x"}',
    b'{"custom_id": "a", "error": [[]]}',
    b'{"custom_id": "not ours", "response": {"status_code": 200, "body": {"choices": []}}}',
)


def test_lines_of_any_kind_are_survived(desk: Desk) -> None:
    chance = random.Random(3)
    ours: dict[bytes, None] = {}

    def mangle(told: list[bytes]) -> list[bytes]:
        ours.update(dict.fromkeys(told))
        strange = [line.replace(b'"a"', json.dumps(json.loads(told[0])["custom_id"]).encode()) for line in GARBAGE]
        cut = [line[: chance.randrange(len(line))] for line in told]
        mixed = [*told[1:], *told[1:], *cut, *GARBAGE, *strange]
        chance.shuffle(mixed)
        return mixed

    desk.server.mangle = mangle
    batches = desk.run(*range(10))
    assert len(ours) == 10 and batches.unread > 10
    assert batches.collect() == Standing(0, 10, 9, 1)
    assert len(batches.ledger.calls) == 9 and batches.ledger.cost == Total(9 * COST, True)
    desk.server.mangle = lambda lines: lines
    desk.run(*range(10))
    assert desk.doses(*range(10)) == list(range(10))


def test_a_file_that_is_cut_anywhere_is_read_as_far_as_it_goes() -> None:
    endpoint = Endpoint("m", api_key=KEY)
    whole = b"".join(
        json.dumps(
            {"custom_id": name, "response": {"status_code": 200, "body": {"choices": [], "x": "\u2028ä"}}}
        ).encode()
        + b"\n"
        for name in "abc"
    )
    for end in range(0, len(whole) + 1, 7):
        found = [line.key for line in lines(whole[:end], endpoint) if line is not None]
        assert found == list("abc")[: len(found)]


def test_the_key_is_kept_out_of_answers_states_and_errors(desk: Desk) -> None:
    desk.server.asked = lambda body: completion(json.dumps(right(body)), model=f"model {KEY}")
    desk.server.mangle = lambda told: [
        line.replace(b'"id": "chatcmpl-1"', json.dumps({"id": KEY})[1:-1].encode()) for line in told
    ]
    desk.run(1)
    (name,) = {key(body) for body in desk.server.bodies}
    kept = desk.answers.find(name)
    assert kept is not None and (kept["id"], kept["model"]) == ("[redacted]", "model [redacted]")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        b'{"format": "monograph batches 2"}',
        b'{"format": "monograph batches 1", "batches": [{"id": "x"}]}',
        b'{"format": "monograph batches 1", "other": 1}',
    ],
)
def test_a_file_that_is_no_list_of_batches_is_left_as_it_is(desk: Desk, content: bytes) -> None:
    desk.path.parent.mkdir()
    desk.path.write_bytes(content)
    with desk.batches() as batches:
        for do in (batches.collect, lambda: batches.submit(desk.gathered(1))):
            with pytest.raises(ModelError, match="no list of batches") as caught:
                do()
            assert "\n" not in caught.value.message + caught.value.hint
    assert desk.path.read_bytes() == content and desk.server.steps == []


def test_a_file_that_cannot_be_written_stops_before_anything_is_paid(desk: Desk) -> None:
    desk.path.mkdir(parents=True)
    with desk.batches() as batches, pytest.raises(ModelError, match="cannot be read or written"):
        batches.submit(desk.gathered(1))
    desk.path = desk.path / "deeper" / "batches.json"
    desk.path.parent.write_text("a file")
    with pytest.raises(ModelError, match="cannot be read or written"), desk.batches() as batches:
        batches.submit(desk.gathered(1))
    wanted = desk.gathered(1)
    with Answers(desk.path) as nowhere, pytest.raises(ModelError, match="answers"):
        Batches(desk.endpoint, nowhere, desk.path.parent.parent / "b.json").submit(wanted)
    assert desk.server.steps == []


def test_a_write_that_fails_leaves_the_file_as_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with desk.batches() as batches:
        batches.submit(desk.gathered(1))
        before = desk.path.read_bytes()
        monkeypatch.setattr(batch_state.os, "fsync", full)
        with pytest.raises(ModelError, match="No space left"):
            batches.submit(desk.gathered(2))
        monkeypatch.undo()
        assert desk.path.read_bytes() == before and len(desk.server.batches) == 1
    assert sorted(path.name for path in desk.path.parent.iterdir()) == ["batches.json", "batches.json.lock"]


def test_two_runs_never_share_the_file(desk: Desk) -> None:
    with desk.batches():
        for _ in range(2):
            with pytest.raises(ModelError, match="another run"), desk.batches():
                pass
    desk.run(1)
    assert desk.doses(1) == [1]


def test_batches_of_another_service_are_left_alone(desk: Desk) -> None:
    with desk.batches() as batches:
        batches.submit(desk.gathered(1))
    with BatchServer(right) as other:
        with desk.batches(Endpoint("gpt-5-mini", other.url, KEY)) as batches:
            assert batches.collect() == Standing(0, 0, 0, 0)
            assert batches.submit(desk.gathered(2)) == 1
            wait(batches, sleep=lambda _: None)
        assert len(other.batches) == 1
    desk.run(1)
    assert desk.doses(1, 2) == [1, 2] and len(desk.server.batches) == 1
