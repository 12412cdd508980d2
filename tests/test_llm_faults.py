"""Every exception of the vendor's package in words, and the API key in none of them."""

from __future__ import annotations

import html
import inspect
import logging
import ssl
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import openai
import pytest
from model_server import KEY, Answer, Fault, ModelServer, completion, model_at

from pipeline.errors import ConfigError, ModelError, PipelineError
from pipeline.llm import Endpoint
from pipeline.llm.faults import failure
from pipeline.models.base import Frozen
from pipeline.models.calls import Prompt

ENDPOINT = Endpoint("gpt-5-mini", api_key=KEY)
PROMPT = Prompt(name="study", version="1", subject="PMID 90000001", system="Read the record.", user="5 mg of examplol")
REQUEST = httpx2.Request("POST", "https://api.openai.com/v1/chat/completions")

# Raised by parts of the package that this program does not use; a class that is new is not among them.
UNMET = {
    *("OpenAIError", "APIError", "APIRemovedInV1", "LengthFinishReasonError", "ContentFilterFinishReasonError"),
    *("SubjectTokenProviderError", "WebSocketConnectionClosedError", "WebSocketQueueFullError"),
}


class Dose(Frozen):
    mg: int
    note: str | None


def classes(of: type[openai.OpenAIError] = openai.OpenAIError) -> dict[str, type[openai.OpenAIError]]:
    """A class and all that are made from it, by name."""
    found = {of.__name__: of}
    for one in of.__subclasses__():
        found |= classes(one)
    return found


def example(of: type[openai.OpenAIError]) -> openai.OpenAIError:
    """An exception of the class, built from what its parameters are called."""
    status = getattr(of, "status_code", 500)
    known: dict[str, Any] = {
        "message": "what it says",
        "request": REQUEST,
        "response": httpx2.Response(status, request=REQUEST, json={"error": {"message": "what it says"}}),
        "body": {"message": "what it says"},
    }
    return of(**{name: known[name] for name in inspect.signature(of).parameters})


@pytest.mark.parametrize("name", sorted(classes().keys() - UNMET))
def test_every_exception_of_the_package_becomes_an_error_for_people(name: str) -> None:
    found = failure(example(classes()[name]), ENDPOINT)
    assert "OpenAI" in found.message and found.hint
    assert found.message != "OpenAI: what it says", "a new class: say in faults.py what it means"


def test_an_exception_that_nobody_foresaw_is_an_error_for_people() -> None:
    found = failure(openai.OpenAIError(f"what it says of {KEY}"), ENDPOINT)
    assert found.message == "OpenAI: what it says of [redacted]"


def caused(cause: Exception) -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "said", "retryable", "charged"),
    [
        (httpx2.ConnectError("refused"), "cannot be reached: refused", True, False),
        (httpx2.ReadError("reset"), "closed the connection: reset", True, True),
        (httpx2.UnsupportedProtocol("ftp"), "no valid address", False, False),
        (ssl.SSLCertVerificationError(1, "expired"), "cannot be trusted", False, False),
    ],
)
def test_a_connection_that_fails_is_told_by_its_cause(
    cause: Exception, said: str, retryable: bool, charged: bool
) -> None:
    found = failure(caused(cause), ENDPOINT)
    assert said in found.message
    assert (found.retryable, found.charged) == (retryable, charged)


def test_only_what_may_have_been_charged_counts_as_charged() -> None:
    for status, charged in ((400, False), (401, False), (429, False), (503, False), (500, True), (504, True)):
        error = openai.APIStatusError("x", response=httpx2.Response(status, request=REQUEST), body=None)
        assert failure(error, ENDPOINT).charged == charged, status


# Secrets. The server repeats the key wherever it can, in every spelling.

SPELLINGS = (KEY, quote(KEY, safe=""), quote(KEY), html.escape(KEY), KEY.upper(), KEY.replace("/", "\\/"))
ECHO = " ".join(SPELLINGS)


def in_a_header(code: int) -> Fault:
    return Fault(f"header {code}", lambda handler: handler.reply(b"{}", code, {"X-Echo": KEY, "Location": f"/{KEY}"}))


