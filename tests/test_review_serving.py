"""The review server over real HTTP on loopback: who is let in, what is taken, and what an answer never tells."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from commands import refused, run
from review_page import WHO, Served, claims_of, drafted, project, reviewed

from pipeline import checks
from pipeline.review.serving import HEADERS, LARGEST

__all__ = ["drafted", "project", "reviewed"]

WRITING = ("/api/decide", "/api/edit", "/api/try", "/api/undo")


class Answer(NamedTuple):
    """An answer of the server."""

    status: int
    headers: http.client.HTTPMessage
    body: str

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


def ask(served: Served, method: str, path: str, body: Any = None, **headers: str | None) -> Answer:
    """One request as the page makes it, but for the headers named; None leaves one out."""
    sent = {
        "Host": f"127.0.0.1:{served.port}",
        "Cookie": f"monograph-{served.port}={served.token}",
        "Origin": served.base if method not in ("GET", "HEAD") else None,
        "Content-Type": "application/json" if body is not None else None,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in sent.items():
        if value is not None:
            connection.putheader(name, value)
    if data is not None:
        connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    answer = connection.getresponse()
    found = Answer(answer.status, answer.headers, answer.read().decode())
    connection.close()
    for name, value in HEADERS.items():  # on every answer, whatever it is
        assert answer.headers.get_all(name) == [value], (path, name)
    assert "Traceback" not in found.body
    assert str(served.root) not in found.body
    assert answer.headers.get("Access-Control-Allow-Origin") is None
    return found


def wanted(served: Served, **changes: Any) -> dict[str, Any]:
    """What the page sends to approve the first claim that waits."""
    first = served.queue[0]
    return {"claim": first.item.id, "kind": "approve", "seen": first.seen, "reviewer": WHO, "note": None, **changes}


def test_the_token_becomes_a_cookie(reviewed: Served) -> None:
    answer = ask(reviewed, "GET", f"/?token={reviewed.token}", Cookie=None)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    name, *flags = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    assert name == f"monograph-{reviewed.port}={reviewed.token}"
    assert {flag.lower() for flag in flags} == {"httponly", "samesite=strict", "path=/"}
    page = ask(reviewed, "GET", "/")
    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert reviewed.token not in page.body
    assert "<script>" not in page.body
    assert ask(reviewed, "GET", "/api/profile").said["slug"] == "examplol"


@pytest.mark.parametrize("cookie", [None, "wrong", "\u00e9"])
def test_without_the_token_there_is_nothing(reviewed: Served, cookie: str | None) -> None:
    given = cookie if cookie is None else f"monograph-{reviewed.port}={cookie}".encode().decode("latin-1")
    for path in ("/", "/api/profile", "/api/stamp", "/static/review.js", "/nowhere", *WRITING):
        method = "POST" if path in WRITING else "GET"
        answer = ask(reviewed, method, path, {} if path in WRITING else None, Cookie=given)
        assert answer.status == 403
        assert answer.said.keys() == {"error", "hint"}
        assert ask(reviewed, "GET", f"{path}?token=wrong", Cookie=given).status == 403
        if path != "/":  # the token opens the page and nothing else
            assert ask(reviewed, "GET", f"{path}?token={reviewed.token}", Cookie=None).status == 403


def test_another_name_for_this_machine_is_refused(reviewed: Served) -> None:
    port = reviewed.port
    names = (
        "evil.example",
        f"evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "",
        f"[::1]:{port}",
        f"localhost.:{port}",
    )
    for host in names:
        assert ask(reviewed, "GET", "/", Host=host).status == 400
        given = {"Host": host, "Origin": f"http://{host}"}
        assert ask(reviewed, "POST", "/api/decide", wanted(reviewed), **given).status == 400
        assert ask(reviewed, "GET", f"/?token={reviewed.token}", Host=host).headers["Set-Cookie"] is None
    assert reviewed.decisions == ()
    here = f"localhost:{port}"
    assert ask(reviewed, "POST", "/api/decide", wanted(reviewed), Host=here, Origin=f"http://{here}").status == 200


def test_another_site_writes_nothing(reviewed: Served) -> None:
    for origin in (None, "null", "", "http://evil.example", f"https://127.0.0.1:{reviewed.port}", "http://127.0.0.1:1"):
        for path in WRITING:
            assert ask(reviewed, "POST", path, wanted(reviewed), Origin=origin).status == 403
    assert reviewed.decisions == ()


def test_only_json_is_taken(reviewed: Served) -> None:
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"):
        assert ask(reviewed, "POST", "/api/decide", wanted(reviewed), Content_Type=kind).status == 415
        assert ask(reviewed, "POST", "/api/undo", b"", Content_Type=kind).status == 415
    assert reviewed.decisions == ()


def test_what_is_not_understood_is_refused(reviewed: Served) -> None:
    bodies: list[Any] = [
        b"", b"{", b"[]", b"null", b"\xff", b'"decide"', {}, wanted(reviewed, more=1), wanted(reviewed, kind="edit"),
        wanted(reviewed, kind=None), wanted(reviewed, claim=7), wanted(reviewed, note=["a"]),
        wanted(reviewed, seen=None), wanted(reviewed, note="x" * LARGEST), wanted(reviewed, note="x" * 4001),
        wanted(reviewed, reviewer=""),
        wanted(reviewed, reviewer="x" * 81), wanted(reviewed, reviewer="GPT"), b"[" * 50_000,
    ]  # fmt: skip
    for body in bodies:
        answer = ask(reviewed, "POST", "/api/decide", body)
        assert answer.status == 422, (body, answer)
        assert answer.said["error"]
        assert len(answer.body) < 1000
    for seen, claim in (("sha256:1", reviewed.queue[0].item.id), (reviewed.queue[0].seen, "no/such-claim")):
        assert ask(reviewed, "POST", "/api/decide", wanted(reviewed, seen=seen, claim=claim)).status == 409
    assert reviewed.decisions == ()
    assert ask(reviewed, "POST", "/api/decide", wanted(reviewed, note="\u202e<b>")).status == 200
    assert len(reviewed.decisions) == 1


def test_a_body_without_end_is_cut(reviewed: Served) -> None:
    with socket.create_connection(("127.0.0.1", reviewed.port), timeout=30) as connection:
        lines = [
            "POST /api/decide HTTP/1.1", f"Host: 127.0.0.1:{reviewed.port}", f"Origin: {reviewed.base}",
            f"Cookie: monograph-{reviewed.port}={reviewed.token}", "Content-Type: application/json",
            "Content-Length: 1000000000", "", "",
        ]  # fmt: skip
        connection.sendall("\r\n".join(lines).encode() + b" " * (LARGEST + 1))
        assert connection.recv(4096).startswith(b"HTTP/1.1 422")


def test_nothing_else_is_served(reviewed: Served) -> None:
    up = (
        "..",
        "%2e%2e",
        "..%2f..",
        "..\\..",
        "%00",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "../../../../../../etc/passwd",
        "",
    )
    paths = [f"/static/{path}" for path in (*up, *(f"{path}/serving.py" for path in up))]
    for path in (*paths, "/static", "/../profiles/examplol/profile.yaml", "/api", "/docs", "/openapi.json", "/nowhere"):
        answer = ask(reviewed, "GET", path)
        assert answer.status in (307, 404), path
        assert "import" not in answer.body
        assert "root:" not in answer.body


def test_methods(reviewed: Served) -> None:
    for path in ("/", "/api/profile", "/api/stamp", "/static/review.css", *WRITING):
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "POST", "TRACE"):
            answer = ask(reviewed, method, path, {} if method not in ("GET", "HEAD") else None)
            reads = path not in WRITING and method in ("GET", "HEAD")
            writes = path in WRITING and method == "POST"
            assert answer.status == (200 if reads else 422 if writes else 405), (method, path)
    assert reviewed.decisions == ()


def test_a_fault_of_the_program_tells_nothing(reviewed: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"broken in {reviewed.root}")

    for name in ("open", "decide", "undo", "tried", "edit"):
        monkeypatch.setattr(reviewed.desk, name, broken)
    asked = {"claim": "a", "text": "b", "evidence": None}
    bodies = {
        "/api/decide": {"claim": "a", "kind": "approve", "seen": "s", "reviewer": WHO, "note": None},
        "/api/try": asked,
        "/api/edit": {**asked, "seen": "s", "reviewer": WHO},
        "/api/undo": {},
    }
    answers = [ask(reviewed, "GET", path) for path in ("/", "/api/profile")]
    answers += [ask(reviewed, "POST", path, body) for path, body in bodies.items()]
    assert {answer.status for answer in answers} == {500}
    assert {answer.said["error"] for answer in answers} == {"the review server has failed, and nothing was decided"}


def test_another_protocol_is_not_spoken(reviewed: Served) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert ask(reviewed, "GET", "/api/stamp", Cookie=None, Origin="http://evil.example", **upgrade, **key).status == 403


def test_a_decision_reads_nothing_but_decisions_again(reviewed: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = reviewed.desk
    ask(reviewed, "GET", "/api/profile")
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.review.desk.held", None)
        patch.setattr("pipeline.checks.undecided", None)
        assert ask(reviewed, "POST", "/api/decide", wanted(reviewed)).status == 200
        assert ask(reviewed, "POST", "/api/undo", {}).status == 200
        assert ask(reviewed, "POST", "/api/decide", wanted(reviewed, kind="reject")).status == 200
    assert desk.open().report == checks.check(desk.open().held.review)
    claim = reviewed.profile.claims[0].id
    reviewed.change("profile.yaml", lambda data: claims_of(data)[claim].update(text="Examplol cured 97% of 8 people."))
    assert any(finding.claim == claim for finding in desk.open().report.findings)
    reviewed.change("compound.yaml", lambda data: data.update(publish=True))
    assert any(finding.code == "REV001" for finding in desk.open().report.findings)
    assert desk.open().report == checks.check(desk.open().held.review)


def test_only_loopback_is_bound(reviewed: Served) -> None:
    bound = f"{reviewed.port:04X}"
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("/proc/net/tcp is not there")
    rows = [line.split()[1:4] for line in table.read_text().splitlines()[1:]]
    listening = [address for address, _, state in rows if state == "0A" and address.endswith(f":{bound}")]
    assert listening == [f"0100007F:{bound}"]
    six = Path("/proc/net/tcp6")
    assert not six.exists() or f":{bound} " not in six.read_text()


# --- the command ------------------------------------------------------------------------------------------------------


def started(project: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1]), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "pipeline.cli", "review", "examplol", "--no-browser", *words]
    return subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_command_serves_until_it_is_ended(project: Path) -> None:
    with started(project, "--port", "0", "--reviewer", WHO) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S{20,}", process.stdout.readline())
            assert found
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with opener.open(found.group(), timeout=30) as answer:
                assert "Review of examplol" in answer.read().decode()
            with opener.open(found.group().partition("?")[0] + "api/profile", timeout=30) as answer:
                assert json.load(answer)["reviewer"] == WHO
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, "")
    assert "has ended" in out


def test_what_the_command_cannot_do_is_two_lines(project: Path) -> None:
    assert "no profile of 'nosuchthing'" in refused(run("review", "nosuchthing", "--no-browser"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(run("review", "examplol", "--no-browser", "--port", str(port)))
    assert f"port {port} is taken" in said
    assert "--port" in said
