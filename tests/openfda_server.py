"""A loopback openFDA: its drug label endpoint over real HTTP, with faults on request.

In a test:

    with OpenFDAServer([label_record(SET_ID, contraindications=["4 CONTRAINDICATIONS ..."])]) as server:
        server.faults.append(Fault.status(500))  # the next request gets it, the one after does not
        DrugLabels(server.url).find(["examplol"])

A search is terms `field:"phrase"`, `field:word*` and `field:("a" OR "b")` with AND, OR and brackets, read from left to
right. As openFDA does, it answers 400 to any character that is not of its syntax, and 404 where nothing is found.
The labels are of invented products of the invented compound examplol.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from eutils_faults import Fault
from loopback import Answering, Loopback

NOT_FOUND = {"error": {"code": "NOT_FOUND", "message": "No matches found!"}}
_SUPPORTED = re.compile(r'[0-9a-zA-Z._:()"\[\]{}+*<>=/& -]*')
_TOKEN = re.compile(r'[\w.]+:(?=\()|(?:[\w.]+:)?"[^"]*"|[()]|[^\s()"]+')
SET_ID = "0a1b2c3d-0000-4000-8000-00000000000"  # and a digit


def set_id(number: int) -> str:
    """The set id of the invented label `number`."""
    return f"{SET_ID}{number}"


def label_record(
    identifier: str,
    *,
    brand: str = "EXAMPLINE",
    generic: str = "EXAMPLOL",
    substances: Iterable[str] = ("EXAMPLOL HYDROCHLORIDE",),
    route: str = "ORAL",
    kind: str = "HUMAN PRESCRIPTION DRUG",
    application: str = "NDA999001",
    version: str = "3",
    effective: str = "20250131",
    **sections: Any,
) -> dict[str, Any]:
    """A record in openFDA's format; `sections` are its fields, each a list of texts."""
    about = {
        "generic_name": [generic],
        "brand_name": [brand],
        "substance_name": list(substances),
        "route": [route],
        "product_type": [kind],
        "manufacturer_name": ["Invented Pharma Inc"],
        "application_number": [application],
    }
    return {
        "set_id": identifier,
        "id": f"{identifier}-v{version}",
        "version": version,
        "effective_time": effective,
        **(sections or {"contraindications": ["4 CONTRAINDICATIONS Examplol is contraindicated in imaginary asthma."]}),
        "openfda": {field: texts for field, texts in about.items() if texts != [""]},
    }


class OpenFDAServer(Loopback):
    """The server; running inside its `with` block. `faults` are used up one a request (None is an honest answer)."""

    def __init__(self, records: Iterable[dict[str, Any]] = ()) -> None:
        super().__init__(_Handler)
        self.faults: deque[Fault | None] = deque()
        self.records = list(records)
        self.requests: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, record: dict[str, Any]) -> None:
        """Hold a record in place of the one with its set id."""
        self.records = [held for held in self.records if held["set_id"] != record["set_id"]] + [record]

    def answer(self, parameters: dict[str, str]) -> tuple[int, dict[str, Any]]:
        search = parameters.get("search", "")
        limit, skip = int(parameters.get("limit", 1)), int(parameters.get("skip", 0))
        if not _SUPPORTED.fullmatch(search) or limit > 1000:
            return 400, {"error": {"code": "BAD_REQUEST", "message": f"Search not supported: {search}"}}
        tokens = deque(_TOKEN.findall(search))
        found = [record for record in self.records if _holds(record, deque(tokens))]
        if parameters.get("sort") == "effective_time:desc":
            found.sort(key=lambda record: record.get("effective_time", ""), reverse=True)
        if not found:
            return 404, NOT_FOUND
        meta = {"results": {"skip": skip, "limit": limit, "total": len(found)}}
        return 200, {"meta": meta, "results": found[skip : skip + limit]}


def _holds(record: dict[str, Any], tokens: deque[str], field: str = "") -> bool:
    """True where a record holds what `tokens` say, up to the bracket that closes them."""
    found, operator = False, "OR"
    while tokens and (token := tokens.popleft()) != ")":
        if token in ("AND", "OR"):
            operator = token
            continue
        if token.endswith(":"):
            tokens.popleft()
            part = _holds(record, tokens, token[:-1])
        elif token == "(":
            part = _holds(record, tokens, field)
        else:
            named, _, phrase = token.rpartition(":")
            part = _matches(record, named or field, phrase)
        found = found and part if operator == "AND" else found or part
        operator = "OR"
    return found


def _matches(record: dict[str, Any], field: str, phrase: str) -> bool:
    value: Any = record
    for key in field.removesuffix(".exact").split("."):
        value = value.get(key, {}) if isinstance(value, dict) else {}
    texts = [value] if isinstance(value, str) else list(value)
    if field.endswith(".exact"):
        return any(re.fullmatch(phrase.strip('"').replace("*", ".*"), text) for text in texts)
    return any(_words(phrase) in _words(text) for text in texts)


def _words(text: str) -> str:
    return " ".join(["", *re.findall(r"\w+", text.lower()), ""])


class _Handler(Answering):
    server: OpenFDAServer
    kind = "application/json"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.requests.append(dict(parse_qsl(parts.query)))
        status, answer = 404, {"error": "no such endpoint"}
        if parts.path == "/drug/label.json":
            status, answer = self.server.answer(self.server.requests[-1])
        fault = None
        with suppress(IndexError):
            fault = self.server.faults.popleft()
        body = json.dumps(answer).encode()
        if fault is None:
            self.reply(body, status)
        else:
            fault.act(self, body)
