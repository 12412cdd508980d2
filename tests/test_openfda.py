"""openFDA's drug labels: which are chosen, how their text is kept, and what every fault is called."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from eutils_faults import Fault
from openfda_server import OpenFDAServer, label_record, set_id

from pipeline.config import settings
from pipeline.errors import ConfigError, SourceError
from pipeline.identifiers import evidence_id, footnote_label, is_document, source_address, split_evidence_id
from pipeline.patience import Patience
from pipeline.references.vancouver import reference
from pipeline.sources.openfda import BATCH, DrugLabels
from pipeline.sources.pubmed import BRIEF, drug_labels_of

FOUND = "4 CONTRAINDICATIONS Examplol is contraindicated in imaginary asthma [see Warnings (5.1)]."


@pytest.fixture
def server() -> Iterator[OpenFDAServer]:
    with OpenFDAServer([label_record(set_id(1))]) as server:
        yield server


def client(server: OpenFDAServer, **given: Any) -> DrugLabels:
    return DrugLabels(server.url, **{"patience": Patience(sleep=lambda _: None), "rate": 1000.0, **given})


def found(server: OpenFDAServer, *names: str) -> list[str]:
    return [label.key[-1] for label in client(server).find(names or ("examplol",))]


def test_a_label_is_found_with_what_its_record_says(server: OpenFDAServer) -> None:
    (label,) = client(server).find(["examplol"])
    assert (label.key, label.set_id) == (f"label-{set_id(1)}", set_id(1))
    assert label.title == "US prescribing information, EXAMPLINE (examplol), oral"
    assert (label.version, label.effective, label.text_origin) == ("3", date(2025, 1, 31), "label")
    assert [(s.kind, s.text) for s in label.sections] == [
        ("contraindication", "Examplol is contraindicated in imaginary asthma.")
    ]
    assert label.text == f"{label.title}\n{label.sections[0].text}"
    assert len(server.requests) == 1


def test_the_key_of_a_label_serves_as_every_kind_of_id(server: OpenFDAServer) -> None:
    (label,) = client(server).find(["examplol"])
    assert is_document(label.key)
    assert footnote_label(label.key) == label.key
    assert split_evidence_id(evidence_id(label.key, 12)) == (label.key, 12)
    assert source_address(label.key) == f"https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid={set_id(1)}"
    assert source_address("label-naltrexone-oral") is None
    assert reference(label) == (
        f"US prescribing information, EXAMPLINE (examplol), oral. Version 3, effective 2025-01-31, set id {set_id(1)}."
    )


def test_one_label_is_chosen_for_each_route_by_approval_then_date_then_id(server: OpenFDAServer) -> None:
    server.records = [
        label_record(set_id(1), application="ANDA999002", effective="20260101"),
        label_record(set_id(2), application="NDA999001", effective="20200101"),
        label_record(set_id(3), application="BLA999001", effective="20210101"),
        label_record(set_id(4), application="", route="INTRAMUSCULAR", effective="20260101"),
        label_record(set_id(5), application="ANDA999003", route="INTRAMUSCULAR", effective="20190101"),
        label_record(set_id(7), application="ANDA999004", route="INTRAMUSCULAR", effective="20240101"),
        label_record(set_id(6), application="ANDA999005", route="INTRAMUSCULAR", effective="20240101"),
    ]
    assert found(server) == ["3", "6"]
    server.records.reverse()
    assert found(server) == ["3", "6"]


def test_a_combination_is_passed_over_unless_there_is_nothing_else(server: OpenFDAServer) -> None:
    both = ("EXAMPLOL HYDROCHLORIDE", "OTHEROL")
    mixed = label_record(set_id(2), brand="MIXINE", generic="EXAMPLOL AND OTHEROL", substances=both, route="TOPICAL")
    server.put(mixed)
    assert found(server) == ["1"]
    server.records = [mixed]
    (label,) = client(server).find(["examplol"])
    assert label.title == (
        "US prescribing information, MIXINE (examplol and otherol), a combination of examplol hydrochloride and"
        " otherol, topical"
    )
    assert client(server).read([set_id(2)])[set_id(2)] == label


def test_an_over_the_counter_label_is_taken_before_a_combination(server: OpenFDAServer) -> None:
    server.records = [
        label_record(set_id(1), kind="HUMAN OTC DRUG", warnings=["Warnings Do not use if you are imaginary."]),
        label_record(set_id(2), substances=("EXAMPLOL", "OTHEROL")),
        label_record(set_id(3), kind="BULK INGREDIENT"),
    ]
    (label,) = client(server).find(["examplol"])
    assert label.title == "US over-the-counter drug label, EXAMPLINE (examplol), oral"
    assert label.sections[0].text == "Do not use if you are imaginary."


def test_another_substance_or_an_empty_label_is_passed_over(server: OpenFDAServer) -> None:
    server.records = [
        label_record(set_id(1), generic="METHYL EXAMPLOL", substances=("METHYL EXAMPLOL",)),
        label_record(set_id(2), description=["11 DESCRIPTION Examplol is invented."]),
        label_record(set_id(3), brand="EXAMPLOL Night", generic="OTHEROL", substances=("OTHEROL",)),
        {**label_record(set_id(4)), "openfda": {}},
    ]
    assert found(server) == []
    assert found(server, "examplol night") == ["3"]


def test_the_label_on_its_own_data_is_found_among_many_generics(server: OpenFDAServer) -> None:
    many = [
        label_record(f"1a1b2c3d-0000-4000-8000-0000000000{number:02}", application="ANDA999002", effective="20260101")
        for number in range(60)
    ]
    server.records = [*many, label_record(set_id(1), effective="20100101")]
    assert found(server) == ["1"]
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", ['ex"amplol" OR *', "examplol) AND (x", "examplol:~^?\\", "éxamplol™", "  "])
def test_no_name_is_read_as_an_operator(server: OpenFDAServer, name: str) -> None:
    client(server).find([name])
    assert all("*" not in seen["search"].split(" AND ")[0] for seen in server.requests)


def test_a_greek_letter_is_spelled(server: OpenFDAServer) -> None:
    server.records = [label_record(set_id(1), generic="BETA-EXAMPLOL", substances=("BETA-EXAMPLOL",))]
    assert found(server, "β-examplol") == ["1"]


def test_no_match_is_an_answer(server: OpenFDAServer) -> None:
    assert client(server).find(["nothingol"]) == ()
    assert client(server).read([set_id(9)]) == {}
    assert client(server).find(['"()*']) == ()


def test_labels_are_read_many_at_a_time(server: OpenFDAServer) -> None:
    ids = [f"2A1b2c3d-0000-4000-8000-000000000{number:03}" for number in range(2 * BATCH + 3)]
    server.records = [label_record(one) for one in ids[1:]]
    labels = client(server).read([*ids, ids[5], 'x" OR *'])
    assert list(labels) == ids[1:]
    assert labels[ids[1]].key == f"label-{ids[1].lower()}"
    assert len(server.requests) == 3
    assert max(len(seen["search"]) for seen in server.requests) < 2500


def test_a_record_without_a_product_can_be_read(server: OpenFDAServer) -> None:
    server.records = [label_record(set_id(1))]
    del server.records[0]["openfda"]
    label = client(server).read([set_id(1)])[set_id(1)]
    assert label.title == "US drug label, product not named by openFDA"
    assert label.sections


def _with(**changes: Any) -> Fault:
    record = {**label_record(set_id(1)), **changes}
    record = {field: value for field, value in record.items() if value is not None}
    return Fault.body("shape", json.dumps({"meta": {"results": {"total": 1}}, "results": [record]}))


@pytest.mark.parametrize(
    "fault",
    [
        Fault.html(),
        Fault.empty(),
        Fault.truncated(),
        Fault.short(),
        Fault.hang_up(),
        Fault.reset(),
        Fault.json(),
        Fault.body("null", "null"),
        Fault.body("deep", "[" * 100_000),
        Fault.body("number", '{"meta": ' + "1" * 5000 + "}"),
        Fault.body("no list", '{"meta": {"results": {"total": 1}}, "results": {}}'),
        Fault.body("no count", '{"meta": [], "results": []}'),
        Fault.body("fewer", '{"meta": {"results": {"total": 3}}, "results": []}'),
        Fault.body("bad bytes", b'{"meta": "\xff"}'),
        Fault.body("no record", '{"meta": {"results": {"total": 1}}, "results": ["x"]}'),
        _with(set_id=None),
        _with(set_id="../../x"),
        _with(set_id=["x"]),
        _with(contraindications="a string"),
        _with(warnings=[["x"]]),
        _with(openfda=["x"]),
        _with(openfda={"route": "ORAL"}),
        _with(effective_time=20250131),
        _with(version="v3"),
        Fault.status(429),
        Fault.status(500, '{"error": {"code": "SERVER_ERROR"}}'),
        Fault.status(503, retry_after=1),
    ],
    ids=lambda fault: fault.name,
)
def test_what_may_pass_is_asked_again_and_else_is_told(server: OpenFDAServer, fault: Fault) -> None:
    server.faults.append(fault)
    assert client(server).find(["examplol"])
    assert len(server.requests) == 2
    server.faults.extend([fault] * 5)
    with pytest.raises(SourceError, match="openFDA at 127") as caught:
        client(server).find(["examplol"])
    assert caught.value.retryable
    assert "NCBI" not in caught.value.message + caught.value.hint
    assert "ENTREZ" not in caught.value.hint


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(301, location="http://127.0.0.1:9/"),
        Fault.status(400, '{"error": {"code": "BAD_REQUEST", "message": "Search not supported"}}'),
        Fault.status(403),
        Fault.status(404, "<html>no such page</html>"),
        Fault.status(404, '{"error": "NOT_FOUND"}'),
        Fault.status(404, '{"error": {"code": "API_UNKNOWN"}}'),
        Fault.status(404),
    ],
    ids=lambda fault: fault.name,
)
def test_a_refusal_is_told_at_once(server: OpenFDAServer, fault: Fault) -> None:
    server.faults.append(fault)
    with pytest.raises(SourceError, match=r"openFDA at 127[.0-9]+ answered") as caught:
        client(server).find(["examplol"])
    assert "MONOGRAPH_OPENFDA_URL" in caught.value.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [Fault.silence(), Fault.dribble(0.02), Fault.dribble(0.02, header=True)])
def test_a_request_ends_on_time(server: OpenFDAServer, fault: Fault) -> None:
    server.faults.extend([fault] * 2)
    start = time.monotonic()
    with pytest.raises(SourceError, match="in time"):
        client(server, deadline=0.3, patience=Patience(attempts=2, first_wait=0.01)).find(["examplol"])
    assert time.monotonic() - start < 5


def test_a_day_that_is_none_is_unknown(server: OpenFDAServer) -> None:
    server.records = [label_record(set_id(1), effective="20251399")]
    (label,) = client(server).find(["examplol"])
    assert label.effective is None


def test_a_draft_waits_little_for_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MONOGRAPH_OPENFDA_URL", f"http://127.0.0.1:{sock.getsockname()[1]}")
    waits: list[float] = []
    brief = replace(BRIEF, sleep=waits.append)
    assert drug_labels_of(settings(), brief) is None
    monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
    asked = drug_labels_of(settings(), brief)
    assert asked is not None
    start = time.monotonic()
    with pytest.raises(SourceError, match="cannot be reached"):
        asked.find(["examplol"])
    assert asked.requests == 2
    assert sum(waits) < 1
    assert time.monotonic() - start < 5


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="MONOGRAPH_OPENFDA_URL"):
        DrugLabels("ftp://example.org")
