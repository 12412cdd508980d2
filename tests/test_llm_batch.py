"""Batches over real HTTP: the whole cycle, every way to break off in it, and what a stranger's files may hold."""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from batch_server import Bad, BatchServer
from model_server import KEY, Completion, Fault, completion, prompt_of

from pipeline.errors import Deferred, EmptyAnswer, Filtered, ModelError, TooLong, Truncated, UnusableAnswer
from pipeline.llm import Answers, Endpoint, batch_files, batch_service, batch_state
from pipeline.llm.batch import GIVEN_UP, Batches, Standing, wait
from pipeline.llm.batch_files import lines, parts
from pipeline.llm.batch_service import Service
from pipeline.llm.client import Patience
from pipeline.llm.costs import Total
from pipeline.llm.gathering import Gathering, most_cost
from pipeline.llm.requests import key
from pipeline.models.base import Frozen
from pipeline.models.calls import Prompt, Usage

PRICE = (Decimal(1), Decimal(10))
COST = Decimal("0.0003") / 2  # of an answer of 100 and 20 tokens in a batch


class Dose(Frozen):
    mg: int


def prompt(number: int) -> Prompt:
    return Prompt(name="study", version="1", subject="x", system="Read the record.", user=f"{number} mg of examplol")


def number_of(body: Mapping[str, Any]) -> int:
    return int(prompt_of(body).split()[0])


def right(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"mg": number_of(body)}


class Desk:
    """A server, a file of answers and one of batches; every `batches()` is a run of its own."""

    def __init__(self, server: BatchServer, answers: Answers, directory: Path) -> None:
        self.server = server
        self.answers = answers
        self.path = directory / "deep" / "batches.json"
        self.endpoint = Endpoint("gpt-5-mini", server.url, KEY, PRICE, deadline=5.0)
        self.waits: list[float] = []

    def gathered(self, *numbers: int) -> dict[str, Mapping[str, Any]]:
        """What is wanted for these prompts, without what has an answer."""
        gathering = Gathering(self.endpoint, self.answers)
        for number in numbers:
            try:
                gathering.complete(prompt(number), Dose, most_tokens=500)
            except (Deferred, UnusableAnswer):
                continue
        return gathering.wanted

    def batches(self, endpoint: Endpoint | None = None) -> Batches:
        return Batches(endpoint or self.endpoint, self.answers, self.path, patience=Patience(sleep=self.waits.append))

    def run(self, *numbers: int, rounds: int = 1) -> Batches:
        """Gather, submit and wait, several times where something is still wanted."""
        with self.batches() as batches:
            for _ in range(rounds):
                batches.submit(self.gathered(*numbers))
                wait(batches, sleep=lambda _: None)
        return batches

    def doses(self, *numbers: int) -> list[int]:
        """What the answers say, all of which are kept."""
        gathering = Gathering(self.endpoint, self.answers)
        return [gathering.complete(prompt(number), Dose, most_tokens=500)[0].mg for number in numbers]

    def state(self) -> dict[str, Any]:
        told = json.loads(self.path.read_text())
        assert isinstance(told, dict)
        return told


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer(right) as running:
        yield running


@pytest.fixture
def desk(server: BatchServer, tmp_path: Path) -> Iterator[Desk]:
    with Answers(tmp_path / "answers.sqlite") as answers:
        yield Desk(server, answers, tmp_path)


# Gathering.


def test_gathering_remembers_what_is_not_kept_and_answers_what_is(desk: Desk) -> None:
    gathering = Gathering(desk.endpoint, desk.answers)
    with pytest.raises(Deferred) as caught:
        gathering.complete(prompt(1), Dose, most_tokens=500)
    assert not isinstance(caught.value, UnusableAnswer) and "\n" not in caught.value.message + caught.value.hint
    ((name, body),) = gathering.wanted.items()
    assert name == key(body) and number_of(body) == 1 and body["max_completion_tokens"] == 500
    desk.answers.keep(name, completion('{"mg": 1}'), "study")
    value, call = gathering.complete(prompt(1), Dose, most_tokens=500)
    assert (value.mg, call.remembered, call.cost) == (1, True, 0)
    assert call.usage == Usage(prompt=100, completion=20)
    assert desk.server.steps == []


