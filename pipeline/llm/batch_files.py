"""The files of a batch: requests a line each to send, and answers a line each as they come back."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.llm import faults
from pipeline.llm.client import received
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.faults import PARAMETERS, Failure
from pipeline.llm.reading import refused

if TYPE_CHECKING:
    import openai

MOST_REQUESTS = 50_000
MOST_BYTES = 200 * 10**6

_PATH = "/v1/chat/completions"
_OWN = (400, 413, 422)  # statuses that are about the request, where others are about the account


class Part(NamedTuple):
    """Requests that go into one batch: their keys, and the file."""

    keys: tuple[str, ...]
    content: bytes


class Trouble(NamedTuple):
    """Why a request was not answered; `parameter` is one that the model does not take."""

    failure: Failure
    status: int | None = None
    parameter: str | None = None

    @property
    def lasting(self) -> bool:
        """True where the same request would fail again."""
        return not self.failure.retryable

    @property
    def of_account(self) -> bool:
        """True where every request would fail."""
        return self.lasting and self.status not in _OWN


class Line(NamedTuple):
    """What came back for one request: a completion to keep, or the trouble."""

    key: str
    said: Mapping[str, Any] | Trouble


def parts(wanted: Mapping[str, Mapping[str, Any]]) -> Iterator[Part]:
    """The requests in as few batches as the limits of the service allow; the same requests make the same ones."""
    keys: list[str] = []
    content = bytearray()
    for key, body in sorted(wanted.items()):
        line = json.dumps({"custom_id": key, "method": "POST", "url": _PATH, "body": body}, separators=(",", ":"))
        if keys and (len(keys) >= MOST_REQUESTS or len(content) + len(line) + 1 > MOST_BYTES):
            yield Part(tuple(keys), bytes(content))
            keys, content = [], bytearray()
        keys.append(key)
        content += line.encode() + b"\n"
    if keys:
        yield Part(tuple(keys), bytes(content))


def lines(content: bytes, endpoint: Endpoint) -> Iterator[Line | None]:
    """What the lines of a file say, without the API key; None for one that says nothing of any request."""
    return (_line(raw, endpoint) for raw in io.BytesIO(content) if raw.strip())


def _line(raw: bytes, endpoint: Endpoint) -> Line | None:
    try:
        found = received(raw, endpoint)
    except (ValueError, RecursionError):
        return None
    match found:
        case {"custom_id": str(key), "error": error} if error:
            return Line(key, _undone(error, endpoint))
        case {"custom_id": str(key), "response": {"status_code": 200, "body": Mapping() as body}}:
            return Line(key, _answered(body, endpoint))
        case {"custom_id": str(key), "response": {"status_code": int(status), "body": body}} if status >= 400:
            return Line(key, _refused(status, body, endpoint))
    return None


def _undone(error: object, endpoint: Endpoint) -> Mapping[str, Any] | Trouble:
    """A request that was not carried out, most often since the batch expired."""
    return faults.kept_refusal(error, endpoint) or Trouble(faults.ailing(error, endpoint))


def _answered(body: Mapping[str, Any], endpoint: Endpoint) -> Mapping[str, Any] | Trouble:
    if refused(body):
        return _undone(body["error"], endpoint)
    return body if "choices" in body else Trouble(faults.garbled(endpoint))


def _refused(status: int, body: object, endpoint: Endpoint) -> Mapping[str, Any] | Trouble:
    """A request that was answered with another status than 200, as the live client takes it."""
    error = _vendors(status, body)
    if (kept := faults.own_fault(error, endpoint)) is not None:
        return kept
    unknown = faults.unknown_parameter(error, dict.fromkeys(PARAMETERS))
    return Trouble(faults.failure(error, endpoint), status, unknown)


def _vendors(status: int, body: object) -> openai.APIStatusError:
    import httpx2
    import openai

    response = httpx2.Response(status, request=httpx2.Request("POST", _PATH))
    told = body.get("error", body) if isinstance(body, Mapping) else body
    return openai.APIStatusError("", response=response, body=told)
