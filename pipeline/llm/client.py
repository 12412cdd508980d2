"""One call of a model: answered from what is kept or by the service, tried again while that can help, accounted for."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Set
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pipeline.errors import Truncated
from pipeline.llm import faults
from pipeline.llm.answers import Answers
from pipeline.llm.costs import Ledger, price, unpriced
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.faults import Failure
from pipeline.llm.reading import line, read, refused, usage
from pipeline.llm.requests import key, payload, size
from pipeline.llm.room import Room
from pipeline.models.base import Frozen
from pipeline.models.calls import ModelCall, Prompt, Usage
from pipeline.patience import PATIENT, Patience

if TYPE_CHECKING:
    from openai import OpenAI
    from tenacity import RetryCallState

Value = TypeVar("Value", bound=Frozen)
Result = TypeVar("Result")

MOST_TOKENS = 4096
_MORE = 4  # an answer that was cut off is asked for once more, with as many times the tokens
_OLD_NAME = {"max_completion_tokens": "max_tokens"}


def patiently(patience: Patience, attempt: Callable[[], Result]) -> Result:
    """What `attempt` gives, tried again while it raises a Failure that may pass."""
    from tenacity import Retrying, stop_before_delay  # loads asyncio, which a draft without a model need not wait for
    from tenacity.wait import wait_exponential, wait_random

    counted = 0
    backoff = wait_exponential(patience.first_wait) + wait_random(0, patience.first_wait)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, Failure) else 0.0
        return min(max(asked, backoff(state)), patience.longest_wait)

    def again(state: RetryCallState) -> bool:
        nonlocal counted
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, Failure) or not error.retryable:
            return False
        counted += not error.crowded
        return counted < min(error.attempts, patience.attempts)

    retrying = Retrying(
        stop=stop_before_delay(patience.total),
        wait=wait,
        retry=again,
        sleep=patience.sleep,
        reraise=True,
    )
    return retrying(attempt)


class Model:
    """A model to be asked by many threads at once; `fresh` asks again what was answered before, and keeps that."""

    def __init__(
        self, endpoint: Endpoint, answers: Answers, ledger: Ledger, *, fresh: bool = False, patience: Patience = PATIENT
    ) -> None:
        if ledger.max_cost is not None and price(endpoint, Usage(prompt=1, completion=1)) is None:
            raise unpriced(endpoint)
        self.endpoint = endpoint
        self.ledger = ledger
        self._answers = answers
        self._fresh = fresh
        self._patience = patience
        self._room = Room(endpoint.parallel)
        self._lock = threading.Lock()
        self._client: OpenAI | None = None
        self._not_taken: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. A later call opens them again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def complete(
        self, prompt: Prompt, schema: type[Value], *, most_tokens: int = MOST_TOKENS
    ) -> tuple[Value, ModelCall]:
        """A value of `schema` that answers `prompt`, and what it took. A longer answer is asked for once.

        Raises UnusableAnswer where this request is answered in no usable way, OverBudget where it may cost too much,
        ModelError where the service or the file of answers fails.
        """
        body = payload(prompt, schema, self.endpoint, most_tokens)
        try:
            return self._answer(prompt, schema, body)
        except Truncated:
            longer = payload(prompt, schema, self.endpoint, most_tokens * _MORE)
            if longer == body:
                raise
        return self._answer(prompt, schema, longer)

    def _answer(self, prompt: Prompt, schema: type[Value], body: Mapping[str, Any]) -> tuple[Value, ModelCall]:
        start, name = time.monotonic(), key(body)
        completion = None if self._fresh else self._answers.find(name)
        remembered = completion is not None
        if completion is None:
            self._answers.prepare()
            completion = self._ask(body)
            self._answers.keep(name, completion, prompt.name)
        call = ModelCall(
            prompt=prompt.name,
            subject=prompt.subject,
            model=answered_as(completion, self.endpoint),
            usage=usage(completion),
            cost=Decimal(0) if remembered else cost(completion, self.endpoint),
            remembered=remembered,
            seconds=time.monotonic() - start,
        )
        self.ledger.add(call)
        return read(completion, schema), call

    def _ask(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The chat completion that the service sends, tried again while that can help."""
        return patiently(self._patience, lambda: self._attempt(body))

    def _attempt(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """One attempt within the budget. What may have been charged for without an answer counts as spent."""
        most = self._most(body)
        self.ledger.reserve(most)
        spent: Decimal | None = None
        try:
            with self._room.place() as entered:
                completion = self._sent(body)
            self._room.enough()
            spent = cost(completion, self.endpoint)
            self.ledger.learn(size(body), usage(completion))
            return completion
        except Failure as error:
            error.crowded = error.crowded and self._room.too_many(entered)
            spent = None if error.charged else Decimal(0)
            raise
        finally:
            self.ledger.settle(most, spent)

    def _most(self, body: Mapping[str, Any]) -> Decimal:
        """The most that an attempt can cost, in US dollars; 0 where nothing bounds that."""
        if self.ledger.max_cost is None:
            return Decimal(0)
        bound = Usage(prompt=self.ledger.most_tokens(size(body)), completion=body["max_completion_tokens"])
        return price(self.endpoint, bound) or Decimal(0)

    def _sent(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to `body`, said as this server takes it: a parameter it refuses is left out from then on."""
        while True:
            said = as_taken(body, self._not_taken)
            error, content = self._post(said)
            if error is None:
                return self._completion(content)
            if (kept := faults.own_fault(error, self.endpoint)) is not None:
                return kept
            if (unknown := faults.unknown_parameter(error, said)) is None:
                break
            with self._lock:
                self._not_taken |= {unknown}
        failed = faults.failure(error, self.endpoint)
        raise failed from (None if faults.shows_secret(error, self.endpoint) else error)

    def _completion(self, content: bytes) -> Mapping[str, Any]:
        """The chat completion in the body of an answer, without the API key if that is repeated there."""
        try:
            found = received(content, self.endpoint)
        except (ValueError, RecursionError):
            raise faults.garbled(self.endpoint) from None
        if not isinstance(found, dict):
            raise faults.garbled(self.endpoint)
        if not refused(found):
            return found
        if (kept := faults.kept_refusal(found["error"], self.endpoint)) is not None:
            return kept
        raise faults.ailing(found["error"], self.endpoint)

    def _post(self, body: Mapping[str, Any]) -> tuple[Exception | None, bytes]:
        """The vendor's exception, or None and the body of the answer."""
        import openai

        try:
            return None, self._connected().chat.completions.with_raw_response.create(**body).content
        except openai.OpenAIError as error:
            return error, b""

    def _connected(self) -> OpenAI:
        with self._lock:
            if self._client is None:
                self._client = connected(self.endpoint)
            return self._client


def answered_as(completion: Mapping[str, Any], endpoint: Endpoint) -> str:
    """The name of the model that answered, which is often a dated one, or else of the one asked."""
    named = completion.get("model")
    return line(named) if isinstance(named, str) and named.strip() else endpoint.model


def cost(completion: Mapping[str, Any], endpoint: Endpoint) -> Decimal | None:
    """The US dollars that a completion cost when it was asked for; None where its usage or the price is not known."""
    if refused(completion):
        return Decimal(0)  # nobody charges for that
    used = usage(completion)
    return None if used is None else price(endpoint, used, answered_as(completion, endpoint))


def as_taken(body: Mapping[str, Any], not_taken: Set[str]) -> dict[str, Any]:
    """`body` without the parameters that the server does not take, under their old names where they have one."""
    taken = {name: value for name, value in body.items() if name not in not_taken}
    old = {_OLD_NAME[name]: body[name] for name in not_taken & body.keys() & _OLD_NAME.keys()}
    return taken | old


def received(content: bytes, endpoint: Endpoint) -> Any:
    """What the JSON of an answer says, without the API key if that is repeated there. Raises ValueError for others."""
    text = json.dumps(json.loads(content), ensure_ascii=False)
    return json.loads(endpoint.redacted(text))


def connected(endpoint: Endpoint, most_bytes: int | None = None) -> OpenAI:
    """The vendor's client, whose requests end on time; an answer has at most `most_bytes`, where given."""
    import httpx2
    from openai import OpenAI

    from pipeline.llm.timed import MOST_BYTES, TimedTransport

    for name in ("openai", "httpx2", "httpcore2"):  # what they say at DEBUG has headers in it
        logging.getLogger(name).setLevel(logging.WARNING)
    transport = TimedTransport(endpoint.url, endpoint.parallel, most_bytes or MOST_BYTES)
    return OpenAI(
        api_key=endpoint.api_key or "none",
        base_url=endpoint.url,
        max_retries=0,
        timeout=endpoint.deadline,
        default_headers={"Accept-Encoding": "identity"},
        http_client=httpx2.Client(transport=transport, timeout=endpoint.deadline, follow_redirects=False),
    )
