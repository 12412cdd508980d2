"""A real browser for pages that this project makes, kept on loopback: what it logged, what it asked for, and axe.

`opened` is a fixture: `page = opened(url, ...)` gives a page whose faults end the test that opened it. Import it, and
`browsing`, by name into a test module: `from browser import browsing, opened`. Requests that do not go to loopback are
refused and fail the test.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Seen:
    """What happened in the pages of a test: errors of the console and of scripts, and every address asked for."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []

    @property
    def outside(self) -> list[str]:
        """The addresses that are not on this machine."""
        inside = ("data", "blob", "about")
        split = [(url, urlsplit(url)) for url in self.requests]
        return [url for url, parts in split if parts.scheme not in inside and parts.hostname not in LOOPBACK]


@pytest.fixture(scope="module")
def browsing() -> Iterator[Any]:
    """One Chromium for a test module; the module is skipped with a reason where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def opened(browsing: Any) -> Iterator[Callable[..., Any]]:
    """A function that opens an address in a context of its own; `options` are those of a Playwright context.

    The page carries what was seen as `page.seen`. At the end of the test no page may have logged an error, and none may
    have asked for anything outside.
    """
    contexts: list[Any] = []
    seen = Seen()

    def open_page(url: str, **options: Any) -> Any:
        context = browsing.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)

        def route(route: Any) -> None:
            inside = urlsplit(route.request.url).hostname in LOOPBACK
            route.continue_() if inside else route.abort()

        context.route("**/*", route)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
        page.seen = seen
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert seen.outside == []
    assert seen.errors == []


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """No favicon is no fault of a page."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().send_error(code, message, explain)


class Files:
    """A directory served on loopback, for as long as the block lasts: `with Files(place) as url`."""

    def __init__(self, directory: Path) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(directory)))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def violations(page: Any) -> list[str]:
    """What axe finds against a page as it stands: the rule, and the first elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found]


def overflow(page: Any) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))
