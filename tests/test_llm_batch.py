"""Batches over real HTTP: what is gathered, the whole cycle, and faults of the service."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from batch_desk import COST, Desk, at_work
from doses import Dose, number_of, prompt
from model_server import KEY, Fault, completion

from pipeline.errors import Deferred, ModelError, Truncated, UnusableAnswer
from pipeline.llm import Endpoint, batch_files, batch_service
from pipeline.llm.batch import Batches, Standing, wait
from pipeline.llm.batch_files import parts
from pipeline.llm.costs import Total
from pipeline.llm.gathering import Gathering, most_cost
from pipeline.llm.requests import key
from pipeline.models.calls import Usage
from pipeline.patience import Patience


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as desk:
        yield desk


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
@pytest.mark.parametrize("step", ["create", "look"])
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
    endpoint = Endpoint("gpt-5-mini", desk.server.url, KEY, deadline=1.0)
    told = "2" if step in ("upload", "content") else "1"
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
