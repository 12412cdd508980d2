"""A loopback server of chat completions, as OpenAI and others serve them: real HTTP, with faults on request.

In a test:

    def respond(body: dict[str, Any]) -> Answer:
        return {"dose": 5}  # the content, as JSON; a str is the content as it stands

    with ModelServer(respond) as server, model_at(server, tmp_path / "answers.sqlite") as model:
        server.faults.append(Fault.status(429, retry_after=7))  # the next request gets it, the one after does not
        value, call = model.complete(prompt, Dose)
        assert [prompt_of(request) for request in server.requests] == [prompt.user] * 2

`respond` is called with the body of each request and returns one of: a dict (the JSON of the content), a str (the
content), a `completion(...)`, or a `Fault`. `prompt_of(body)` gives the user's part of the request back, to answer by
it. Faults in `server.faults` come first, one a request. `latency` is in seconds for each request.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import loopback
from loopback import Loopback

from pipeline.llm import Answers, Endpoint, Ledger, Model
from pipeline.patience import Patience

KEY = "sk-loopback/0123456789+abcdef&<>"
_WAIT = 30.0


class Completion(dict[str, Any]):
    """A whole chat completion, sent as it is."""


def prompt_of(body: Mapping[str, Any]) -> str:
    """The user's part of a request."""
    return str(body["messages"][-1]["content"])


def completion(
    content: str | None,
    *,
    model: str = "gpt-5-mini",
    finish: str = "stop",
    refusal: str | None = None,
    tokens: tuple[int, int] | None = (100, 20),
    cached: int = 0,
) -> Completion:
    """A chat completion with one choice; `tokens` in and out, or None for a server that does not count."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    whole = Completion(
        id="chatcmpl-1",
        object="chat.completion",
        created=1,
        model=model,
        choices=[{"index": 0, "message": message, "finish_reason": finish}],
    )
    if tokens is not None:
        used = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
        whole["usage"] = used | {"prompt_tokens_details": {"cached_tokens": cached}}
    return whole


@dataclass(frozen=True)
class Fault:
    """Something other than an answer: `act` is called with the request's handler."""

    name: str
    act: Callable[[Any], None]

    @classmethod
    def body(cls, name: str, body: str | bytes, *, status: int = 200, kind: str = "application/json") -> Fault:
        """Any body at all."""
        content = body if isinstance(body, bytes) else body.encode()
        return cls(name, lambda handler: handler.reply(content, status, {"Content-Type": kind}))

    @classmethod
    def status(
        cls,
        code: int,
        message: str = "something went wrong",
        *,
        error: str | None = None,
        param: str | None = None,
        retry_after: object = None,
        retry_after_ms: object = None,
        location: str | None = None,
    ) -> Fault:
        """A status other than 200 with an error object, whose `code` is `error`."""
        told = {"message": message, "type": "invalid_request_error", "param": param, "code": error}
        headers = {"Retry-After": retry_after, "retry-after-ms": retry_after_ms, "Location": location}
        body = json.dumps({"error": told}).encode()
        return cls(f"status {code}", lambda handler: handler.reply(body, code, headers))

    @classmethod
    def insufficient_quota(cls) -> Fault:
        """The 429 that no waiting helps."""
        return cls.status(429, "You exceeded your current quota", error="insufficient_quota")

    @classmethod
    def model_unknown(cls) -> Fault:
        """No such model at this service."""
        return cls.status(404, "The model does not exist or you do not have access to it.", error="model_not_found")

    @classmethod
    def key_echoed(cls, code: int = 401) -> Fault:
        """A refusal that repeats the key it was sent."""

        def act(handler: Any) -> None:
            said = handler.headers.get("Authorization", "").removeprefix("Bearer ")
            cls.status(code, f"Incorrect API key provided: {said}.", error="invalid_api_key").act(handler)

        return cls("key echoed", act)

    @classmethod
    def too_long(cls) -> Fault:
        """More tokens than the model reads."""
        words = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
        return cls.status(400, words, error="context_length_exceeded", param="messages")

    @classmethod
    def policy(cls) -> Fault:
        """A filter that refuses the question."""
        return cls.status(400, "The response was filtered by the content policy", error="content_filter")

    @classmethod
    def unsupported(cls, parameter: str = "temperature") -> Fault:
        """A parameter that this model does not take."""
        words = f"Unsupported value: '{parameter}' does not support 0 with this model."
        return cls.status(400, words, error="unsupported_value", param=parameter)

    @classmethod
    def html(cls, status: int = 200) -> Fault:
        """A page for people."""
        page = "<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>"
        return cls.body(f"html {status}", page, status=status, kind="text/html")

    @classmethod
    def short(cls) -> Fault:
        """Half of an answer, with the Content-Length of the whole."""

        def act(handler: Any) -> None:
            handler.reply(b'{"id": "chatcmpl-1", "choi', 200, {"Content-Length": 900})
            handler.close_connection = True

        return cls("short", act)

    @classmethod
    def truncated(cls) -> Fault:
        """Half of an answer, with a Content-Length to match."""
        return cls.body("truncated", '{"id": "chatcmpl-1", "choi')

    @classmethod
    def compressed(cls) -> Fault:
        """A compressed body, which nobody asked for."""
        body, headers = gzip.compress(b" " * 2**20), {"Content-Encoding": "gzip"}
        return cls("compressed", lambda handler: handler.reply(body, 200, headers))

    @classmethod
    def hang_up(cls) -> Fault:
        """The connection closed without an answer."""
        return cls("hang up", lambda handler: setattr(handler, "close_connection", True))

    @classmethod
    def reset(cls) -> Fault:
        """The connection reset without an answer."""
        return cls("reset", loopback.reset)

    @classmethod
    def dribble(cls, pause: float = 0.05, *, header: bool = False) -> Fault:
        """A byte of the body (or of the header) every `pause` seconds, without end."""
        return cls("dribble", lambda handler: loopback.dribble(handler, pause, header=header))

    @classmethod
    def silence(cls) -> Fault:
        """No byte, and the connection kept open."""

        def act(handler: Any) -> None:
            handler.close_connection = True
            handler.server.closing.wait(_WAIT)

        return cls("silence", act)


