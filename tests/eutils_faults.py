"""What the loopback E-utilities server can do wrong: each fault is given the honest answer and sends something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import loopback


def set_of(records: Iterable[str]) -> str:
    """The answer of EFetch that holds `records`."""
    return f'<?xml version="1.0" ?>\n<PubmedArticleSet>\n{"".join(records)}\n</PubmedArticleSet>\n'


@dataclass(frozen=True)
class Fault:
    """`act` is called with the request's handler and the honest answer."""

    name: str
    act: Callable[[Any, bytes], None]

    @classmethod
    def body(cls, name: str, body: str | bytes, *, status: int = 200, kind: str = "text/xml") -> Fault:
        """Another body than the honest one."""
        content = body if isinstance(body, bytes) else body.encode()
        return cls(name, lambda handler, _: handler.reply(content, status, kind))

    @classmethod
    def status(cls, code: int, body: str = "", *, retry_after: int | str | None = None, location: str = "") -> Fault:
        """A status other than 200, with Retry-After or Location where given."""

        def act(handler: Any, _: bytes) -> None:
            handler.send_response(code)
            headers = {"Retry-After": retry_after, "Location": location or None, "Content-Length": len(body.encode())}
            for header, value in headers.items():
                if value is not None:
                    handler.send_header(header, str(value))
            handler.end_headers()
            handler.wfile.write(body.encode())
            handler.close_connection = True

        return cls(f"status {code}", act)

    @classmethod
    def viewer_timeout(cls) -> Fault:
        """A time-out of NCBI's own, which it calls a bad request."""
        return cls.status(400, "<ERROR>External viewer error: Timeout while reading from the record store</ERROR>")

    @classmethod
    def html(cls) -> Fault:
        """A page for people, with status 200."""
        page = "<!DOCTYPE html><html><body><h1>Down for maintenance</h1><br></body></html>"
        return cls.body("html", page, kind="text/html")

    @classmethod
    def json(cls) -> Fault:
        """JSON with status 200."""
        return cls.body("json", '{"error": "service busy"}', kind="application/json")

    @classmethod
    def error(cls, text: str = "Search Backend failed: read timed out") -> Fault:
        """Status 200 with an error inside, of ESearch and EFetch alike."""
        return cls.body("error", f'<?xml version="1.0" ?>\n<eSearchResult><ERROR>{text}</ERROR></eSearchResult>')

    @classmethod
    def empty(cls) -> Fault:
        """Nothing at all, with status 200."""
        return cls.body("empty", b"")

    @classmethod
    def empty_set(cls) -> Fault:
        """A valid set of no records."""
        return cls.body("empty set", set_of(()))

    @classmethod
    def truncated(cls) -> Fault:
        """Half of the answer, with a Content-Length to match."""
        return cls("truncated", lambda handler, honest: handler.reply(honest[: len(honest) // 2]))

    @classmethod
    def short(cls) -> Fault:
        """Half of the answer, with the Content-Length of the whole."""
        return cls("short", lambda handler, honest: handler.reply(honest[: len(honest) // 2], length=len(honest)))

    @classmethod
    def hang_up(cls) -> Fault:
        """The connection closed without an answer."""

        def act(handler: Any, _: bytes) -> None:
            handler.close_connection = True

        return cls("hang up", act)

    @classmethod
    def reset(cls) -> Fault:
        """The connection reset without an answer."""
        return cls("reset", lambda handler, _: loopback.reset(handler))

    @classmethod
    def dribble(cls, pause: float = 0.05, *, header: bool = False) -> Fault:
        """A byte of the body (or of the header) every `pause` seconds, without end."""
        return cls("dribble", lambda handler, _: loopback.dribble(handler, pause, header=header))

    @classmethod
    def silence(cls) -> Fault:
        """No byte, and the connection kept open."""

        def act(handler: Any, _: bytes) -> None:
            handler.close_connection = True
            handler.server.closing.wait()

        return cls("silence", act)
