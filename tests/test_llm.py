"""Calls of a model over real HTTP: what is asked, how faults wait and end, and what many threads share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from model_server import KEY, Answer, Completion, Fault, ModelServer, completion, model_at, prompt_of

from pipeline.config import settings
from pipeline.errors import (
    ConfigError,
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
from pipeline.llm import Endpoint, Ledger, Model, endpoint
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


def test_waits_grow_and_end(server: ModelServer, model: Model, waits: list[float]) -> None:
    server.faults.extend([Fault.status(500)] * 9)
    with pytest.raises(ModelError):
        model.complete(PROMPT, Dose)
    assert all(low <= wait <= low + 1 for low, wait in zip((1, 2, 4, 8), waits, strict=True))


def test_attempts_end_with_the_time_for_all_of_them(server: ModelServer, tmp_path: Path, waits: list[float]) -> None:
    server.faults.extend([Fault.status(500)] * 9)
    patience = Patience(first_wait=10.0, total=9.0, sleep=waits.append)
    with model_at(server, tmp_path / "a", patience=patience) as model, pytest.raises(ModelError, match="500"):
        model.complete(PROMPT, Dose)
    assert (len(server.requests), waits) == (1, [])


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry_after": "7"}, 7, 7),
        ({"retry_after": "7.5"}, 7.5, 7.5),
        ({"retry_after": "0"}, 1, 2),
        ({"retry_after": "-5"}, 1, 2),
        ({"retry_after": "86400"}, 60, 60),
        ({"retry_after": "soon"}, 1, 2),
        ({"retry_after": "inf"}, 1, 2),
        ({"retry_after": "Fri, 20 Nov 2020 10:00:00 GMT"}, 1, 2),
        ({"retry_after": format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)}, 60, 60),
        ({"retry_after_ms": "2500", "retry_after": "9"}, 2.5, 2.5),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_the_server_may_ask_for_a_pause(
    server: ModelServer, model: Model, waits: list[float], code: int, headers: dict[str, Any], least: float, most: float
) -> None:
    server.faults.append(Fault.status(code, **headers))
    model.complete(PROMPT, Dose)
    (wait,) = waits
    assert least <= wait <= most


@pytest.mark.parametrize(
    "fault", [Fault.dribble(0.02), Fault.dribble(0), Fault.dribble(0.02, header=True), Fault.silence()]
)
def test_an_attempt_ends_on_time(server: ModelServer, tmp_path: Path, fault: Fault) -> None:
    server.faults.append(fault)
    start = time.monotonic()
    with (
        model_at(server, tmp_path / "a", deadline=0.2, patience=Patience(attempts=1)) as model,
        pytest.raises(ModelError, match=r"did not answer within 0\.2 seconds") as caught,
    ):
        model.complete(PROMPT, Dose)
    assert time.monotonic() - start < 1.0
    assert caught.value.retryable


def test_time_is_counted_for_each_attempt_of_a_connection_that_is_kept(server: ModelServer, tmp_path: Path) -> None:
    with model_at(server, tmp_path / "a", deadline=0.3) as model:
        for number in range(3):
            time.sleep(0.15)
            model.complete(prompt(number), Dose)
    assert server.connections == 1


def test_a_redirect_is_not_followed_with_the_key(server: ModelServer, model: Model) -> None:
    with ModelServer(lambda body: GOOD) as other:
        for code in (301, 302, 307, 308):
            server.faults.append(Fault.status(code, location=f"{other.url}/chat/completions"))
            with pytest.raises(ModelError, match="has moved"):
                model.complete(PROMPT, Dose)
        assert other.requests == []


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_closed_port_is_unreachable(server: ModelServer, tmp_path: Path) -> None:
    with (
        model_at(server, tmp_path / "a", base_url=f"http://127.0.0.1:{closed_port()}/v1") as model,
        pytest.raises(ModelError, match=r"127\.0\.0\.1:\d+ cannot be reached: .*refused") as caught,
    ):
        model.complete(PROMPT, Dose)
    assert caught.value.retryable


def test_an_unknown_host_is_unreachable(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with (
        model_at(server, tmp_path / "a", base_url="http://model.invalid/v1") as model,
        pytest.raises(ModelError, match="host name was not found"),
    ):
        model.complete(PROMPT, Dose)


def test_a_server_without_encryption_is_no_secure_one(server: ModelServer, tmp_path: Path) -> None:
    with (
        model_at(server, tmp_path / "a", base_url=server.url.replace("http:", "https:")) as model,
        pytest.raises(ModelError, match="cannot be reached"),
    ):
        model.complete(PROMPT, Dose)


def test_the_proxy_of_the_environment_is_used(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url.replace("http://", "http://user:word@"))
    with model_at(server, tmp_path / "a", base_url="http://model.invalid/v1") as model:
        assert model.complete(PROMPT, Dose)[0].mg == 5
    assert server.paths == ["http://model.invalid/v1/chat/completions"]
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    with (
        model_at(server, tmp_path / "b", base_url="http://model.invalid/v1") as model,
        pytest.raises(ConfigError, match="socks5"),
    ):
        model.complete(PROMPT, Dose)


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


# The endpoint that the settings describe.


def test_an_endpoint_follows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="neither OPENAI_API_KEY nor OPENAI_BASE_URL"):
        endpoint(settings())
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\n")
    assert endpoint(settings()) == Endpoint("gpt-5-mini", api_key=KEY, parallel=128)
    assert endpoint(settings()).service == "OpenAI"
    monkeypatch.setenv("MONOGRAPH_MODEL", "other")
    monkeypatch.setenv("MONOGRAPH_PRICE", "1/2")
    monkeypatch.setenv("MONOGRAPH_PARALLEL", "4")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1")
    found = endpoint(settings())
    assert found == Endpoint("other", "http://127.0.0.1:8080/v1", KEY, (Decimal(1), Decimal(2)), 4)
    assert (found.service, endpoint(settings(), "third").model) == ("127.0.0.1:8080", "third")
    monkeypatch.delenv("OPENAI_API_KEY")
    assert endpoint(settings()).api_key is None


@pytest.mark.parametrize(
    "url",
    [
        *(
            "127.0.0.1:8080",
            "ftp://x/v1",
            "http://",
            "http://[::1",
            "http://a b/",
            "http://x:99999/",
            "http://ü/",
            "a\n",
        ),
        *("http://user:hidden@x/v1", "https://x/v1?api-key=hidden", "https://x/#hidden"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL") as caught:
        Endpoint("m", url)
    assert "hidden" not in caught.value.message + caught.value.hint


def test_a_server_that_wants_no_key_is_sent_none_of_ours(server: ModelServer, tmp_path: Path) -> None:
    os.environ["OPENAI_API_KEY"] = KEY  # of the environment, which the endpoint goes before
    try:
        with model_at(server, tmp_path / "a", api_key=None) as model:
            model.complete(PROMPT, Dose)
    finally:
        del os.environ["OPENAI_API_KEY"]
    assert server.keys == ["Bearer none"]
