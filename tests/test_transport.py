"""How requests fail, wait and end: every fault in words, none with a secret, none for ever."""

from __future__ import annotations

import http.client
import inspect
import io
import logging
import socket
import ssl
import threading
import time
import traceback
import urllib.error
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from email.utils import format_datetime
from urllib.request import Request
from xml.etree.ElementTree import ParseError

import pytest
from eutils_faults import Fault
from eutils_server import EutilsServer, article_xml

from pipeline.errors import FormatError, SourceError
from pipeline.patience import Patience
from pipeline.sources import transport
from pipeline.sources.deadline import BodyTooLarge
from pipeline.sources.entrez import PubMed

TODAY = date(2026, 11, 20)
EMAIL, KEY = "pat.doe+ncbi@example.org", "0123456789abcdef"
SPELLINGS = (EMAIL, "pat.doe%2Bncbi%40example.org", KEY, KEY.upper())


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer([article_xml("90000001", "An invented trial")]) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    return []


def search(
    where: str,
    waits: list[float],
    *,
    api_key: str | None = KEY,
    deadline: float = 5.0,
    rate: float | None = 1000,
    total: float = 600.0,
    first_wait: float = 1.0,
) -> int:
    """Search once, noting the waits between attempts instead of waiting. Returns the hits."""
    patience = Patience(first_wait=first_wait, total=total, sleep=waits.append)
    pubmed = PubMed(EMAIL, api_key, where, deadline=deadline, patience=patience, rate=rate)
    return pubmed.search("trial", today=TODAY).found


@pytest.mark.parametrize("code", [301, 302, 307, 400, 401, 403, 404, 414])
def test_a_refusal_is_not_asked_again(server: EutilsServer, waits: list[float], code: int) -> None:
    server.faults.append(Fault.status(code, "<p>No such thing</p>", location=f"{server.url}/esearch.fcgi"))
    with pytest.raises(SourceError, match=str(code)) as caught:
        search(server.url, waits)
    assert not caught.value.retryable
    assert (len(server.requests), waits) == (1, [])


def test_waits_grow_and_end(server: EutilsServer, waits: list[float]) -> None:
    server.faults.extend([Fault.status(500)] * 9)
    with pytest.raises(SourceError, match="500"):
        search(server.url, waits)
    assert len(server.requests) == 5
    assert all(low <= wait <= low + 1 for low, wait in zip((1, 2, 4, 8), waits, strict=True))


def test_attempts_end_with_the_time_for_all_of_them(server: EutilsServer, waits: list[float]) -> None:
    server.faults.extend([Fault.status(500)] * 9)
    with pytest.raises(SourceError, match="500"):
        search(server.url, waits, first_wait=10.0, total=9.0)
    assert (len(server.requests), waits) == (1, [])


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 1, 2),
        ("86400", 60, 60),
        ("soon", 1, 2),
        ("in 40 seconds", 35, 40),
        ("Fri, 20 Nov 2020 10:00:00 GMT", 1, 2),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_the_server_may_ask_for_a_pause(
    server: EutilsServer, waits: list[float], code: int, asked: str, least: float, most: float
) -> None:
    if asked == "in 40 seconds":
        asked = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.faults.append(Fault.status(code, retry_after=asked))
    assert search(server.url, waits) == 1
    assert len(waits) == 1
    assert least <= waits[0] <= most


@pytest.mark.parametrize(
    "fault", [Fault.dribble(0.02), Fault.dribble(0), Fault.dribble(0.02, header=True), Fault.silence()]
)
def test_a_request_ends_on_time(server: EutilsServer, waits: list[float], fault: Fault) -> None:
    server.faults.extend([fault] * 2)
    start = time.monotonic()
    with pytest.raises(SourceError, match="in time") as caught:
        search(server.url, waits, deadline=0.3, first_wait=10.0, total=9.0)
    assert time.monotonic() - start < 5
    assert caught.value.retryable
    assert len(server.requests) == 1


@pytest.mark.parametrize(("fault", "said"), [(Fault.short(), "broke off"), (Fault.truncated(), "cannot be read")])
def test_half_an_answer_is_none(server: EutilsServer, waits: list[float], fault: Fault, said: str) -> None:
    server.faults.extend([fault] * 5)
    with pytest.raises(SourceError, match=said) as caught:
        search(server.url, waits)
    assert caught.value.retryable


