"""A loopback server of NLM's folder of update files: a listing, ranges with validators, and faults on request.

In a test:

    with FilesServer({"pubmed26n0001.xml.gz": gzip.compress(b"...")}) as server:
        server.faults["pubmed26n0001.xml.gz"].append(Fault.short())  # the next request for it gets half
        UpdateFolder(server.url).fetch("pubmed26n0001.xml.gz", tmp_path)
        assert server.asked("pubmed26n0001.xml.gz") == 2
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from eutils_faults import Fault
from loopback import Loopback


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    name: str
    range: str | None
    sent: int  # bytes of the honest answer


def listing(names: list[str], prefix: str = "") -> bytes:
    """A page as NLM's server writes it."""
    links = "".join(f'<a href="{prefix}{name}">{name}</a>   2026-11-20 14:05   28M\n' for name in names)
    return f"<html><head><title>Index of /updates</title></head><body><pre>{links}</pre></body></html>\n".encode()


class FilesServer(Loopback):
    """Serves `files` below /updates/, and an .md5 for each that has none of its own. `ranges`: it can send parts."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(_Handler)
        self.files = dict(files)
        self.page: bytes | None = None
        self.ranges = True
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.requests: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/updates"

    def asked(self, name: str) -> int:
        """How often `name` was asked for; the listing has no name."""
        return sum(seen.name == name for seen in self.requests)

    def body(self, name: str) -> bytes | None:
        """What is served under `name`."""
        if not name:
            return (
                listing(sorted([*self.files, *(f"{held}.md5" for held in self.files)]))
                if self.page is None
                else self.page
            )
        if name not in self.files and name.endswith(".md5") and name[:-4] in self.files:
            return f"MD5({name[:-4]})= {hashlib.md5(self.files[name[:-4]]).hexdigest()}\n".encode()
        return self.files.get(name)


class _Handler(BaseHTTPRequestHandler):
    server: FilesServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.removeprefix("/updates/")
        body = self.server.body(name)
        if body is None:
            self.server.requests.append(Asked(name, None, 0))
            return self.reply(b"<p>Not found</p>", 404)
        self.tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.ranges else 0
        if self.headers.get("If-Range") not in (None, self.tag):
            start = 0
        self.extra = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        self.server.requests.append(Asked(name, asked, len(body) - start))
        faults = self.server.faults[name]
        if faults:
            return faults.popleft().act(self, body[start:])
        return self.reply(body[start:])

    def reply(self, body: bytes, status: int = 200, kind: str = "text/html", *, length: int | None = None) -> None:
        extra = getattr(self, "extra", {})
        self.send_response(206 if extra and status == 200 else status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if status == 200:
            self.send_header("ETag", self.tag)
            for header, value in extra.items():
                self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: `requests` is the log."""