def in_the_status_line() -> Fault:
    def act(handler: Any) -> None:
        handler.wfile.write(f"HTTP/1.1 500 {KEY}\r\nContent-Length: 0\r\n\r\n".encode())

    return Fault("status line", act)


def in_a_broken_header() -> Fault:
    def act(handler: Any) -> None:
        handler.wfile.write(f"HTTP/1.1 {KEY}\r\n\r\n".encode())
        handler.close_connection = True

    return Fault("broken header", act)


ECHOES: list[Answer] = [
    *(Fault.status(code, ECHO, error=KEY, param=KEY) for code in (400, 401, 403, 404, 409, 413, 422, 429, 500)),
    Fault.key_echoed(401),
    Fault.key_echoed(400),
    Fault.status(400, f"maximum context length {ECHO}", error="context_length_exceeded"),
    Fault.status(400, f"content policy {ECHO}"),
    Fault.status(307, location=f"http://127.0.0.1:9/{KEY}"),
    Fault.body("text", ECHO, status=400, kind="text/plain"),
    Fault.body("html", f"<html>{ECHO}</html>"),
    Fault.body("error", f'{{"error": {{"message": "{html.escape(KEY)}"}}}}'),
    Fault.body("escaped", '{"error": {"message": "' + "".join(f"\\u{ord(one):04x}" for one in KEY) + '"}}'),
    in_a_header(200),
    in_a_header(302),
    in_a_header(500),
    in_the_status_line(),
    in_a_broken_header(),
    completion(ECHO),
    completion(None, refusal=ECHO),
    completion('{"mg": 5, "note": "' + html.escape(KEY) + '"}'),
    completion('{"mg": 5, "note": "' + KEY.replace("&", "\\u0026") + '"}'),
    completion('{"mg": 5, "' + html.escape(KEY) + '": 1}'),
    completion('{"mg": 5, "note": null}', model=KEY),
]


def hides(text: str) -> bool:
    return not any(form.lower() in text.lower() for form in (*SPELLINGS, repr(KEY)[1:-1]))


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: getattr(echo, "name", "answer"))
def test_no_message_log_or_file_shows_the_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, echo: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_LOG", "debug")
    shown = ""
    with ModelServer(lambda body: echo) as server, model_at(server, tmp_path / "answers.sqlite") as model:
        shown += repr(model.endpoint)
        for _ in range(2):
            try:
                value, call = model.complete(PROMPT, Dose)
                shown += f"{value!r} {call!r}"
            except ModelError as error:
                shown += "".join(traceback.format_exception(error)) + error.hint + linked(error)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("answers.sqlite*")).decode("latin-1")
    assert len(shown) > 80
    assert hides(shown) and hides(caplog.text) and hides(kept)


def linked(error: BaseException) -> str:
    """All that hangs on an exception, shown by tracebacks or not."""
    shown, todo = "", [error]
    while todo:
        one = todo.pop()
        shown += f"{one!r} {one}"
        todo += [cause for cause in (one.__cause__, one.__context__) if cause is not None and cause is not one]
    return shown


@pytest.mark.parametrize("key", ["sk-line\nbreak-0123", "sk-ключ-0123456", "sk-\x00-0123456"])
def test_a_key_that_no_header_can_hold_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY") as caught:
        Endpoint("m", api_key=key)
    assert "0123" not in "".join(traceback.format_exception(caught.value)) + caught.value.hint


def test_a_made_up_key_of_a_local_server_hides_no_words() -> None:
    local = Endpoint("none", "http://127.0.0.1:8080/v1", "none")
    assert local.redacted("it has none") == "it has none"
    assert Endpoint("m", api_key="sk-secret").redacted("Bearer SK-SECRET") == "Bearer [redacted]"


@pytest.mark.parametrize("make", [lambda: Endpoint("m", api_key=KEY), lambda: Endpoint("m", "http://x/v1", KEY)])
def test_an_endpoint_does_not_print_its_key(make: Callable[[], Endpoint]) -> None:
    assert hides(repr(make())) and hides(str(make()))


def test_errors_of_this_package_are_errors_of_the_program() -> None:
    assert issubclass(ModelError, PipelineError)