def test_a_longer_answer_is_gathered_once(desk: Desk) -> None:
    desk.server.asked = lambda body: completion("{", finish="length") if body["max_completion_tokens"] < 2000 else "{}"
    desk.run(1)
    (body,) = desk.gathered(1).values()
    assert body["max_completion_tokens"] == 2000
    desk.server.asked = lambda body: completion("{", finish="length")
    desk.run(1)
    assert desk.gathered(1) == {}
    with pytest.raises(Truncated):
        desk.doses(1)


def test_many_threads_gather(desk: Desk) -> None:
    gathering = Gathering(desk.endpoint, desk.answers)

    def ask(number: int) -> None:
        with pytest.raises(Deferred):
            gathering.complete(prompt(number % 50), Dose)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(ask, range(200)))
    assert sorted(map(number_of, gathering.wanted.values())) == list(range(50))


# The whole cycle.


def test_the_whole_cycle(desk: Desk) -> None:
    wanted = desk.gathered(*range(10))
    with desk.batches() as batches:
        assert batches.new(wanted) == wanted
        assert batches.submit(wanted) == 10
        assert batches.submit(wanted) == 0 and batches.new(wanted) == {}
        shown: list[Standing] = []
        assert wait(batches, sleep=desk.waits.append, progress=shown.append) == Standing(0, 10, 10, 0)
        assert shown == [Standing(1, 10, 0, 0)] * 2 + [Standing(1, 10, 10, 0), Standing(0, 10, 10, 0)]
        assert batches.submit(wanted) == 0
    assert desk.waits == [5, 7.5, 11.25]
    assert desk.doses(*range(10)) == list(range(10))
    assert desk.gathered(*range(10)) == {}
    assert desk.server.steps == ["upload", "list", "create", "made", *["look"] * 4, "content"]
    assert desk.server.bodies == [wanted[name] for name in sorted(wanted)]
    assert set(desk.server.keys) == {f"Bearer {KEY}"}
    assert desk.state() == {"format": "monograph batches 1", "ended": ["batch_1"]}
    assert sorted(path.name for path in desk.path.parent.iterdir()) == ["batches.json", "batches.json.lock"]


def test_answers_of_a_batch_cost_half(desk: Desk) -> None:
    batches = desk.run(1, 2, 3)
    assert batches.ledger.cost == Total(3 * COST, False)
    assert batches.ledger.tokens == Total(360, False)
    assert {(call.prompt, call.subject, call.model) for call in batches.ledger.calls} == {
        ("batch", "batch_1", "gpt-5-mini")
    }


def test_what_a_batch_cost_is_not_known_where_nothing_says_it(desk: Desk) -> None:
    desk.server.asked = lambda body: completion('{"mg": 1}', tokens=None)
    assert desk.run(1).ledger.cost == Total(None, True)


def test_the_most_that_a_batch_can_cost(desk: Desk) -> None:
    wanted = desk.gathered(1, 2, 3)
    most = most_cost(wanted, desk.endpoint)
    assert most is not None
    assert 3 * COST < Decimal("0.0075") < most < Decimal("0.0085")  # 3 answers of 500 tokens, and the requests
    assert most_cost({}, desk.endpoint) == 0
    assert most_cost(wanted, Endpoint("no-such-model")) is None


def test_there_are_as_many_batches_as_the_limits_ask_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_files, "MOST_REQUESTS", 4)
    batches = desk.run(*range(10))
    assert [batch.total for batch in desk.server.batches.values()] == [4, 4, 2]
    assert desk.doses(*range(10)) == list(range(10))
    assert batches.collect() == Standing(0, 10, 10, 0)
    wanted = {str(number): {"text": "ä" * number} for number in (10, 500, 20, 30)}
    monkeypatch.setattr(batch_files, "MOST_BYTES", 600)
    found = list(parts(wanted))
    assert [part.keys for part in found] == [("10", "20"), ("30",), ("500",)]
    assert b"".join(part.content for part in found).isascii()
    assert list(parts(dict(reversed(wanted.items())))) == found


