"""What our loopback servers share: how they start and stop, and how a connection goes wrong."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Loopback(ThreadingHTTPServer):
    """A server on 127.0.0.1, running inside its `with` block; `closing` is set when that block is left."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.closing = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


class Answering(BaseHTTPRequestHandler):
    """A handler of whole answers; `kind` is their Content-Type."""

    protocol_version = "HTTP/1.1"
    kind = "text/plain"

    def reply(self, body: bytes, status: int = 200, kind: str | None = None, *, length: int | None = None) -> None:
        """Send an answer; `length` is what Content-Length says where that is not the truth."""
        self.send_response(status)
        self.send_header("Content-Type", kind or self.kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: `requests` is the log."""


def reset(handler: Any) -> None:
    """Reset the connection without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.rfile.close()
    handler.connection.close()
    handler.close_connection = True


def dribble(handler: Any, pause: float, *, header: bool) -> None:
    """Send a byte of the body (or of the header) every `pause` seconds, without end."""
    handler.close_connection = True
    start = b"HTTP/1.1 200 OK\r\nX-Slow: " if header else b"HTTP/1.1 200 OK\r\n\r\n"
    with suppress(OSError):  # the client goes, as it should
        handler.wfile.write(start)
        while not handler.server.closing.wait(pause):
            handler.wfile.write(b"x")
