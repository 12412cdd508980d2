"""`monograph refs` as a person calls it."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from commands import HOSTILE, raw, refused, run
from eutils_faults import Fault
from eutils_server import EutilsServer, article_xml

from pipeline.config import settings
from pipeline.models.sources import Article, Author, Notice, NoticeKind
from pipeline.references.vancouver import reference
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

ANSEL = Article(
    pmid="90000001",
    title="Examplol for imagined pain in adults with restless pockets",
    authors=(Author(family="Ansel", initials="J"),),
    journal="J Invent Res",
    year=2020,
    year_electronic=2019,
    volume="1",
    issue="2",
    pages="101-9",
)
RETRACTED = ANSEL.model_copy(
    update={
        "pmid": "90000002",
        "title": "A retracted story of quiet pendulums",
        "notices": (Notice(kind=NoticeKind.RETRACTION, role="affected", id="90000009", date="2022"),),
    }
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Library(settings().library) as library:
        library.add([Record(ANSEL, b""), Record(RETRACTED, b"")], fetched_at=date(2026, 1, 1))


def test_clean_references_leave_status_0() -> None:
    Path("a.txt").write_text(reference(ANSEL))
    outcome = run("refs", "a.txt")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("checks  1 reference: 1 match")
    assert "PubMed was not asked" in outcome.out


def test_a_wrong_one_is_told_within_80_columns() -> None:
    wrong = reference(ANSEL).replace("2020", "2011").replace("101-9", "1-6")
    Path("a.txt").write_text(f"1. {reference(ANSEL)}\n2. {wrong}\n")
    outcome = run("refs", "a.txt")
    assert outcome.status == 1
    assert outcome.out.startswith("a.txt:2  error  REF003  reference does not match the record\n   given   Ansel J.")
    assert "year 2011 → 2020, pages 1-6 → 101-9" in outcome.out
    assert "   fix     use the record's citation" in outcome.out
    assert all(len(line) <= 80 for line in outcome.out.splitlines())


def test_a_retracted_paper_leaves_status_1() -> None:
    Path("a.txt").write_text(reference(RETRACTED))
    outcome = run("refs", "a.txt")
    assert outcome.status == 1
    assert "PUB001" in outcome.out
    assert "RETRACTED 2022 (PMID 90000009)" in outcome.out


def test_the_year_of_electronic_publication_is_a_note() -> None:
    Path("a.txt").write_text(reference(ANSEL).replace("2020", "2019"))
    outcome = run("refs", "a.txt")
    assert outcome.status == 0
    assert "info" in outcome.out
    assert "2019 is the year of electronic publication" in outcome.out


def test_json_is_the_contract_and_nothing_else() -> None:
    Path("a.bib").write_text(
        "@article{a, title={Examplol for imagined pain in adults with restless pockets}, year=2011}"
    )
    outcome = run("refs", "a.bib", "--format", "json")
    assert (outcome.status, outcome.err) == (1, "")
    (one,) = json.loads(outcome.out)["references"]
    assert list(one) == ["input", "status", "id", "differences", "notices", "suggestion", "consulted"]
    assert (one["status"], one["id"]) == ("mismatch", "90000001")
    assert one["differences"] == [{"field": "year", "given": "2011", "found": "2020"}]
    assert one["suggestion"].startswith("Ansel J. Examplol")


def test_nothing_held_is_not_found_and_says_where_was_looked() -> None:
    Path("a.txt").write_text("Estienne R. A paper about nothing that is held. Ann Invent Med. 2011;7:1-9.")
    outcome = run("refs", "a.txt")
    assert outcome.status == 0
    assert "that does not say there is none" in outcome.out
    (one,) = json.loads(run("refs", "a.txt", "--format", "json").out)["references"]
    assert (one["status"], one["consulted"]) == ("not_found", ["library", "bundled"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("binary.txt", b"\0\1\2\3" * 100),
        ("paper.pdf", b"%PDF-1.7 ..."),
        ("empty.txt", b""),
        ("blank.bib", b"\n \n"),
        ("cut.json", b'[{"title": "a"'),
        ("list.gz", gzip.compress(b"Ansel J. Examplol.", mtime=0)),
        ("noise.txt", bytes(range(128, 256)) * 50),
    ],
)
def test_a_file_that_cannot_be_read_says_so_in_two_lines(name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    assert name in refused(run("refs", name))


def test_no_file_a_directory_and_one_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("folder").mkdir()
    for name in ("folder", "missing.txt"):
        assert name in refused(run("refs", name))
    Path("large.txt").write_text("Ansel J. Examplol for pain. 2020.\n" * 1000)
    monkeypatch.setattr("pipeline.references.files.LARGEST", 10_000)
    assert "large.txt has more than" in refused(run("refs", "large.txt"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(encoding: str) -> None:
    Path("a.txt").write_bytes(reference(ANSEL).replace("Ansel", "Ánsel").encode(encoding))
    assert run("refs", "a.txt").status == 0


def test_no_text_of_a_reference_is_obeyed_by_the_terminal() -> None:
    Path("a.txt").write_text(
        f"Estienne {HOSTILE} R. [bold]A paper[/] of {HOSTILE} nothing. Ann Invent Med. 2011;7:1-9."
    )
    outcome = run("refs", "a.txt")
    assert outcome.status == 0
    assert not raw(outcome.out)
    assert "[bold]A paper[/]" in outcome.out


def test_pubmed_is_asked_where_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    title = "Otherol and the invented sleep of clocks"
    Path("a.txt").write_text(f"Doe J. {title}. J Invent Res. 2020;1(2):3-4.")
    with EutilsServer([article_xml("90000003", title)]) as server:
        monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
        offline = json.loads(run("refs", "a.txt", "--offline", "--format", "json").out)["references"][0]
        assert (offline["status"], len(server.requests)) == ("not_found", 0)
        server.faults.append(Fault.status(404))
        outage = run("refs", "a.txt", "--format", "json")
        assert (outage.status, json.loads(outage.out)["references"][0]["status"]) == (2, "unchecked")
        found = json.loads(run("refs", "a.txt", "--format", "json").out)["references"][0]
    assert (found["status"], found["id"]) == ("match", "90000003")
    assert found["consulted"] == ["library", "bundled", "pubmed"]
