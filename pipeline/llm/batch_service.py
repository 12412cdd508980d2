"""The batch endpoint of a service: files sent and fetched, batches made, found and looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pipeline.llm import faults
from pipeline.llm.client import connected, patiently, received
from pipeline.llm.endpoints import Endpoint
from pipeline.llm.faults import ONWARDS, Failure
from pipeline.patience import Patience

if TYPE_CHECKING:
    from openai import OpenAI

Result = TypeVar("Result")

MOST_RESULT_BYTES = 300 * 2**20
ENDED = ("completed", "expired", "cancelled", "failed")

_SLOWER = 10  # a file takes longer than an answer: as many times the deadline
_MOST_PAGES = 20
_IDENTIFIER = re.compile(r"[A-Za-z0-9][\w.:-]{0,199}", re.ASCII)
_LATER = f"Run the same command again later. {ONWARDS}"
_NO_BATCHES = f"Check OPENAI_BASE_URL, and ask without a batch where the service has none. {ONWARDS}"


class Unknown(Failure):
    """The service does not know what it was asked for."""


class Report(NamedTuple):
    """What a service says of a batch: of its requests, `done` were answered and `failed` were not.

    `files` are those of answers and of errors, in this order; `reason` is why the batch was not begun.
    """

    status: str
    files: tuple[str, ...]
    done: int
    failed: int
    reason: str


class Service:
    """The batch endpoint of a service; whatever it sends is held to be a stranger's word."""

    def __init__(self, endpoint: Endpoint, patience: Patience) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._client: OpenAI | None = None

    def close(self) -> None:
        """Close the connections. A later call opens them again."""
        if self._client is not None:
            self._client.close()
        self._client = None

    def begin(self, name: str, content: bytes, seen: Set[str]) -> str:
        """The id of a batch of the requests in `content`: one that is there by this name, or else a new one.

        It is looked for before every attempt, since one whose answer was lost may have made it.
        """
        file = self._patiently(lambda: self._sent(content))
        return self._patiently(lambda: self._found(name, seen) or self._made(name, file))

    def find(self, name: str, seen: Set[str]) -> str | None:
        """The id of the latest batch by this name that is not among the `seen` ones."""
        return self._patiently(lambda: self._found(name, seen))

    def look(self, batch: str) -> Report:
        """How a batch stands."""
        said = f"it does not know the batch {batch}"
        return self._patiently(
            lambda: self._report(self._told(lambda client: client.batches.with_raw_response.retrieve(batch), said))
        )

    def _report(self, found: Mapping[str, Any]) -> Report:
        files = tuple(one for one in (found.get("output_file_id"), found.get("error_file_id")) if one)
        if not isinstance(found.get("status"), str) or not all(map(_is_identifier, files)):
            raise self._garbled()
        counts = found.get("request_counts")
        done, failed = (_count(counts, name) for name in ("completed", "failed"))
        return Report(found["status"], files, done, failed, self._reason(found.get("errors")))

    def content(self, file: str) -> bytes:
        """What a file of results holds."""
        seconds = self._endpoint.deadline * _SLOWER
        return self._patiently(
            lambda: self._answer(
                lambda client: client.files.with_raw_response.content(file, timeout=seconds),
                f"it does not have the file {file} any more",
                seconds,
            )
        )

    def _sent(self, content: bytes) -> str:
        seconds = self._endpoint.deadline * _SLOWER
        file = ("requests.jsonl", content, "application/jsonl")
        return self._identifier(
            self._told(
                lambda client: client.files.with_raw_response.create(file=file, purpose="batch", timeout=seconds),
                "it takes no files for batches",
                seconds,
            )
        )

    def _made(self, name: str, file: str) -> str:
        return self._identifier(
            self._told(
                lambda client: client.batches.with_raw_response.create(
                    input_file_id=file,
                    endpoint="/v1/chat/completions",
                    completion_window="24h",
                    metadata={"monograph": name},
                ),
                "it makes no batches",
            )
        )

    def _found(self, name: str, seen: Set[str]) -> str | None:
        after: str | None = None
        for _ in range(_MOST_PAGES):  # the latest come first
            page = self._page(after)
            items = page.get("data")
            if not isinstance(items, list):
                raise self._garbled()
            for item in items:
                match item:
                    case {"id": str(found), "metadata": {"monograph": str(told)}} if told == name and found not in seen:
                        return self._identifier(item)
            match items:
                case [*_, {"id": str(last)}] if page.get("has_more") is True and last != after:
                    after = last
                case _:
                    break
        return None

    def _page(self, after: str | None) -> Mapping[str, Any]:
        import openai

        onwards = openai.omit if after is None else after
        return self._told(
            lambda client: client.batches.with_raw_response.list(limit=100, after=onwards), "it has no list of batches"
        )

    def _identifier(self, found: Mapping[str, Any]) -> str:
        if not _is_identifier(found.get("id")):
            raise self._garbled()
        return str(found["id"])

    def _reason(self, errors: object) -> str:
        """What the service has against a batch as a whole."""
        match errors:
            case {"data": [*items]}:
                told = [item.get("message") or item.get("code") for item in items if isinstance(item, Mapping)]
                return faults.words("; ".join(str(one) for one in told[:3] if one), self._endpoint)
        return ""

    def _patiently(self, attempt: Callable[[], Result]) -> Result:
        return patiently(self._patience, attempt)

    def _told(self, send: Callable[[OpenAI], Any], unknown: str, seconds: float | None = None) -> Mapping[str, Any]:
        """The object that the service answers with."""
        try:
            found = received(self._answer(send, unknown, seconds), self._endpoint)
        except (ValueError, RecursionError):
            raise self._garbled() from None
        if not isinstance(found, dict):
            raise self._garbled()
        return found

    def _answer(self, send: Callable[[OpenAI], Any], unknown: str, seconds: float | None = None) -> bytes:
        """The body of one answer; `unknown` says what a 404 means, `seconds` is the time for it, if not the usual."""
        error, content = self._attempt(send)
        if error is None:
            return content
        raise self._failure(error, unknown, seconds) from (
            None if faults.shows_secret(error, self._endpoint) else error
        )

    def _attempt(self, send: Callable[[OpenAI], Any]) -> tuple[Exception | None, bytes]:
        import openai

        if self._client is None:
            self._client = connected(self._endpoint, MOST_RESULT_BYTES)
        try:
            return None, send(self._client).content
        except openai.OpenAIError as error:
            return error, b""

    def _failure(self, error: Exception, unknown: str, seconds: float | None) -> Failure:
        status = getattr(error, "status_code", None)
        if status in (404, 405, 501):
            said = f"{self._endpoint.service} answered {status}: {unknown}"
            return Unknown(said, _NO_BATCHES, retryable=False)
        failed = faults.failure(error, replace(self._endpoint, deadline=seconds or self._endpoint.deadline))
        failed.crowded = False  # nobody else of ours asks
        return failed

    def _garbled(self) -> Failure:
        said = f"{self._endpoint.service} said of a batch what cannot be understood"
        return Failure(said, _NO_BATCHES, attempts=2)


def _is_identifier(found: object) -> bool:
    return isinstance(found, str) and _IDENTIFIER.fullmatch(found) is not None


def _count(counts: object, name: str) -> int:
    found = counts.get(name) if isinstance(counts, Mapping) else 0
    return max(0, found) if isinstance(found, int) else 0