def test_large_results_are_taken_and_larger_ones_are_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.server.mangle = lambda told: [*told, b" " * 5 * 2**20]
    desk.run(1, 2)
    assert desk.doses(1, 2) == [1, 2]
    monkeypatch.setattr(batch_service, "MOST_RESULT_BYTES", 4 * 2**20)
    with pytest.raises(ModelError, match="sent more than 4 MB"):
        desk.run(3, 4)
    monkeypatch.undo()
    desk.run(3, 4)
    assert desk.doses(3, 4) == [3, 4] and set(desk.server.charged.values()) == {1}


# Runs that break off.


class Killed(BaseException):
    """The process ends here."""


class Killer:
    """Ends the process at its `at`th event: before and after every call and every write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 0
        self.events = 0
        for holder, name in ((Service, "_attempt"), (batch_state, "save"), (Answers, "keep")):
            monkeypatch.setattr(holder, name, self._deadly(getattr(holder, name)))

    def _deadly(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*values: Any, **named: Any) -> Any:
            self._event()
            found = do(*values, **named)
            self._event()
            return found

        return done

    def _event(self) -> None:
        self.events += 1
        if self.events == self.at:
            raise Killed


def test_a_run_that_ends_anywhere_is_taken_up_and_nothing_is_paid_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_files, "MOST_REQUESTS", 2)
    killer = Killer(monkeypatch)
    for at in range(1, 200):
        with BatchServer(right) as server, Answers(tmp_path / f"{at}.sqlite") as answers:
            server.before = ("in_progress",)
            desk = Desk(server, answers, tmp_path / str(at))
            killer.at, killer.events = at, 0
            try:
                desk.run(1, 2, 3)
            except Killed:
                killer.at = 0
                desk.run(0, 1, 2, 3)  # and more than before
            else:
                break
            assert desk.doses(0, 1, 2, 3) == [0, 1, 2, 3], at
            assert set(server.charged.values()) == {1}, at
            assert desk.state().keys() == {"format", "ended"}, at
    else:
        pytest.fail("it never came to an end")
    assert at > 40


def test_a_run_may_end_many_times(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_files, "MOST_REQUESTS", 2)
    killer, chance = Killer(monkeypatch), random.Random(7)
    for _ in range(40):
        killer.at, killer.events = chance.randint(1, 30), 0
        try:
            desk.run(1, 2, 3, 4, 5)
        except Killed:
            continue
    killer.at = 0
    desk.run(1, 2, 3, 4, 5)
    assert desk.doses(1, 2, 3, 4, 5) == [1, 2, 3, 4, 5]
    assert set(desk.server.charged.values()) == {1}


def test_a_batch_that_was_made_unheard_is_not_made_again(desk: Desk) -> None:
    for number, fault in enumerate(
        (Fault.hang_up(), Fault.reset(), Fault.status(500), Fault.short(), Fault.truncated(), Fault.html(502))
    ):
        desk.server.step_faults["made"].append(fault)
        desk.run(number)
        assert desk.doses(number) == [number], fault.name
    assert len(desk.server.batches) == 6 and set(desk.server.charged.values()) == {1}


def test_a_batch_is_found_behind_many_others(desk: Desk) -> None:
    desk.server.page = 2
    desk.server.step_faults["made"].extend([Fault.status(401)])
    with pytest.raises(ModelError, match="401"):
        desk.run(1)
    for _ in range(7):  # of others at the same account
        desk.server.make({"input_file_id": "file-1", "endpoint": "/v1/chat/completions"} | OTHER)
    desk.server.charged.clear()
    desk.run(1)
    assert desk.doses(1) == [1] and desk.server.charged == {}


OTHER = {"completion_window": "24h", "metadata": {"name": "other"}}


def test_batches_are_found_again_where_the_file_was_lost(desk: Desk) -> None:
    with desk.batches() as batches:
        batches.submit(desk.gathered(1, 2))
    desk.path.unlink()
    desk.run(1, 2)
    assert desk.doses(1, 2) == [1, 2] and len(desk.server.batches) == 1


def test_a_batch_that_ended_is_not_taken_for_a_new_one(desk: Desk) -> None:
    desk.server.asked = lambda body: Bad("server_error", status=500)
    desk.run(1)
    desk.server.asked = right
    desk.run(1)
    assert desk.doses(1) == [1] and len(desk.server.batches) == 2


def test_an_answer_that_came_in_the_meantime_stays(desk: Desk) -> None:
    with desk.batches() as batches:
        batches.submit(desk.gathered(1))
        (name,) = desk.gathered(1)
        desk.answers.keep(name, completion('{"mg": 77}'), "study")
        wait(batches, sleep=lambda _: None)
    assert desk.doses(1) == [77]


# Faults of the service.

STEPS = ("upload", "create", "made", "list", "look", "content")


@pytest.mark.parametrize("step", STEPS)
def test_faults_that_pass_are_waited_out(desk: Desk, step: str) -> None:
    faults = [Fault.status(500), Fault.status(429, retry_after=7), Fault.reset(), Fault.hang_up()]
    desk.server.step_faults[step].extend(faults)
    desk.run(1, 2)
    assert desk.doses(1, 2) == [1, 2]
    assert set(desk.server.charged.values()) == {1} and len(desk.server.batches) == 1
    # a batch that was made is found at once
    assert len(desk.waits) == (1 if step == "made" else 4)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.key_echoed(401), "does not accept the API key"),
        (Fault.key_echoed(400), r"Incorrect API key provided: \[redacted\]"),
        (Fault.insufficient_quota(), "no credit left"),
        (Fault.status(404), "answered 404: it"),
        (Fault.status(405), "answered 405: it"),
        (Fault.status(429), "too many requests"),
        (Fault.status(307, location="http://127.0.0.1:9/"), "has moved"),
        (Fault.body("list", "[]"), "cannot be understood"),
        (Fault.body("deep", "[" * 100_000), "cannot be understood"),
        (Fault.body("keyed", json.dumps({"id": KEY, "status": 7})), "cannot be understood"),
        (Fault.body("path", json.dumps({"id": "../x", "status": "completed", "output_file_id": ".."})), "understood"),
    ],
    ids=lambda one: getattr(one, "name", None),
)
@pytest.mark.parametrize("step", ["upload", "create", "list", "look"])
def test_faults_that_last_are_told_and_pass_with_the_next_run(desk: Desk, step: str, fault: Fault, said: str) -> None:
    desk.server.step_faults[step].extend([fault] * 5)
    with desk.batches() as batches, pytest.raises(ModelError, match=said) as caught:
        batches.submit(desk.gathered(1))
        batches.collect()
    assert "\n" not in caught.value.message + caught.value.hint
    told = "".join(traceback.format_exception(caught.value))
    assert KEY not in told + repr(caught.value.__cause__) + caught.value.hint + desk.path.read_text()
    desk.server.step_faults.clear()
    desk.run(1)
    assert desk.doses(1) == [1] and set(desk.server.charged.values()) == {1}


@pytest.mark.parametrize("step", ["upload", "list", "look", "content"])
def test_every_step_ends_on_time(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(batch_service, "_SLOWER", 2)
    desk.server.step_faults[step].append(Fault.dribble(0.01))
    desk.server.before = ()
    endpoint = Endpoint("gpt-5-mini", desk.server.url, KEY, deadline=0.05)
    told = "0.1" if step in ("upload", "content") else "0.05"
    with (
        Batches(endpoint, desk.answers, desk.path, patience=Patience(attempts=1)) as batches,
        pytest.raises(ModelError, match=f"did not answer within {told} seconds"),
    ):
        batches.submit(desk.gathered(1))
        batches.collect()


def test_waiting_outlasts_a_service_that_is_away(desk: Desk) -> None:
    desk.server.before = ()
    with desk.batches() as batches:
        batches.submit(desk.gathered(1))
        desk.server.step_faults["look"].extend([Fault.status(503)] * 50)
        waits: list[float] = []
        wait(batches, sleep=waits.append)
        assert waits[:3] == [5, 7.5, 11.25] and max(waits) == 60 and len(waits) == 10
        batches.submit(desk.gathered(2))
        desk.server.step_faults["look"].extend([Fault.status(503)] * 500)
        with pytest.raises(ModelError, match="503"):
            wait(batches, sleep=lambda _: None)
        desk.server.step_faults["look"].clear()
        desk.server.step_faults["look"].append(Fault.status(401))
        with pytest.raises(ModelError, match="401"):
            wait(batches, sleep=lambda _: None)


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
