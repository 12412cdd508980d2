"""Batches over real HTTP: the whole cycle, every way to break off in it, and faults of the service."""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from batch_desk import COST, Desk
from batch_server import Bad, BatchServer
from doses import Dose, number_of, prompt, right
from model_server import KEY, Fault, completion

from pipeline.errors import Deferred, ModelError, Truncated, UnusableAnswer
from pipeline.llm import Answers, Endpoint, batch_files, batch_service, batch_state
from pipeline.llm.batch import Batches, Standing, wait
from pipeline.llm.batch_files import parts
from pipeline.llm.batch_service import Service
from pipeline.llm.costs import Total
from pipeline.llm.gathering import Gathering, most_cost
from pipeline.llm.requests import key
from pipeline.models.calls import Usage
from pipeline.patience import Patience


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
    """Ends the process after its `at`th call or write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 0
        self.events = 0
        for holder, name in ((Service, "_attempt"), (batch_state, "save"), (Answers, "keep")):
            monkeypatch.setattr(holder, name, self._deadly(getattr(holder, name)))

    def _deadly(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*values: Any, **named: Any) -> Any:
            found = do(*values, **named)
            self.events += 1
            if self.events == self.at:
                raise Killed
            return found

        return done


def test_a_run_that_ends_anywhere_is_taken_up_and_nothing_is_paid_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_files, "MOST_REQUESTS", 2)
    killer = Killer(monkeypatch)
    for at in range(1, 200):
        with BatchServer(right) as server, Answers(tmp_path / f"{at}.sqlite") as answers:
            server.before = ()
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
    assert at > 18


def test_a_run_may_end_many_times(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_files, "MOST_REQUESTS", 2)
    killer, chance = Killer(monkeypatch), random.Random(7)
    for _ in range(40):
        killer.at, killer.events = chance.randint(1, 15), 0
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
