"""How many calls run at once, and how a service that is asked too often is served."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from doses import Dose
from model_server import Answer, Fault, ModelServer, model_at

from pipeline.llm.room import Room
from pipeline.models.calls import Prompt
from pipeline.patience import Patience


def places(room: Room) -> int:
    """How many calls the room lets in, of thirty that stay."""
    entered, leave = threading.Semaphore(0), threading.Event()

    def enter() -> None:
        with room.place():
            entered.release()
            leave.wait(60)

    with ThreadPoolExecutor(30) as pool:
        for _ in range(30):
            pool.submit(enter)
        count = 0
        while entered.acquire(timeout=0.3 if count else 30):
            count += 1
        leave.set()
    return count


def test_no_more_calls_are_inside_than_places() -> None:
    room = Room(3)
    assert places(room) == 3
    for _ in range(50):
        room.enough()
    assert places(room) == 3


def test_a_round_of_refusals_halves_the_places_once_and_answers_open_them_again() -> None:
    room = Room(16)
    with ExitStack() as stack:
        rounds = [stack.enter_context(room.place()) for _ in range(16)]
        for entered in rounds:
            room.too_many(entered)
    assert places(room) == 8
    with room.place() as late:
        room.too_many(late)
    assert places(room) == 1
    for _ in range(200):
        room.enough()
    assert places(room) == 16


def test_one_place_always_stays() -> None:
    room = Room(1)
    for _ in range(9):
        with room.place() as entered:
            room.too_many(entered)
    assert places(room) == 1


def test_a_call_that_fails_leaves_its_place() -> None:
    room = Room(1)
    with pytest.raises(RuntimeError), room.place():
        raise RuntimeError
    assert places(room) == 1


class Bucket:
    """A service that answers `rate` requests a second and refuses the rest."""

    def __init__(self, rate: float) -> None:
        self.refused = 0
        self._rate = rate
        self._left, self._since = rate / 4, time.monotonic()
        self._lock = threading.Lock()

    def respond(self, body: dict[str, Any]) -> Answer:
        with self._lock:
            now = time.monotonic()
            self._left, self._since = min(self._rate, self._left + (now - self._since) * self._rate), now
            if self._left < 1:
                self.refused += 1
                return Fault.status(429, "Rate limit reached", error="rate_limit_exceeded")
            self._left -= 1
        time.sleep(0.05)
        return {"mg": 1}


def test_every_call_is_answered_by_a_service_that_takes_few_of_them(tmp_path: Path) -> None:
    bucket = Bucket(rate=20)
    prompts = [Prompt(name="x", version="1", subject="x", system="x", user=str(number)) for number in range(30)]
    patience = Patience(first_wait=0.1, longest_wait=3.0, total=30.0)
    with (
        ModelServer(bucket.respond) as server,
        model_at(server, tmp_path / "a", patience=patience) as model,
        ThreadPoolExecutor(32) as threads,
    ):
        values = list(threads.map(lambda prompt: model.complete(prompt, Dose)[0].mg, prompts))
    assert values == [1] * 30
    assert 0 < bucket.refused < 60
