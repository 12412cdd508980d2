"""Requests asked in batches, at half the price and within a day: begun, waited for, and kept as other answers are.

A batch is noted with its requests before it is made, and forgotten after its answers are kept. A run that ends in
between leaves a note that has no id: the next one finds the batch in the service's list by the name it was given,
which is made of its requests, and pays for nothing twice.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO

from pipeline.errors import ModelError
from pipeline.llm import batch_state
from pipeline.llm.answers import Answers
from pipeline.llm.batch_files import Trouble, lines, parts
from pipeline.llm.batch_service import ENDED, Report, Service, Unknown
from pipeline.llm.batch_state import Batch, State
from pipeline.llm.client import answered_as, as_taken, cost
from pipeline.llm.costs import Ledger
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.faults import ONWARDS, Failure
from pipeline.llm.gathering import DISCOUNT
from pipeline.llm.reading import usage
from pipeline.models.calls import ModelCall
from pipeline.patience import PATIENT, Patience

MOST_FAILURES = 3
GIVEN_UP = "given_up"
_PROMPT = "batch"  # a request in a batch does not tell which prompt it was made of
_MOST_MISSED = 30
_AGAIN = f"Run the same command again to ask for what is missing. {ONWARDS}"


class Standing(NamedTuple):
    """How far it is: `batches` are under way.

    Of the `requests` in these and in those that ended since `Batches` was opened, `done` were answered and `failed`
    were not.
    """

    batches: int
    requests: int
    done: int
    failed: int


class Batches:
    """The batches of a service, noted in the file at `path`, which one process has to itself within `with`.

    `ledger` has a call for every answer that was collected, at the price of a batch; `unread` counts the lines of
    results that made no sense.
    """

    def __init__(self, endpoint: Endpoint, answers: Answers, path: Path, *, patience: Patience = PATIENT) -> None:
        self.endpoint = endpoint
        self.path = path
        self.ledger = Ledger()
        self.unread = 0
        self._answers = answers
        self._service = Service(endpoint, patience)
        self._past = Standing(0, 0, 0, 0)
        self._held: TextIO | None = None

    def __enter__(self) -> Self:
        self._held = batch_state.hold(self.path)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if self._held is not None:
            self._held.close()
        self._held = None

    def close(self) -> None:
        """Close the connections. A later call opens them again."""
        self._service.close()

    def submit(self, wanted: Mapping[str, Mapping[str, Any]]) -> int:
        """Begin batches of what is `new` in `wanted`, and give how many requests these are.

        Raises ModelError where the service takes no batch; what was begun before stays under way.
        """
        self._answers.prepare()
        new = self.new(wanted)
        state = batch_state.load(self.path)
        not_taken = frozenset(state.not_taken.get(self.endpoint.model, ()))
        for part in parts({key: as_taken(body, not_taken) for key, body in new.items()}):
            batch = Batch(
                service=self.endpoint.url, model=self.endpoint.model, name=_name(part.keys), keys=tuple(part.keys)
            )
            state = self._saved(state.put(batch))
            identifier = self._service.begin(batch.name, part.content, state.seen)
            state = self._saved(state.put(batch, identifier))
        return len(new)

    def new(self, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        """What `submit` would ask: the requests in `wanted` that are neither answered nor under way."""
        under_way = {key for batch in self._settled().at(self.endpoint.url) for key in batch.keys}
        return {key: body for key, body in wanted.items() if key not in under_way and self._answers.find(key) is None}

    def collect(self) -> Standing:
        """Look at every batch once and keep the answers of those that ended.

        Raises ModelError for a batch that was not begun, was cancelled or is not known, and for a fault that concerns
        all requests: after every other batch was looked at.
        """
        state = self._settled()
        troubles: list[ModelError] = []
        waiting: list[tuple[Batch, Report]] = []
        for batch in state.at(self.endpoint.url):
            try:
                report = self._service.look(batch.id or "")
            except Unknown as error:
                hint = f"Set the API key that it was made with; where it is lost, remove it from {self.path}."
                troubles.append(ModelError(error.message, hint))
                continue
            if report.status in ENDED:
                state, told = self._ended(state, batch, report)
                troubles += told
            else:
                waiting.append((batch, report))
        if troubles:
            raise troubles[0]
        return self._standing(waiting)

    def _standing(self, waiting: Iterable[tuple[Batch, Report]]) -> Standing:
        batches, requests, done, failed = self._past
        for batch, report in waiting:
            most = len(batch.keys)
            answered = min(report.done, most)
            batches, requests, done = batches + 1, requests + most, done + answered
            failed += min(report.failed, most - answered)
        return Standing(batches, requests, done, failed)

    def _settled(self) -> State:
        """The state, in which every batch has an id: one that was never made is left out."""
        state = batch_state.load(self.path)
        for batch in state.at(self.endpoint.url):
            if batch.id is None:
                found = self._service.find(batch.name, state.seen)
                state = self._saved(state.without(batch) if found is None else state.put(batch, found))
        return state

    def _saved(self, state: State) -> State:
        batch_state.save(self.path, state)
        return state

    def _ended(self, state: State, batch: Batch, report: Report) -> tuple[State, list[ModelError]]:
        """The state without a batch that ended, and what is to be said of it; its answers are kept by then."""
        answered, troubles = self._read(batch, report)
        left = {key: troubles.get(key) or self._silence() for key in batch.keys if key not in answered}
        known = set(state.not_taken.get(batch.model, ()))
        learned = {trouble.parameter for trouble in left.values() if trouble.parameter} - known
        failures = {key: times for key, times in state.failures.items() if key not in answered}
        if report.status in ("completed", "expired"):
            for key, trouble in left.items():
                if trouble.of_account or trouble.parameter in learned:
                    continue
                failures[key] = failures.get(key, 0) + 1
                if failures[key] >= MOST_FAILURES:
                    self._give_up(key, trouble)
                    del failures[key]
        after = self._saved(state.after(batch, failures, known | learned))
        _, requests, done, failed = self._past
        self._past = Standing(0, requests + len(batch.keys), done + len(answered), failed + len(left))
        first = not answered and not left.keys() & state.failures.keys()
        faults = [
            trouble.failure
            for trouble in left.values()
            if trouble.of_account or (first and trouble.lasting and trouble.parameter is None)
        ]
        return after, [*self._not_begun(batch, report), *faults[:1]]

    def _read(self, batch: Batch, report: Report) -> tuple[set[str], dict[str, Trouble]]:
        """The requests of a batch that were answered, whose answers are kept, and the troubles of others."""
        keys, answered = set(batch.keys), set[str]()
        troubles: dict[str, Trouble] = {}
        for file in report.files:
            try:
                content = self._service.content(file)
            except Unknown:
                self._lost()
                continue
            for line in lines(content, self.endpoint):
                if line is None:
                    self.unread += 1
                    self._lost()
                elif line.key in keys and line.key not in answered:
                    if isinstance(line.said, Trouble):
                        troubles.setdefault(line.key, line.said)
                    else:
                        self._keep(line.key, line.said, batch)
                        answered.add(line.key)
        return answered, troubles

    def _keep(self, key: str, completion: Mapping[str, Any], batch: Batch) -> None:
        if self._answers.find(key) is None:
            self._answers.keep(key, completion, _PROMPT)
        asked = replace(self.endpoint, model=batch.model)
        charged = cost(completion, asked)
        self.ledger.add(
            ModelCall(
                prompt=_PROMPT,
                subject=batch.id or "",
                model=answered_as(completion, asked),
                usage=usage(completion),
                cost=None if charged is None else charged / DISCOUNT,
            )
        )

    def _lost(self) -> None:
        """Note that an answer may have been charged for and did not arrive."""
        self.ledger.reserve(Decimal(0))
        self.ledger.settle(Decimal(0), None)

    def _give_up(self, key: str, trouble: Trouble) -> None:
        """Keep, in place of an answer, that there is none: it is read as an EmptyAnswer and not asked for again."""
        if self._answers.find(key) is None:
            error = {"code": GIVEN_UP, "message": trouble.failure.message}
            self._answers.keep(key, {"error": error}, _PROMPT)

    def _silence(self) -> Trouble:
        return Trouble(Failure(f"{self.endpoint.service} left a request without an answer", _AGAIN))

    def _not_begun(self, batch: Batch, report: Report) -> list[ModelError]:
        """What is to be said of a batch that somebody stopped."""
        name = self.endpoint.service
        if report.status == "failed":
            reason = report.reason or "it gives no reason"
            return [ModelError(f"{name} did not begin the batch {batch.id}: {reason}", _AGAIN)]
        if report.status == "cancelled":
            return [ModelError(f"the batch {batch.id} was cancelled at {name}", _AGAIN)]
        return []


def wait(
    batches: Batches,
    *,
    every: tuple[float, float] = (5.0, 60.0),
    sleep: Callable[[float], None] = time.sleep,
    progress: Callable[[Standing], None] = lambda _: None,
) -> Standing:
    """Collect until no batch is under way, at an interval that grows from the first to the second of `every` (seconds).

    A service that cannot be reached for a while is asked again; every other ModelError is raised.
    """
    interval, longest = every
    missed = 0
    while True:
        try:
            standing = batches.collect()
        except Failure as error:
            missed += 1
            if not error.retryable or missed > _MOST_MISSED:
                raise
        else:
            missed = 0
            progress(standing)
            if not standing.batches:
                return standing
        sleep(interval)
        interval = min(interval * 1.5, longest)


def _name(keys: Iterable[str]) -> str:
    """What a batch of these requests is called in the service's list."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