def _closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_closed_port_is_unreachable(waits: list[float]) -> None:
    with pytest.raises(SourceError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        search(f"http://127.0.0.1:{_closed_port()}", waits)
    assert caught.value.retryable
    assert len(waits) == 4


def test_an_unknown_host_is_unreachable(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(SourceError, match="host name was not found") as caught:
        search("http://eutils.invalid", waits)
    assert caught.value.retryable


def test_a_server_without_encryption_is_no_secure_one(server: EutilsServer, waits: list[float]) -> None:
    with pytest.raises(SourceError, match="cannot be reached"):
        search(server.url.replace("http:", "https:"), waits)


def test_a_host_that_cannot_be_is_not_asked_again(waits: list[float]) -> None:
    with pytest.raises(SourceError, match="no valid address") as caught:
        search("http://a..b/", waits)
    assert (caught.value.retryable, waits) == (False, [])


def _examples() -> Iterator[Exception]:
    """One of every exception that urllib, http.client, ssl and socket define, and of what reading a body raises."""
    for module in (http.client, ssl, socket):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, OSError | http.client.HTTPException) and kind is not OSError:
                yield kind(b"part") if kind is http.client.IncompleteRead else kind("what it says")
    yield urllib.error.URLError("no host given")
    yield from (urllib.error.URLError(reason) for reason in (TimeoutError(), ssl.SSLError(1, "x"), OSError(113, "x")))
    yield from (urllib.error.HTTPError("http://x", code, "x", Message(), io.BytesIO(b"x")) for code in (302, 400, 404))
    yield from (ConnectionResetError(104, "x"), ConnectionRefusedError(111, "x"), BrokenPipeError(32, "x"))
    yield from (ParseError("x"), FormatError("x", "y"), SourceError("x", "y"), BodyTooLarge(), UnicodeError("x"))
    yield urllib.error.ContentTooShortError("x", (b"x", Message()))  # type: ignore[arg-type]


@pytest.mark.parametrize("raised", list(_examples()), ids=lambda error: type(error).__name__)
def test_every_exception_becomes_an_error_for_people(
    raised: Exception, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_body(*_: object, **limits: float) -> bytes:
        raise raised

    monkeypatch.setattr(transport, "read_body", read_body)
    with pytest.raises(SourceError) as caught:
        search("http://127.0.0.1", waits)
    assert caught.value.message
    assert caught.value.hint
    assert caught.value.__cause__ is raised
    assert len(waits) == (4 if caught.value.retryable else 0)


def test_a_certificate_that_fails_is_no_passing_trouble(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    def read_body(*_: object, **limits: float) -> bytes:
        raise urllib.error.URLError(ssl.SSLCertVerificationError(1, "certificate has expired"))

    monkeypatch.setattr(transport, "read_body", read_body)
    with pytest.raises(SourceError, match=r"cannot be trusted: .*expired") as caught:
        search("https://127.0.0.1", waits)
    assert (caught.value.retryable, waits) == (False, [])


ECHO = f'{{"error":"API key invalid","api-key":"{KEY}","mail":"{EMAIL}","address":"/?email={SPELLINGS[1]}"}}'


def _bad_reason() -> Fault:
    """A status line that repeats the key, which http.client takes into its exception."""

    def act(handler: object, _: bytes) -> None:
        handler.wfile.write(f"HTTP/1.1 500 {KEY}\r\n\r\n".encode())  # type: ignore[attr-defined]
        handler.close_connection = True  # type: ignore[attr-defined]

    return Fault("status line", act)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Fault.status(400, ECHO),
        lambda: Fault.status(429, ECHO),
        lambda: Fault.status(500, ECHO),
        lambda: Fault.error(f"Invalid api_key {KEY} of {EMAIL}"),
        lambda: Fault.error(f"busy with {KEY.upper()}"),
        lambda: Fault.body("html", f"<html>{ECHO}</html>"),
        lambda: Fault.body("json", ECHO),
        _bad_reason,
    ],
)
def test_no_error_shows_a_secret(
    server: EutilsServer, waits: list[float], caplog: pytest.LogCaptureFixture, make: Callable[[], Fault]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.faults.extend([make()] * 5)
    with pytest.raises(SourceError) as caught:
        search(server.url, waits)
    shown = "".join(traceback.format_exception(caught.value)) + caught.value.hint + caplog.text
    assert "PubMed" in shown
    assert [secret for secret in SPELLINGS if secret in shown] == []


def test_no_error_of_a_record_shows_a_secret(server: EutilsServer) -> None:
    server.faults.extend([Fault.error(f"busy with {KEY}")] * 5)
    pubmed = PubMed(EMAIL, KEY, server.url, patience=Patience(sleep=lambda _: None), rate=1000)
    with pytest.raises(SourceError, match=r"PMID 90000001 .*busy with \[redacted\]") as caught:
        list(pubmed.fetch(["90000001"]))
    shown = "".join(traceback.format_exception(caught.value))
    assert [secret for secret in SPELLINGS if secret in shown] == []


def test_an_address_in_an_exception_shows_no_secret(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    def read_body(_: object, request: Request, **limits: float) -> bytes:
        raise http.client.InvalidURL(f"URL can't contain control characters. {request.full_url!r}")

    monkeypatch.setattr(transport, "read_body", read_body)
    with pytest.raises(SourceError, match="redacted") as caught:
        search("http://127.0.0.1", waits)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert [secret for secret in SPELLINGS if secret in shown] == []


def test_threads_and_objects_share_one_pace(server: EutilsServer, waits: list[float]) -> None:
    threads = [
        threading.Thread(target=lambda: [search(server.url, waits, rate=100) for _ in range(4)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(seen.time for seen in server.requests)
    assert len(times) == 32
    assert 31 / 100 - 0.05 <= times[-1] - times[0] < 5


def test_attempts_are_paced_too(server: EutilsServer, waits: list[float]) -> None:
    server.faults.extend([Fault.status(500)] * 4)
    search(server.url, waits, rate=20)
    times = [seen.time for seen in server.requests]
    assert len(times) == 5
    assert times[-1] - times[0] >= 4 / 20 - 0.03


@pytest.mark.parametrize(("api_key", "a_second"), [(KEY, 8.0), (None, 2.5)])
def test_ncbi_is_asked_no_more_than_it_allows(
    server: EutilsServer, waits: list[float], api_key: str | None, a_second: float
) -> None:
    for _ in range(3):
        search(server.url, waits, api_key=api_key, rate=None)
    times = [seen.time for seen in server.requests]
    assert 2 / a_second - 0.05 <= times[-1] - times[0] < 5
