"""One request to a web service, as it should be made: paced, bounded, tried again, and its faults said in words.

An attempt is the request, the whole body and its validation: a truncated record is as much a reason to try again as a
refused connection. Every fault becomes a SourceError that names neither the e-mail address nor the API key.
"""

from __future__ import annotations

import html
import re
import ssl
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead, InvalidURL
from socket import gaierror
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request
from xml.etree.ElementTree import ParseError

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_exponential, wait_random

from pipeline.errors import ConfigError, FormatError, SourceError
from pipeline.patience import PATIENT, Patience
from pipeline.sources.deadline import BodyTooLarge, read_body, timed_opener

T = TypeVar("T")

MOST_BYTES = 64 * 2**20  # a body above this is refused unread: 200 records are 2 to 4 MB
_FAULTS = (OSError, HTTPException, UnicodeError, ParseError, FormatError, SourceError, BodyTooLarge)

LATER = "Run the same command again later; --offline works with what the library already holds."
_CLOCK = "Check the clock of this machine and its certificates, or a proxy that signs with its own."

# NCBI answers some of its own time-outs with status 400 ("External viewer error: ... Timeout").
_SERVER_TIMEOUT = re.compile(r"time-?\s?out|timed out", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]*>|\s+")
_NOT_IN_BASE = re.compile(r"[\s?#]")


@dataclass(frozen=True)
class Service:
    """A web service as people are told of it.

    `variable` is the environment variable that names another address for it, `owner` whose address is used without.
    `request` says what to correct where the service refuses a request, `more` what allows more of them a second.
    """

    name: str
    variable: str
    owner: str
    request: str
    more: str = ""

    def at(self, base_url: str | None) -> Service:
        """The service, named with the host of its other address. Raises ConfigError for what is no HTTP address."""
        if base_url is None:
            return self
        try:
            parts = urlsplit(base_url)
            host = parts.hostname if parts.scheme in ("http", "https") and parts.port != 0 else None
        except ValueError:
            host = None
        if not host or _NOT_IN_BASE.search(base_url):
            raise ConfigError(f"{self.variable} is not an http or https address", "Correct it, or unset it.")
        return replace(self, name=f"{self.name} at {host}")

    @property
    def network(self) -> str:
        """What to do where the service cannot be reached."""
        return f"Check the network and {self.variable}; --offline works with what the library already holds."

    @property
    def address(self) -> str:
        """What to do where its address is wrong."""
        return f"Correct {self.variable}; without it {self.owner} own address is used."


class Limiter:
    """Keeps requests apart, for all threads together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free = 0.0

    def wait(self, gap: float) -> None:
        """Return when it is this request's turn; the next turn comes `gap` seconds after it."""
        with self._lock:
            turn = max(self._free, time.monotonic())
            self._free = turn + gap
        time.sleep(max(0.0, turn - time.monotonic()))


# One a service for the process: a service counts by address, not by object. Keyed by `Service.variable`.
_LIMITERS: defaultdict[str, Limiter] = defaultdict(Limiter)


