"""What becomes of requests that a batch did not answer, and what a stranger's files may hold."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from batch_desk import COST, Desk
from batch_server import Bad, BatchServer
from doses import number_of, right
from model_server import KEY, Completion, Fault, completion

from pipeline.errors import EmptyAnswer, Filtered, ModelError, TooLong
from pipeline.llm import Answers, Endpoint, batch_state
from pipeline.llm.batch import GIVEN_UP, Batches, Standing, wait
from pipeline.llm.batch_files import lines
from pipeline.llm.costs import Total
from pipeline.llm.requests import key


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer(right) as running:
        yield running


@pytest.fixture
def desk(server: BatchServer, tmp_path: Path) -> Iterator[Desk]:
    with Answers(tmp_path / "answers.sqlite") as answers:
        yield Desk(server, answers, tmp_path)


# What becomes of requests that were not answered.


def test_what_an_expired_batch_answered_is_used_and_the_rest_gathered_again(desk: Desk) -> None:
    desk.server.ending = "expired"
    batches = desk.run(1, 2, 3, 4)
    assert batches.collect() == Standing(0, 4, 2, 2)
    assert len(desk.gathered(1, 2, 3, 4)) == 2
    desk.server.ending = "completed"
    desk.run(1, 2, 3, 4)
    assert desk.doses(1, 2, 3, 4) == [1, 2, 3, 4]
    assert set(desk.server.charged.values()) == {1}
    assert "failures" not in desk.state()


def test_a_batch_that_was_cancelled_is_told_and_its_answers_are_used(desk: Desk) -> None:
    for _ in range(4):  # a person does that, so that it counts against no request
        desk.server.ending = "cancelled"
        with pytest.raises(ModelError, match="was cancelled at 127"):
            desk.run(1)
    desk.server.ending = "completed"
    desk.run(1)
    assert desk.doses(1) == [1]


def test_a_batch_that_was_not_begun_is_told_with_the_reason(desk: Desk) -> None:
    desk.server.ending = "failed"
    desk.server.reasons = [{"code": "token_limit_exceeded", "message": f"Enqueued token limit\nreached by {KEY}"}]
    for _ in range(4):
        with pytest.raises(ModelError, match=r"did not begin .*: Enqueued token limit reached by \[redacted\]"):
            desk.run(1)
    assert "failures" not in desk.state()
    desk.server.ending, desk.server.reasons = "completed", []
    desk.run(1)
    assert desk.doses(1) == [1] and set(desk.server.charged.values()) == {1}


def test_a_batch_that_fails_does_not_keep_others_from_being_read(desk: Desk) -> None:
    desk.server.before = ()
    with desk.batches() as batches:
        desk.server.ending = "failed"
        batches.submit(desk.gathered(1))
        desk.server.ending = "completed"
        batches.submit(desk.gathered(2))
        with pytest.raises(ModelError, match="no reason"):
            batches.collect()
        assert desk.doses(2) == [2]
        assert batches.collect().batches == 0


def test_a_batch_that_the_service_does_not_know_is_never_silently_paid_again(desk: Desk) -> None:
    with desk.batches() as batches:
        batches.submit(desk.gathered(1))
    kept = dict(desk.server.batches)
    desk.server.batches.clear()
    with pytest.raises(ModelError, match="404: it does not know the batch batch_1") as caught:
        desk.run(1)
    assert "batches.json" in caught.value.hint
    desk.server.batches.update(kept)
    desk.run(1)
    assert desk.doses(1) == [1] and set(desk.server.charged.values()) == {1}


def test_results_that_are_gone_are_asked_again(desk: Desk) -> None:
    desk.server.step_faults["content"].append(Fault.status(404))
    batches = desk.run(1)
    assert batches.collect() == Standing(0, 1, 0, 1)
    assert batches.ledger.cost.partial
    desk.run(1)
    assert desk.doses(1) == [1]


def test_a_request_that_failed_in_three_batches_is_given_up(desk: Desk) -> None:
    broken = Bad("server_error", "The server had an error", status=500)
    desk.server.asked = lambda body: broken if number_of(body) == 1 else right(body)
    desk.run(1, 2)
    desk.run(1, 2)
    assert desk.state()["failures"] == dict.fromkeys(desk.gathered(1), 2)
    (name,) = desk.gathered(1)
    desk.run(1, 2)
    assert "failures" not in desk.state() and desk.gathered(1, 2) == {}
    with pytest.raises(EmptyAnswer):
        desk.doses(1)
    kept = desk.answers.find(name)
    assert kept is not None and kept["error"]["code"] == GIVEN_UP and "500" in kept["error"]["message"]
    assert desk.doses(2) == [2] and len(desk.server.batches) == 3


def test_a_request_without_any_line_has_failed(desk: Desk) -> None:
    desk.server.mangle = lambda lines: lines[1:]
    assert desk.run(1, 2).collect() == Standing(0, 2, 1, 1)
    assert len(desk.gathered(1, 2)) == 1
    desk.server.mangle = lambda lines: []
    assert desk.run(1, 2).collect() == Standing(0, 1, 0, 1)


def test_what_is_said_against_a_request_itself_is_kept(desk: Desk) -> None:
    said = {
        1: Bad("context_length_exceeded", "maximum context length is 8192 tokens", status=400),
        2: Bad("content_filter", "The response was filtered", status=400),
        3: Bad("rate_limit_exceeded", "Request too large for gpt-5-mini", status=429),
        4: Bad("content_filter", "filtered by the content policy"),
        5: Completion(error={"message": "maximum context length is 9", "code": 400}),
        6: completion(None, finish="content_filter"),
    }
    desk.server.asked = lambda body: said[number_of(body)]
    batches = desk.run(*said)
    assert desk.gathered(*said) == {} and len(batches.ledger.calls) == 6
    for number, kind in ((1, TooLong), (2, Filtered), (3, TooLong), (4, Filtered), (5, TooLong), (6, Filtered)):
        with pytest.raises(kind):
            desk.doses(number)
    assert batches.ledger.cost == Total(COST, False)  # of the only one that was a completion


def test_a_parameter_that_the_model_does_not_take_is_left_out_in_the_next_batch(desk: Desk) -> None:
    def respond(body: Mapping[str, Any]) -> Any:
        for name in ("temperature", "max_completion_tokens"):
            if name in body:
                return Bad("unsupported_value", f"Unsupported value: '{name}' does not support 0", status=400)
        return right(body)

    desk.server.asked = respond
    desk.endpoint = Endpoint("my-own", desk.server.url, KEY)
    for _ in range(3):
        desk.run(1, 2)
        assert "failures" not in desk.state()
    assert desk.doses(1, 2) == [1, 2]
    assert desk.state()["not_taken"] == {"my-own": ["max_completion_tokens", "temperature"]}
    assert [("temperature" in body, "max_tokens" in body) for body in desk.server.bodies[::2]] == [
        (True, False),
        (False, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("bad", "said", "counts"),
    [
        (Bad("insufficient_quota", "You exceeded your quota", status=429), "no credit", False),
        (Bad("model_not_found", "The model does not exist", status=404), "does not know the model", False),
        (Bad("invalid_api_key", f"Incorrect: {KEY}", status=401), "does not accept the API key", False),
        (Bad("invalid", f"Invalid 'response_format' {KEY}", status=400), "cannot be held to a schema", True),
    ],
)
def test_a_fault_of_all_requests_is_told(desk: Desk, bad: Bad, said: str, counts: bool) -> None:
    desk.server.asked = lambda body: bad
    for again in range(3):
        if again and counts:  # it was told
            desk.run(1, 2)
            continue
        with pytest.raises(ModelError, match=said) as caught:
            desk.run(1, 2)
        assert KEY not in str(caught.value) + desk.path.read_text()
    assert desk.gathered(1, 2).keys() == (set() if counts else {key(body) for body in desk.server.bodies})


def test_a_fault_of_one_request_is_not_told(desk: Desk) -> None:
    desk.server.asked = lambda body: Bad("invalid", "strange", status=400) if number_of(body) == 1 else right(body)
    desk.run(1, 2, rounds=3)
    assert desk.gathered(1, 2) == {} and desk.doses(2) == [2]


# Files of strangers.

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
