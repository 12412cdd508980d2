"""A server of batches, a file of answers and one of batches: what the tests of batches stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from batch_server import BatchServer
from doses import Dose, prompt, right
from model_server import KEY

from pipeline.errors import Deferred, UnusableAnswer
from pipeline.llm import Answers, Endpoint
from pipeline.llm.batch import Batches, wait
from pipeline.llm.gathering import Gathering
from pipeline.patience import Patience

PRICE = (Decimal(1), Decimal(10))
COST = Decimal("0.0003") / 2  # of an answer of 100 and 20 tokens in a batch


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


@contextmanager
def at_work(directory: Path) -> Iterator[Desk]:
    """A desk whose server answers rightly, with its files in a directory."""
    with BatchServer(right) as server, Answers(directory / "answers.sqlite") as answers:
        yield Desk(server, answers, directory)
