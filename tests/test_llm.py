"""Calls of a model over real HTTP: what is asked, how faults wait and end, and what many threads share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from model_server import KEY, Answer, Completion, Fault, ModelServer, completion, model_at, prompt_of

from pipeline.errors import (
    EmptyAnswer,
    Filtered,
    ModelError,
    NotJson,
    Refused,
    TooLong,
    Truncated,
    UnusableAnswer,
    WrongShape,
)
from pipeline.llm import Ledger, Model
from pipeline.models.base import Frozen
from pipeline.models.calls import Prompt, Usage
from pipeline.patience import Patience


class Dose(Frozen):
    """What the tests ask for."""

    mg: int
    route: Literal["oral", "nasal"] | None


GOOD = {"mg": 5, "route": "oral"}
PROMPT = Prompt(name="study", version="1", subject="PMID 90000001", system="Read the record.", user="5 mg of examplol")


def prompt(number: int) -> Prompt:
    return PROMPT.model_copy(update={"user": f"{number} mg of examplol"})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(lambda body: GOOD) as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def model(server: ModelServer, tmp_path: Path, waits: list[float]) -> Iterator[Model]:
    with model_at(server, tmp_path / "answers.sqlite", patience=Patience(sleep=waits.append)) as opened:
        yield opened


def test_a_call_asks_for_the_schema_and_accounts_for_the_answer(server: ModelServer, model: Model) -> None:
    value, call = model.complete(PROMPT, Dose, most_tokens=500)
    assert value == Dose(mg=5, route="oral")
    assert (call.prompt, call.subject, call.model) == ("study", "PMID 90000001", "gpt-5-mini")
    assert call.usage == Usage(prompt=100, completion=20)
    assert not call.remembered and call.seconds > 0
    assert model.ledger.calls == (call,)
    (sent,) = server.requests
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["max_completion_tokens"] == 500
    assert server.keys == [f"Bearer {KEY}"]


def test_importing_the_package_is_cheap() -> None:
    code = "import sys, pipeline.llm; print(sorted({'openai', 'httpx2', 'genai_prices'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


# Faults: how often each is asked, and what it ends in.

LASTING: list[tuple[Fault, int, str]] = [
    (Fault.status(400, "no such thing"), 1, "answered 400: no such thing"),
    (Fault.status(400, "Invalid parameter: 'response_format' of type 'json_schema'"), 1, "cannot be held to a schema"),
    (Fault.status(400, "max_completion_tokens is too large: this model supports at most 4096"), 1, "too large"),
    (Fault.body("text 400", "plain <b>words</b>", status=400, kind="text/plain"), 1, "answered 400: plain words"),
    (Fault.body("detail 422", '{"detail": [{"msg": "Field required"}]}', status=422), 1, "Field required"),
    (Fault.key_echoed(401), 1, "does not accept the API key"),
    (Fault.status(402, "Insufficient Balance"), 1, "no credit"),
    (Fault.status(403, "Country not supported"), 1, "may not do that: Country"),
    (Fault.model_unknown(), 1, r"does not know the model 'gpt-5-mini' at http://127.0.0.1"),
    (Fault.status(422, "Unprocessable"), 1, "answered 422"),
    (Fault.insufficient_quota(), 1, "no credit"),
    (Fault.status(429, "pay first", error="billing_hard_limit_reached"), 1, "no credit"),
    (Fault.status(307, location="http://127.0.0.1:9/v1/chat/completions"), 1, "has moved"),
    (Fault.body("large", b" " * (4 * 2**20 + 1)), 1, "sent more than 4 MB"),
    (Fault.status(408), 5, "answered 408"),
    (Fault.status(409), 5, "answered 409"),
    (Fault.status(429), 5, "too many requests"),
    (Fault.status(500), 5, "answered 500"),
    (Fault.html(502), 5, "answered 502"),
    (Fault.status(503), 5, "answered 503"),
    (Fault.reset(), 5, "closed the connection"),
    (Fault.hang_up(), 5, "broke off"),
    (Fault.short(), 5, "broke off"),
    (Fault.body("error 200", '{"error": {"message": "upstream is down", "code": 502}}'), 5, "upstream is down"),
    (Fault.truncated(), 2, "something other than a chat completion"),
    (Fault.html(200), 2, "something other than a chat completion"),
    (Fault.body("list", "[]"), 2, "something other than a chat completion"),
    (Fault.body("nothing", ""), 2, "something other than a chat completion"),
    (Fault.body("bytes", b'{"choices": "\xff"}'), 2, "something other than a chat completion"),
    (Fault.body("deep", "[" * 100_000), 2, "something other than a chat completion"),
    (Fault.body("digits", '{"choices": ' + "9" * 5000 + "}"), 2, "something other than a chat completion"),
    (Fault.compressed(), 2, "cannot be read"),
]


@pytest.mark.parametrize(("fault", "asked", "said"), LASTING, ids=lambda one: getattr(one, "name", None))
def test_a_fault_that_lasts_ends_in_an_error_for_people(
    server: ModelServer, model: Model, waits: list[float], fault: Fault, asked: int, said: str
) -> None:
    server.faults.extend([fault] * 9)
    with pytest.raises(ModelError, match=said) as caught:
        model.complete(PROMPT, Dose)
    assert not isinstance(caught.value, UnusableAnswer)
    assert "\n" not in caught.value.message + caught.value.hint
    assert "--extractive" in caught.value.hint
    assert (len(server.requests), len(waits)) == (asked, asked - 1)
    assert caught.value.retryable == (asked > 1)
    assert model.ledger.calls == ()
    server.faults.clear()
    assert not model.complete(PROMPT, Dose)[1].remembered  # a fault that may pass is never kept


PASSING = [fault for fault, asked, _ in LASTING if asked > 1]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name)
def test_a_fault_that_passes_ends_in_the_value(
    server: ModelServer, model: Model, waits: list[float], fault: Fault
) -> None:
    server.faults.append(fault)
    assert model.complete(PROMPT, Dose)[0].mg == 5
    assert (len(server.requests), len(waits), len(model.ledger.calls)) == (2, 1, 1)


UNUSABLE: list[tuple[Answer, type[UnusableAnswer]]] = [
    (Completion(choices=[]), EmptyAnswer),
    (Completion(choices=None), EmptyAnswer),
    (Completion(id="x"), EmptyAnswer),
    (completion(None), EmptyAnswer),
    (completion(" "), EmptyAnswer),
    (completion('{"mg": 5', finish="length"), Truncated),
    (completion("", finish="content_filter"), Filtered),
    (completion(None, refusal="I cannot\nhelp."), Refused),
    (completion("five mg"), NotJson),
    (completion('```json\n{"mg": 5, "route": null}\n```'), NotJson),
    (completion('{"mg": "five", "route": null}'), WrongShape),
    (Fault.too_long(), TooLong),
    (Fault.status(400, "the request exceeds the available context size (8192 tokens)"), TooLong),
    (Fault.status(413), TooLong),
    (Fault.status(429, "Request too large for gpt-5-mini on tokens per min (TPM): Limit 1, Requested 2"), TooLong),
    (Fault.body("error 200", '{"error": {"message": "maximum context length is 9", "code": 400}}'), TooLong),
    (Fault.policy(), Filtered),
]


@pytest.mark.parametrize(("said", "kind"), UNUSABLE)
def test_an_unusable_answer_is_kept_and_never_asked_again(
    server: ModelServer, model: Model, waits: list[float], said: Answer, kind: type[UnusableAnswer]
) -> None:
    server.respond = lambda body: said
    with pytest.raises(UnusableAnswer) as first:
        model.complete(PROMPT, Dose)
    asked = len(server.requests)
    assert (asked, waits) == (2 if kind is Truncated else 1, [])
    with pytest.raises(UnusableAnswer) as second:
        model.complete(PROMPT, Dose)
    assert type(first.value) is type(second.value) is kind
    assert first.value.message == second.value.message and "\n" not in first.value.message + first.value.hint
    assert len(server.requests) == asked
    assert [call.remembered for call in model.ledger.calls] == [False] * asked + [True] * asked


def test_a_longer_answer_is_asked_for_once(server: ModelServer, model: Model) -> None:
    server.respond = lambda body: completion("{", finish="length") if body["max_completion_tokens"] < 400 else GOOD
    assert model.complete(PROMPT, Dose, most_tokens=100)[0].mg == 5
    assert [request["max_completion_tokens"] for request in server.requests] == [100, 400]
    assert len(model.ledger.calls) == 2
    assert model.complete(PROMPT, Dose, most_tokens=100)[1].remembered
    assert len(server.requests) == 2


@pytest.mark.parametrize(("cap", "asked"), [(None, [100, 400]), (250, [100, 250]), (100, [100]), (50, [50])])
def test_a_cap_of_the_endpoint_holds_for_every_answer(
    server: ModelServer, tmp_path: Path, cap: int | None, asked: list[int]
) -> None:
    server.respond = lambda body: completion("{", finish="length")
    with model_at(server, tmp_path / "a", most_tokens=cap) as model, pytest.raises(Truncated):
        model.complete(PROMPT, Dose, most_tokens=100)
    assert [request["max_completion_tokens"] for request in server.requests] == asked


def test_a_parameter_that_the_server_refuses_is_left_out_from_then_on(server: ModelServer, tmp_path: Path) -> None:
    def respond(body: dict[str, Any]) -> Answer:
        if "temperature" in body:
            return Fault.unsupported("temperature")
        if "max_completion_tokens" in body:
            words = '[{"loc": ["body", "max_completion_tokens"], "msg": "Extra inputs are not permitted"}]'
            return Fault.body("422", f'{{"detail": {words}}}', status=422)
        return GOOD

    server.respond = respond
    with model_at(server, tmp_path / "a", model="small-local") as model:
        model.complete(prompt(1), Dose, most_tokens=77)
        model.complete(prompt(2), Dose, most_tokens=77)
    assert len(server.requests) == 4
    assert all("temperature" not in sent and sent["max_tokens"] == 77 for sent in server.requests[2:])
    with model_at(server, tmp_path / "a", model="small-local") as model:  # the key is that of what was meant
        assert model.complete(prompt(2), Dose, most_tokens=77)[1].remembered


def test_models_that_reason_are_not_sent_a_temperature(server: ModelServer, tmp_path: Path) -> None:
    for name in ("gpt-5-mini", "o4-mini", "gpt-4.1-nano", "local"):
        with model_at(server, tmp_path / "a", model=name) as model:
            model.complete(PROMPT, Dose)
    assert [sent.get("temperature") for sent in server.requests] == [None, None, 0, 0]


def test_an_error_that_is_null_is_none(server: ModelServer, model: Model) -> None:
    server.respond = lambda body: Completion(completion('{"mg": 5, "route": null}') | {"error": None})
    assert model.complete(PROMPT, Dose)[1].usage == Usage(prompt=100, completion=20)


def test_many_threads_share_one_model(server: ModelServer, tmp_path: Path) -> None:
    server.latency = 0.05
    server.respond = lambda body: {"mg": int(prompt_of(body).split()[0]), "route": None}
    server.faults.extend([Fault.status(500), None, Fault.hang_up(), None, Fault.status(429)])
    ledger = Ledger(Decimal(10))
    with model_at(server, tmp_path / "a", ledger, price=(Decimal(1), Decimal(2)), parallel=64) as model:
        with ThreadPoolExecutor(64) as threads:
            values = list(threads.map(lambda number: model.complete(prompt(number), Dose)[0].mg, range(120)))
        assert values == list(range(120))
        assert ledger.tokens.amount == 120 * 120 and not ledger.tokens.partial
        assert ledger.cost.amount == 120 * Decimal("0.00014")
        assert len(server.requests) == 123
        with ThreadPoolExecutor(64) as threads:
            again = list(threads.map(lambda number: model.complete(prompt(number), Dose)[1], range(120)))
        assert all(call.remembered for call in again) and len(server.requests) == 123
    assert 8 < server.most_at_once <= 64


def test_no_more_calls_run_at_once_than_allowed(server: ModelServer, tmp_path: Path) -> None:
    server.latency = 0.01
    with model_at(server, tmp_path / "a", parallel=3) as model, ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda number: model.complete(prompt(number), Dose), range(30)))
    assert server.most_at_once == 3
