"""A loopback server of batches, as OpenAI serves them: real HTTP, statuses that advance, with faults on request.

In a test:

    with BatchServer(lambda body: {"mg": 5}) as server:
        server.step_faults["create"].append(Fault.status(500))  # the next attempt to make a batch gets it
        server.step_faults["made"].append(Fault.hang_up())      # a batch is made, and its maker never hears of it
        server.ending = "expired"                          # of every batch made from now on: half of it is answered
        ...
        assert set(server.charged.values()) == {1}         # each request was answered, and paid for, once

`respond` is called with the body of each request and returns what `ModelServer` takes, or a `Bad` line. The steps of
`step_faults` are upload, create, made, list, look and content; `steps` logs them. A batch shows each status of `before`
once and then ends. `mangle` changes the lines of a file of answers.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, urlsplit

from model_server import Completion, Fault, ModelServer, _Handler, completion


@dataclass(frozen=True)
class Bad:
    """A request that was not answered: refused with `status`, or not carried out at all where there is none."""

    code: str
    message: str = "something went wrong"
    status: int | None = None
    param: str | None = None


@dataclass
class Batch:
    """One batch of the server, answered when it is made; `output` and `errors` are shown when it has ended."""

    id: str
    file: str
    metadata: dict[str, str]
    ending: str
    shows: deque[str]
    total: int
    output: list[bytes]
    errors: list[bytes]
    reasons: list[dict[str, Any]]


Answer = str | dict[str, Any] | Completion | Bad


class BatchServer(ModelServer):
    """The server; running inside its `with` block. `page` is how many batches a list shows at once."""

    def __init__(self, respond: Callable[[dict[str, Any]], Answer]) -> None:
        super().__init__(lambda body: Fault.status(404))
        self.RequestHandlerClass = _BatchHandler
        self.asked = respond
        self.step_faults: defaultdict[str, deque[Fault | None]] = defaultdict(deque)
        self.steps: list[str] = []
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Batch] = {}
        self.charged: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.before = ("validating", "in_progress", "finalizing")
        self.ending = "completed"
        self.reasons: list[dict[str, Any]] = []
        self.mangle: Callable[[list[bytes]], list[bytes]] = lambda lines: lines
        self.page = 100

    def fault(self, step: str) -> Fault | None:
        """Note a step, and give what is to happen in place of it, if anything."""
        self.steps.append(step)
        return self.step_faults[step].popleft() if self.step_faults[step] else None

    def keep(self, content: bytes) -> str:
        """The id of a new file."""
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content
        return name

    def make(self, asked: dict[str, Any]) -> Batch:
        """A new batch of the requests in a file that was sent."""
        assert asked["endpoint"] == "/v1/chat/completions" and asked["completion_window"] == "24h"
        lines = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert all(line["method"] == "POST" and line["url"] == "/v1/chat/completions" for line in lines)
        assert len({line["custom_id"] for line in lines}) == len(lines)
        assert all(len(name) <= 64 and len(text) <= 512 for name, text in asked["metadata"].items())
        batch = Batch(
            f"batch_{len(self.batches) + 1}",
            asked["input_file_id"],
            asked["metadata"],
            self.ending,
            deque(self.before),
            len(lines),
            [],
            [],
            self.reasons,
        )
        self.batches[batch.id] = batch
        if batch.ending != "failed":
            reached = len(lines) if batch.ending == "completed" else len(lines) // 2
            for number, line in enumerate(lines):
                self._answer(batch, line, number < reached)
            batch.output = self.mangle(batch.output)
        return batch

    def _answer(self, batch: Batch, line: dict[str, Any], reached: bool) -> None:
        key = line["custom_id"]
        self.bodies.append(line["body"])
        said = self.asked(line["body"]) if reached else Bad(f"batch_{batch.ending}", "This request was not executed.")
        told: dict[str, Any] = {"id": f"batch_req_{len(self.bodies)}", "custom_id": key}
        if isinstance(said, Bad):
            error = {"code": said.code, "message": said.message}
            refusal = {"status_code": said.status, "body": {"error": error | {"param": said.param}}}
            told |= {"response": refusal, "error": None} if said.status else {"response": None, "error": error}
            batch.errors.append(json.dumps(told).encode())
            return
        self.charged[key] += 1
        if not isinstance(said, Completion):
            content = said if isinstance(said, str) else json.dumps(said)
            said = completion(content, model=str(line["body"]["model"]))
        told |= {"response": {"status_code": 200, "request_id": "r", "body": said}, "error": None}
        batch.output.append(json.dumps(told).encode())

    def look(self, batch: Batch, *, advance: bool) -> dict[str, Any]:
        """A batch as it is shown; it advances with every look."""
        status = batch.shows[0] if batch.shows else batch.ending
        if advance and batch.shows:
            batch.shows.popleft()
        shown: dict[str, Any] = {
            "id": batch.id,
            "object": "batch",
            "input_file_id": batch.file,
            "status": status,
            "created_at": 1,
            "metadata": batch.metadata,
            "output_file_id": None,
            "error_file_id": None,
            "request_counts": {"total": batch.total, "completed": 0, "failed": 0},
        }
        if status in ("finalizing", batch.ending):
            shown["request_counts"] |= {"completed": len(batch.output), "failed": len(batch.errors)}
        if status == batch.ending:
            shown["errors"] = {"object": "list", "data": batch.reasons} if batch.reasons else None
            for name, lines in (("output_file_id", batch.output), ("error_file_id", batch.errors)):
                shown[name] = self.keep(b"\n".join(lines) + b"\n") if lines else None
        return shown

    def listed(self, after: str | None) -> dict[str, Any]:
        """A page of the list of batches, the latest first."""
        latest = list(reversed(self.batches))
        start = latest.index(after) + 1 if after else 0
        page = [self.look(self.batches[name], advance=False) for name in latest[start : start + self.page]]
        return {"object": "list", "data": page, "has_more": start + self.page < len(latest)}


class _BatchHandler(_Handler):
    server: BatchServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keys.append(self.headers.get("Authorization"))
        if self.path == "/v1/files":
            self._do("upload", lambda: {"id": self.server.keep(self._file(body)), "object": "file"})
        else:
            assert self.path == "/v1/batches"
            fault = self.server.fault("create")
            if fault is not None:
                return fault.act(self)
            made = self.server.look(self.server.make(json.loads(body)), advance=False)
            self._do("made", lambda: made)
        return None

    def do_GET(self) -> None:
        self.server.keys.append(self.headers.get("Authorization"))
        path = urlsplit(self.path)
        match path.path.split("/"):
            case ["", "v1", "batches"]:
                self._do("list", lambda: self.server.listed(parse_qs(path.query).get("after", [None])[0]))
            case ["", "v1", "batches", name]:
                batch = self.server.batches.get(name)
                self._do("look", lambda: self.server.look(batch, advance=True) if batch else None)
            case ["", "v1", "files", name, "content"]:
                self._do("content", lambda: self.server.files.get(name))
            case _:
                raise AssertionError(self.path)

    def _do(self, step: str, result: Callable[[], dict[str, Any] | bytes | None]) -> None:
        if (fault := self.server.fault(step)) is not None:
            fault.act(self)
        elif (found := result()) is None:
            Fault.status(404, "No such thing").act(self)
        else:
            self.reply(found if isinstance(found, bytes) else json.dumps(found).encode())

    def _file(self, body: bytes) -> bytes:
        """The file in a form that was sent."""
        whole = message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        sent = {part.get_param("name", header="content-disposition"): part for part in whole.get_payload()}
        assert sent["purpose"].get_payload(decode=True) == b"batch"
        return bytes(sent["file"].get_payload(decode=True))