@contextmanager
def model_at(
    server: ModelServer,
    path: Path,
    ledger: Ledger | None = None,
    *,
    fresh: bool = False,
    patience: Patience | None = None,
    **named: Any,
) -> Iterator[Model]:
    """A Model that asks `server`, keeps its answers at `path` and never waits between attempts; `named` as Endpoint."""
    endpoint = Endpoint(**{"model": "gpt-5-mini", "base_url": server.url, "api_key": KEY, "deadline": 5.0} | named)
    unhurried = patience or Patience(sleep=lambda _: None)
    with (
        Answers(path) as answers,
        Model(endpoint, answers, ledger or Ledger(), fresh=fresh, patience=unhurried) as model,
    ):
        yield model


Answer = str | dict[str, Any] | Completion | Fault


class ModelServer(Loopback):
    """The server; running inside its `with` block. Faults in `faults` are used up one a request (None is an answer).

    `requests` holds the body of every request, `keys` what each sent as its key, `paths` its path; `most_at_once` is
    how many were answered at the same time, `connections` how many connections were opened.
    """

    request_queue_size = 256

    def __init__(
        self,
        respond: Callable[[dict[str, Any]], Answer],
        *,
        latency: float = 0.0,
        tokens: tuple[int, int] | None = (100, 20),
    ) -> None:
        super().__init__(_Handler)
        self.respond = respond
        self.latency = latency
        self.tokens = tokens
        self.faults: deque[Fault | None] = deque()
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self.most_at_once = 0
        self.connections = 0
        self._at_once = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The base address, as OPENAI_BASE_URL names it."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, body: dict[str, Any], key: str | None, path: str) -> Completion | Fault:
        """Note a request and give what is sent for it."""
        with self._lock:
            self.requests.append(body)
            self.keys.append(key)
            self.paths.append(path)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            fault = self.faults.popleft() if self.faults else None
        try:
            if self.latency:
                time.sleep(self.latency)
            said = fault or self.respond(body)
        finally:
            with self._lock:
                self._at_once -= 1
        if isinstance(said, Completion | Fault):
            return said
        content = said if isinstance(said, str) else json.dumps(said)
        return completion(content, model=str(body.get("model")), tokens=self.tokens)


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every answer waits 40 ms for an acknowledgement

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        said = self.server.answer(body, self.headers.get("Authorization"), self.path)
        if isinstance(said, Fault):
            said.act(self)
        elif not self.path.endswith("/v1/chat/completions"):
            Fault.status(404, f"no such path: {self.path}").act(self)
        else:
            self.reply(json.dumps(said).encode())

    def reply(self, body: bytes, status: int = 200, headers: Mapping[str, object] | None = None) -> None:
        """Send an answer with some headers, None among them left out."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}.items():
            if value is not None:
                self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: `requests` is the log."""
