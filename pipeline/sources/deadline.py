"""HTTP requests that end on time: a socket timeout counts each receive, this counts the whole request.

A server that sends a byte now and then never runs into a socket timeout. Here every receive, of the header as of the
body, is given at most what is left of the time. Only the look-up of a host's name is outside the count: the operating
system bounds that.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, IncompleteRead
from time import monotonic
from typing import Any
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

PIECE = 2**16  # bytes
SILENCE = 60.0  # seconds without a byte after which a connection counts as dead, however much time is left


class BodyTooLarge(Exception):
    """The answer is larger than the caller takes."""


class _TimedStream(io.RawIOBase):
    """The receiving side of a socket, readable until `end` on the monotonic clock."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self.end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        left = self.end - monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        self._sock.settimeout(min(left, SILENCE))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, end: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self._timed = _TimedStream(sock, end)
        self.fp = io.BufferedReader(self._timed)

    def prolong(self, seconds: float) -> None:
        """Give what is still to come `seconds` from now."""
        self._timed.end = monotonic() + seconds


class _TimedConnection(HTTPConnection):
    """`timeout` is the time for everything from now on, not for each receive."""

    def __init__(self, host: str, /, *, timeout: float = SILENCE, **kwargs: Any) -> None:
        super().__init__(host, timeout=min(timeout, SILENCE), **kwargs)
        self.response_class = partial(_TimedResponse, end=monotonic() + timeout)  # type: ignore[assignment]


class _TimedSecureConnection(_TimedConnection, HTTPSConnection):
    pass


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TimedConnection, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TimedSecureConnection, req)


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: urllib drops the body of a POST on the way, and would hand an API key to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


def timed_opener() -> OpenerDirector:
    """An opener whose `timeout` bounds each request as a whole. It follows no redirects (they are HTTPErrors)."""
    return build_opener(_Http, _Https, _Stay)


def read_body(opener: OpenerDirector, request: Request, *, seconds: float, most_bytes: int) -> bytes:
    """The whole body of the answer to `request`.

    Raises BodyTooLarge above `most_bytes`, IncompleteRead for less than the announced length, TimeoutError after
    `seconds`, and whatever urllib and http.client raise.
    """
    with opener.open(request, timeout=seconds) as response:
        body: bytes = response.read(most_bytes + 1)
        if len(body) > most_bytes:
            raise BodyTooLarge
        if response.length:  # what was announced and did not come: read(n) passes that over in silence
            raise IncompleteRead(body, response.length)
        return body


def pieces(response: HTTPResponse, *, seconds: float) -> Iterator[bytes]:
    """The body of an answer that a timed opener gave, in pieces of up to `PIECE` bytes, each of which has `seconds`.

    So a large body may take its time, and neither silence nor a byte now and then holds the request for ever.

    Raises IncompleteRead for less than the announced length, TimeoutError, and whatever http.client raises.
    """
    while True:
        if isinstance(response, _TimedResponse):
            response.prolong(seconds)
        piece = response.read(PIECE)
        if not piece:
            break
        yield piece
    if response.length:
        raise IncompleteRead(b"", response.length)
