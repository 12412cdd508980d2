"""What becomes of requests that a batch did not answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from batch_desk import COST, Desk, at_work
from batch_server import Bad
from doses import number_of, right
from model_server import KEY, Completion, Fault, completion

from pipeline.errors import EmptyAnswer, Filtered, ModelError, TooLong
from pipeline.llm import Endpoint
from pipeline.llm.batch import GIVEN_UP, Standing
from pipeline.llm.costs import Total
from pipeline.llm.requests import key


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as desk:
        yield desk


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
