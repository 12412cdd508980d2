"""Connections that end on time and take no more than they should: imported with the vendor's package, by `client`.

A timeout of httpx counts each receive, so that a server that sends a byte now and then holds a request for ever. Here
what is handed down as a timeout is the moment at which the request ends, for every receive of the header as of the
body. Only the look-up of a host's name is outside the count: the operating system bounds that.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from pipeline.errors import ConfigError

MOST_BYTES = 4 * 2**20
_OWN_HOSTS = ("localhost", "127.0.0.1", "::1")  # no proxy reaches the servers of this machine


class BodyTooLarge(httpx2.RequestError):
    """The answer is larger than the caller takes."""


def _left(end: float | None, kind: type[Exception]) -> float:
    left = (monotonic() if end is None else end) - monotonic()
    if left <= 0:
        raise kind("the answer did not end in time")
    return left


class _Stream(httpcore2.NetworkStream):
    """A connection whose timeouts are moments on the monotonic clock."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Network(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._network.connect_tcp(host, port, left, local_address, socket_options))


class _Body(httpx2.SyncByteStream):
    """A body of at most `most` bytes."""

    def __init__(self, response: httpcore2.Response, most: int) -> None:
        self._response = response
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        taken = 0
        with _translated():
            for part in self._response.iter_stream():
                taken += len(part)
                if taken > self._most:
                    raise BodyTooLarge(f"more than {self._most / 2**20:g} MB")
                yield part

    def close(self) -> None:
        self._response.close()


class TimedTransport(httpx2.BaseTransport):
    """Sends requests to the host of `url`, through the proxy that the environment names for it, if any.

    The `read` timeout of a request is the time for all of it; an answer has at most `most_bytes`.
    """

    def __init__(self, url: str, connections: int, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        address = httpx2.URL(url)
        options: dict[str, Any] = {
            "ssl_context": httpx2.create_ssl_context() if address.scheme == "https" else None,
            "max_connections": connections,
            "keepalive_expiry": 5.0,
            "network_backend": _Network(),
        }
        direct = address.host in _OWN_HOSTS or proxy_bypass(address.host)
        proxy = None if direct else getproxies().get(address.scheme)
        self._pool = _proxied(httpx2.URL(proxy), options) if proxy else httpcore2.ConnectionPool(**options)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        seconds = request.extensions["timeout"]["read"]
        end = monotonic() + seconds
        with _translated():
            answer = self._pool.handle_request(
                httpcore2.Request(
                    request.method,
                    httpcore2.URL(str(request.url)),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions={"timeout": {"pool": seconds, "connect": end, "write": end, "read": end}},
                )
            )
        response = httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer, self._most_bytes))
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            raise httpx2.DecodingError("the answer is compressed, which nobody asked for")
        return response

    def close(self) -> None:
        self._pool.close()


def _proxied(proxy: httpx2.URL, options: dict[str, Any]) -> httpcore2.HTTPProxy:
    if proxy.scheme not in ("http", "https"):
        raise ConfigError(
            f"the proxy that the environment names is of an unknown kind: {proxy.scheme}",
            "Name an HTTP proxy in HTTPS_PROXY, or none.",
        )
    login = (proxy.username, proxy.password) if proxy.username else None
    return httpcore2.HTTPProxy(str(proxy.copy_with(userinfo=b"")), login, **options)


@contextmanager
def _translated() -> Iterator[None]:
    """Faults of the connection as those of httpx, which the vendor's package knows."""
    try:
        yield
    except httpcore2.ConnectTimeout as error:
        raise httpx2.ConnectTimeout(str(error)) from error
    except httpcore2.TimeoutException as error:
        raise httpx2.ReadTimeout(str(error)) from error
    except httpcore2.RemoteProtocolError as error:
        raise httpx2.RemoteProtocolError(str(error)) from error
    except (httpcore2.ConnectError, httpcore2.ProxyError) as error:
        raise httpx2.ConnectError(str(error)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        raise httpx2.ReadError(str(error)) from error
    except (httpcore2.UnsupportedProtocol, UnicodeError) as error:
        raise httpx2.UnsupportedProtocol(str(error)) from error