class Failure(SourceError):
    """A request that failed. `smaller`: asking for less may work. `wait`: seconds the server asked to be left alone."""

    def __init__(
        self, message: str, hint: str, *, retryable: bool = True, smaller: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(message, hint, retryable=retryable)
        self.smaller = smaller
        self.wait = wait


class Transport:
    """Sends requests to one service, at most `rate` a second counting those of every other object and thread."""

    def __init__(
        self, service: Service, secrets: tuple[str, ...], *, rate: float, deadline: float, patience: Patience = PATIENT
    ) -> None:
        self.requests = 0
        self._service = service
        self._secret = re.compile("|".join(_spellings(secrets)) or r"(?!)", re.IGNORECASE)
        self._gap = 1 / rate
        self._deadline = deadline
        self._patience = patience
        self._opener = timed_opener()
        self._lock = threading.Lock()

    def ask(
        self, build: Callable[[], Request], read: Callable[[bytes], T], none: Callable[[bytes], T | None] | None = None
    ) -> T:
        """What `read` makes of the answer to the request that `build` makes, tried again while that can help.

        `read` raises FormatError or ParseError for a body that cannot be right, SourceError for one that says no.
        `none` is for a service that answers 404 where it holds nothing: what it makes of that body is the answer,
        unless it is None. Raises Failure.
        """

        def exchange(request: Request) -> T:
            return read(read_body(self._opener, request, seconds=self._deadline, most_bytes=MOST_BYTES))

        return self._tried(build, exchange, none)

    def stream(self, build: Callable[[], Request], take: Callable[[HTTPResponse | HTTPError], T]) -> T:
        """What `take` makes of the open answer, or of a refusal with status 416; it reads the body itself.

        Tried again, and raising, as `ask` does. The deadline is that of the header; see `deadline.pieces` for the body.
        """

        def exchange(request: Request) -> T:
            try:
                response = self._opener.open(request, timeout=self._deadline)
            except HTTPError as error:
                if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    raise
                response = error
            with response:
                return take(response)

        return self._tried(build, exchange, None)

    def _tried(
        self, build: Callable[[], Request], exchange: Callable[[Request], T], none: Callable[[bytes], T | None] | None
    ) -> T:
        patience = self._patience
        backoff = wait_exponential(patience.first_wait) + wait_random(0, patience.first_wait)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.wait if isinstance(error, Failure) else 0.0
            return min(max(asked, backoff(state)), patience.longest_wait)

        retrying = Retrying(
            stop=stop_after_attempt(patience.attempts) | stop_before_delay(patience.total),
            wait=wait,
            retry=retry_if_exception(lambda error: isinstance(error, Failure) and error.retryable),
            sleep=patience.sleep,
            reraise=True,
        )
        answer: T = retrying(self._attempt, build, exchange, none)
        return answer

    def _attempt(
        self, build: Callable[[], Request], exchange: Callable[[Request], T], none: Callable[[bytes], T | None] | None
    ) -> T:
        _LIMITERS[self._service.variable].wait(self._gap)
        with self._lock:
            self.requests += 1
        try:
            return exchange(build())
        except HTTPError as error:
            body = _said(error)
            found = none(body) if none is not None and error.code == 404 else None
            if found is not None:
                return found
            raise self._refusal(error, body) from self._cause(error)
        except _FAULTS as error:
            raise self._failure(error) from self._cause(error)

    def _cause(self, error: BaseException) -> BaseException | None:
        """The error as the cause of ours, unless a traceback of it would show a secret."""
        return None if self._secret.search("".join(traceback.format_exception(error))) else error

    def _failure(self, error: BaseException) -> Failure:
        """What went wrong, in words. Subclasses come before their base: a TimeoutError is an OSError too."""
        name = self._service.name
        match error:
            case URLError(reason=BaseException() as reason):
                return self._failure(reason)
            case ssl.SSLCertVerificationError():
                return Failure(f"{name} cannot be trusted: {self._words(error)}", _CLOCK, retryable=False)
            case InvalidURL() | UnicodeError() | URLError():
                return Failure(
                    f"{name} has no valid address: {self._words(error)}", self._service.address, retryable=False
                )
            case gaierror():
                return Failure(f"{name} cannot be reached: its host name was not found", self._service.network)
            case TimeoutError():
                return Failure(f"{name} did not answer in time", LATER)
            case BodyTooLarge():
                size = f"{MOST_BYTES / 2**20:g} MB"
                return Failure(f"{name} sent more than {size} at once", LATER, retryable=False, smaller=True)
            case IncompleteRead():
                return Failure(f"{name} broke off in the middle of its answer", LATER, smaller=True)
            case SourceError():
                return Failure(self._words(error), self._words(error.hint), retryable=error.retryable)
            case FormatError() | ParseError():
                return Failure(f"{name} sent an answer that cannot be read: {self._words(error)}", LATER, smaller=True)
            case _:
                return Failure(f"{name} cannot be reached: {self._words(error)}", self._service.network)

    def _refusal(self, error: HTTPError, body: bytes) -> Failure:
        """An answer with another status than 200."""
        name = f"{self._service.name} answered {error.code}"
        text = self._words(body.decode(errors="replace")) if body else ""
        wait = _seconds(error.headers.get("Retry-After"))
        if error.code == 429:
            return Failure(f"{name}: too many requests", f"{LATER} {self._service.more}".strip(), wait=wait)
        if error.code >= 500:
            return Failure(f"{name}: it has a fault of its own", LATER, wait=wait)
        if error.code == 400 and _SERVER_TIMEOUT.search(text):
            return Failure(f"{name}: it took too long itself", LATER, smaller=True, wait=wait)
        if error.code < 400:
            return Failure(f"{name}: it has moved", self._service.address, retryable=False)
        return Failure(f"{name}: {text or 'it refused the request'}", self._service.request, retryable=False)

    def _words(self, said: object) -> str:
        """Text from outside on one line, short, without markup and secrets."""
        text = self._secret.sub("[redacted]", str(said)) or type(said).__name__
        return " ".join(_MARKUP.sub(" ", text).split())[:300]


def _said(error: HTTPError) -> bytes:
    """The first of what an answer with another status than 200 says; nothing where that cannot be read."""
    with error:
        try:
            return error.read(2**16)
        except (OSError, HTTPException):
            return b""


def _spellings(secrets: tuple[str, ...]) -> list[str]:
    """Patterns of each secret as it is and as addresses and pages spell it."""
    forms = {form(secret) for secret in secrets if secret for form in (str, lambda s: quote(s, safe=""), html.escape)}
    return sorted(map(re.escape, forms), key=len, reverse=True)


def _seconds(retry_after: str | None) -> float:
    """The seconds that a Retry-After header names, as a number or as a date (RFC 9110, 10.2.3); 0 for none."""
    if retry_after is None:
        return 0.0
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
