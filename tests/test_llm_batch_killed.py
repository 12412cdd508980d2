"""Batches whose runs break off: they are taken up, and nothing is paid for twice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_desk import Desk, at_work
from batch_server import Bad, BatchServer
from doses import right
from model_server import Fault, completion

from pipeline.errors import ModelError
from pipeline.llm import Answers, batch_files, batch_state
from pipeline.llm.batch import wait
from pipeline.llm.batch_service import Service


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as desk:
        yield desk


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
