"""The review page on this machine: a small server that only this machine and only the invited browser can talk to.

It binds to loopback. The address that is opened carries a token; it becomes a cookie that no other site's page is sent
with. Every request names this host (against DNS rebinding), and every request that writes comes from this page's own
origin, as JSON.
"""

from __future__ import annotations

import hmac
import secrets
import socket
import subprocess
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.config import Settings
from pipeline.errors import ConfigError, PipelineError
from pipeline.render import terminal
from pipeline.render.words import visible
from pipeline.review.desk import Changed, Desk, Opened
from pipeline.review.view import findings_of, view

if TYPE_CHECKING:
    import uvicorn

HOST, PORT = "127.0.0.1", 8765
LARGEST = 64 * 1024  # bytes of a request
_LEAVING = 2  # seconds that an answer under way has when the server ends
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class _Asked(BaseModel):
    """What a request of the page says."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Decide(_Asked):
    claim: str
    kind: Literal["approve", "reject", "comment"]
    seen: str
    reviewer: str
    note: str | None = None


class _Try(_Asked):
    claim: str
    text: str
    evidence: tuple[str, ...] | None = None


class _Edit(_Try):
    seen: str
    reviewer: str


class _Nothing(_Asked):
    pass


def application(desk: Desk, token: str, port: int, reviewer: str | None, today: Callable[[], date]) -> ASGIApp:
    """The page and its requests as an ASGI application that serves on `port`, behind the gate of `token`."""
    guard = threading.Lock()  # the desk is one person's; its steps follow each other

    def shown(opened: Opened) -> JSONResponse:
        return JSONResponse({**view(opened, desk.steps, reviewer), "stamp": desk.stamp})

    async def answered(request: Request, model: type[_Asked], work: Callable[[Any], Response]) -> Response:
        body = await _body(request)
        try:
            asked = model.model_validate_json(body)
        except ValidationError as error:
            return _refused(422, f"the request is not understood: {error.errors()[0]['msg']}", "reload the page")

        def locked() -> Response:
            with guard:
                return work(asked)

        try:
            return await run_in_threadpool(locked)
        except PipelineError as error:
            message = error.message.replace(f"{desk.root}/", "")
            return _refused(409 if isinstance(error, Changed) else 422, message, error.hint)

    async def page(request: Request) -> Response:
        def named() -> str:
            with guard:
                try:
                    return desk.open().held.profile.name
                except PipelineError:  # the page says what is wrong, and shows the profile once that is mended
                    return desk.name

        return HTMLResponse(_page(await run_in_threadpool(named)))

    async def failed(request: Request, error: Exception) -> Response:
        return _refused(500, "the review server has failed, and nothing was decided", "the terminal says where")

    async def profile(request: Request) -> Response:
        return await answered(request, _Nothing, lambda _: shown(desk.open()))

    async def stamp(request: Request) -> Response:
        return JSONResponse({"stamp": desk.stamp})

    async def decide(request: Request) -> Response:
        def work(asked: _Decide) -> Response:
            return shown(
                desk.decide(asked.claim, asked.kind, asked.reviewer, today(), note=asked.note, seen=asked.seen)
            )

        return await answered(request, _Decide, work)

    async def edit(request: Request) -> Response:
        def work(asked: _Edit) -> Response:
            return shown(desk.edit(asked.claim, asked.text, asked.evidence, asked.reviewer, today(), seen=asked.seen))

        return await answered(request, _Edit, work)

    async def tried(request: Request) -> Response:
        def work(asked: _Try) -> Response:
            found = desk.tried(asked.claim, asked.text, asked.evidence)
            return JSONResponse({"findings": findings_of(found, desk.open(), asked.evidence)})

        return await answered(request, _Try, work)

    async def undo(request: Request) -> Response:
        return await answered(request, _Nothing, lambda _: shown(desk.undo()))

    routes = [
        Route("/", page),
        Route("/api/profile", profile),
        Route("/api/stamp", stamp),
        Route("/api/decide", decide, methods=["POST"]),
        Route("/api/edit", edit, methods=["POST"]),
        Route("/api/try", tried, methods=["POST"]),
        Route("/api/undo", undo, methods=["POST"]),
        Mount("/static", StaticFiles(packages=[("pipeline.review", "static")])),
    ]
    return Gate(Starlette(routes=routes, exception_handlers={Exception: failed}), token, port)


class Gate:
    """Lets in who came with the token, names this host, and writes from this page; sets the headers of every answer."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._cookie = f"monograph-{port}"  # cookies are not kept apart by port
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() != b"cache-control"]
                message["headers"] = kept + [(k.encode(), v.encode()) for k, v in HEADERS.items()]
            await send(message)

        answer = self._stopped(Request(scope)) or self._app
        await answer(scope, receive, with_headers)

    def _stopped(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return _refused(400, f"'{host[:80]}' is not this page's address", "open the address that was printed")
        given = request.query_params.get("token")
        if request.url.path == "/" and given is not None and self._is_token(given):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return answer
        if not self._is_token(request.cookies.get(self._cookie, "")):
            return _refused(403, "this page is for the one who opened it", "open the address that was printed")
        if request.method not in ("GET", "HEAD"):
            if request.headers.get("origin") != f"http://{host}":
                return _refused(403, "this request does not come from the review page", "use the page itself")
            if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
                return _refused(415, "only JSON is taken", "use the page itself")
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())


def _refused(status: int, error: str, hint: str) -> JSONResponse:
    return JSONResponse({"error": terminal.plain(error), "hint": terminal.plain(hint)}, status)


async def _body(request: Request) -> bytes:
    """The body of a request, `{}` for one that only reads; more than LARGEST is cut, and then is no JSON."""
    if request.method in ("GET", "HEAD"):
        return b"{}"
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            break
    return body[:LARGEST]


def _page(name: str) -> str:
    environment = Environment(
        loader=PackageLoader("pipeline.review"), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )
    return environment.get_template("review.html.j2").render(name=visible(name))


def user_of_git() -> str | None:
    """The name that git knows its user by, None where it knows none."""
    try:
        done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=5, check=False)  # noqa: S607
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def serve(
    name: str, settings: Settings, *, reviewer: str | None, port: int | None, browser: bool, say: Callable[[str], None]
) -> None:
    """Serve the review page of a profile until Ctrl-C. Raises ProfileError where there is none, ConfigError for a port
    that is taken."""
    desk = Desk(name, settings)
    desk.open()
    taken = bound(PORT, or_any=True) if port is None else bound(port)
    port = taken.getsockname()[1]
    token = secrets.token_urlsafe(24)
    address = f"http://{HOST}:{port}/?token={token}"
    app = application(desk, token, port, reviewer, terminal.today)
    say(f"review page: {address}\nonly this machine can reach it; decisions go to review.yaml; Ctrl-C ends it")
    if browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    with taken, suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
        server_of(app).run(sockets=[taken])
    say("the review page has ended; what was decided is in review.yaml")


def server_of(app: ASGIApp) -> uvicorn.Server:
    """The server of the page: it speaks HTTP only, keeps no log of requests, and does not wait long when it ends."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_LEAVING,
        )
    )


def bound(port: int, *, or_any: bool = False) -> socket.socket:
    """A socket of loopback on `port`, 0 for any that is free. Raises ConfigError where it is taken."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((HOST, port))
        taken.listen()  # whoever is told the address may ask at once
    except OSError as error:
        taken.close()
        if or_any:
            return bound(0)
        raise ConfigError(
            f"port {port} is taken: {error.strerror or error}", "give another one: --port 0 takes any that is free"
        ) from error
    return taken
