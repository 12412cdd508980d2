"""Drafts from a live PubMed, which here is the loopback E-utilities server with an invented literature."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import TODAY, contents, draft, hurry, refused, run
from eutils_faults import Fault
from eutils_server import EutilsServer
from examplol import (
    LITERATURE,
    NULL,
    NULL_RESULT,
    POSITIVE,
    PROTOCOL,
    RESULT,
    RETRACTED,
    fillers,
    paper,
)

from pipeline.config import Settings, settings
from pipeline.models.findings import Severity
from pipeline.models.profile import Profile
from pipeline.profiles import read_compound
from pipeline.sources import synopses
from pipeline.sources.entrez import BATCH, PubMed
from pipeline.sources.library import Library


@pytest.fixture
def server() -> Iterator[EutilsServer]:
    with EutilsServer(LITERATURE) as server:
        yield server


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: EutilsServer) -> Settings:
    """The settings of a project that may ask the server, and does not wait between requests."""
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
    monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
    hurry(monkeypatch, PubMed)
    return settings()


def utilities(server: EutilsServer) -> list[str]:
    return [seen.utility.removesuffix(".fcgi") for seen in server.requests]


def quotations(profile: Profile) -> dict[str, list[str]]:
    """The claims of a profile by the source that they quote."""
    found: dict[str, list[str]] = {}
    for claim in profile.claims:
        for key in {quotation.id.rpartition(":")[0] for quotation in claim.evidence}:
            found.setdefault(key, []).append(claim.text)
    return found


def test_a_draft_from_pubmed_is_whole(server: EutilsServer, here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "0123456789abcdef")

    def understood(handler: Any, honest: bytes) -> None:
        translation = b"<QueryTranslation>examplol[All Fields] OR exampline[All Fields]</QueryTranslation>"
        handler.reply(re.sub(rb"<QueryTranslation>.*</QueryTranslation>", translation, honest))

    server.faults.append(Fault("another translation", understood))
    outcome = run("draft", "examplol")
    assert (outcome.status, outcome.err) == (0, "")
    directory = here.profiles / "examplol"
    written = contents(directory)
    assert {"compound.yaml", "profile.md", "profile.yaml", "sources.yaml"} <= set(written)
    assert read_compound(directory).name == "examplol"
    page = written["profile.md"].decode()
    with Library(here.library) as library:
        search = library.recall('"examplol"[Title/Abstract]')
    assert search is not None
    assert search.found == len(LITERATURE)
    assert "examplol[All Fields] OR exampline[All Fields]" in page
    assert search.date.isoformat() in page
    assert "synops" not in page.lower()
    assert "AI-assisted research synthesis" in page
    assert server.requests[0].parameters["api_key"] == "0123456789abcdef"
    assert not [name for name, text in written.items() if b"0123456789abcdef" in text or b"pat@" in text]


def test_its_claims_quote_the_abstracts_and_its_grade_weighs_them(server: EutilsServer, here: Settings) -> None:
    done = draft("examplol", here, offline=False)
    assert not [finding for finding in done.report.findings if finding.severity is Severity.ERROR]
    told = quotations(done.profile)
    assert any(f"“{RESULT}”" in text for text in told[POSITIVE])
    assert any(f"“{NULL_RESULT}”" in text for text in told[NULL])
    assert done.profile.provenance.synopses == 0
    (topic,) = [section for section in done.profile.sections if section.grade]
    assert topic.title == "Fibromyalgia"  # no one named it: the records are indexed under it
    assert topic.grade is not None
    assert topic.grade.level.value == "Gold"
    assert topic.grade.direction == "conflicting"
    assert {POSITIVE, NULL} <= {source for reason in topic.grade.reasons for source in reason.sources}
    assert RETRACTED in {source for cap in topic.grade.caps for source in cap.sources}
    assert RETRACTED not in told
    assert RETRACTED in {record.source for record in done.profile.uncited}
    assert RETRACTED not in {row.source for row in done.profile.doses}
    assert all("without results" in text for text in told[PROTOCOL])
    assert {"20 mg twice daily", "40 mg/day"} <= {row.dose for row in done.profile.doses}


def test_a_second_run_asks_once_and_changes_nothing(server: EutilsServer, here: Settings) -> None:
    draft("examplol", here, offline=False)
    assert utilities(server) == ["esearch", "efetch"]
    before = contents(here.profiles)
    assert run("draft", "examplol").status == 0
    assert utilities(server)[2:] == ["esearch"]
    assert contents(here.profiles) == before
    assert draft("examplol", here, offline=True).changed == ()
    assert run("check", "examplol").status == 0
    assert len(server.requests) == 3


def test_new_papers_alone_are_fetched(server: EutilsServer, here: Settings) -> None:
    draft("examplol", here, offline=False)
    (new,) = fillers(1)
    server.add(new)
    done = draft("examplol", here, offline=False)
    assert server.requests[-1].ids == ["90001000"]
    assert done.profile.provenance.records == len(LITERATURE) + 1


def test_what_an_interrupted_run_fetched_is_not_fetched_again(server: EutilsServer, here: Settings) -> None:
    for xml in fillers(BATCH):
        server.add(xml)
    holding = threading.Event()

    def hold(handler: Any, _: bytes) -> None:
        handler.close_connection = True
        holding.set()
        handler.server.closing.wait()

    server.faults.extend([None, None, Fault("hold", hold)])
    process = subprocess.Popen([sys.executable, "-m", "pipeline.cli", "draft", "examplol"])
    try:
        assert holding.wait(60), "the second batch was never asked for"
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL
    assert contents(here.profiles) == {}
    asked = len(server.requests)
    draft("examplol", here, offline=False)
    search, *fetches = server.requests[asked:]
    assert search.utility == "esearch.fcgi"
    expected = [pmid for pmid in server.entries if pmid not in server.requests[1].ids]
    assert len(server.requests[1].ids) == BATCH
    assert [pmid for fetch in fetches for pmid in fetch.ids] == expected


def test_ctrl_c_stops_with_two_lines_and_keeps_what_was_fetched(server: EutilsServer, here: Settings) -> None:
    holding = threading.Event()

    def hold(handler: Any, _: bytes) -> None:
        handler.close_connection = True
        holding.set()
        handler.server.closing.wait()

    server.faults.append(Fault("hold", hold))
    command = [sys.executable, "-m", "pipeline.cli", "draft", "examplol"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert holding.wait(60), "PubMed was never asked"
            time.sleep(0.5)  # just before Python waits for an answer a signal is noticed only after that wait
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 2
    assert [line.split(":")[0] for line in err.splitlines()] == ["error", "hint"]


FAULTS = (
    Fault.status(429, retry_after=0),
    Fault.status(500),
    Fault.reset(),
    Fault.hang_up(),
    Fault.truncated(),
    Fault.short(),
    Fault.html(),
    Fault.json(),
    Fault.empty(),
    Fault.empty_set(),
    Fault.error(),
    Fault.viewer_timeout(),
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a draft for which every request was answered at once."""
    root = tmp_path_factory.mktemp("undisturbed")
    with EutilsServer(LITERATURE) as server:
        here = Settings(root, root / "library.sqlite", ncbi_email="pat@example.org", entrez_url=server.url)
        return contents(draft("examplol", here, offline=False).directory)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_passing_fault_does_not_show_in_the_draft(
    server: EutilsServer, here: Settings, undisturbed: dict[str, bytes], fault: Fault
) -> None:
    server.faults.extend([fault, None, fault])
    done = draft("examplol", here, offline=False)
    assert not server.faults
    assert contents(done.directory) == undisturbed


@pytest.mark.parametrize(
    "fault", [Fault.status(500), Fault.reset(), Fault.truncated(), Fault.html()], ids=lambda fault: fault.name
)
def test_a_lasting_fault_ends_in_two_lines_and_keeps_what_came_before(
    server: EutilsServer, here: Settings, fault: Fault
) -> None:
    for xml in fillers(BATCH):
        server.add(xml)
    first, last = list(server.entries)[:BATCH], list(server.entries)[-1]
    server.poison[last] = fault
    said = refused(run("draft", "examplol"))
    assert "PubMed" in said
    assert "pat@example.org" not in said
    assert contents(here.profiles) == {}
    with Library(here.library) as library:
        assert not library.missing(first)
        assert library.missing([last])
    server.poison.clear()
    assert run("draft", "examplol").status == 0


def test_a_server_that_is_not_there_is_not_an_empty_answer(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with EutilsServer() as gone:
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", gone.url)
    said = refused(run("draft", "examplol"))
    assert "cannot be reached" in said
    assert "--offline" in said
    assert not here.library.exists()


def test_records_listed_and_never_sent_are_said_to_be_missing(server: EutilsServer, here: Settings) -> None:
    server.add_phantoms(3, "examplol", TODAY, TODAY)
    done = draft("examplol", here, offline=False)
    (search,) = done.profile.provenance.searches
    (warning,) = search.warnings
    assert warning.startswith("3 of the 16 ")
    assert warning in (done.directory / "profile.md").read_text()
    assert draft("examplol", here, offline=True).changed == ()


def test_nothing_found_and_nothing_sent_are_two_answers(server: EutilsServer, here: Settings) -> None:
    server.add_phantoms(5, "phantomol", TODAY, TODAY)
    assert "hold no record" in refused(run("draft", "nothingol"))
    assert "PubMed listed 5 records for 'phantomol' and sent none" in refused(run("draft", "phantomol"))
    assert contents(here.profiles) == {}


def test_what_pubmed_did_not_understand_is_said(server: EutilsServer, here: Settings) -> None:
    (here.profiles / "examplol").mkdir()
    (here.profiles / "examplol" / "compound.yaml").write_text("name: examplol\naliases: ['xq\"1']\n")
    outcome = run("draft", "examplol")
    assert outcome.status == 0
    assert server.requests[0].parameters["term"] == '"examplol"[Title/Abstract] OR "xq 1"[Title/Abstract]'
    assert "PhraseNotFound" in outcome.out
    assert "PhraseNotFound" in (here.profiles / "examplol" / "profile.md").read_text()


def test_a_real_abstract_takes_the_place_of_its_synopsis(server: EutilsServer, here: Settings) -> None:
    collection = synopses.bundled("naltrexone")
    assert collection is not None
    offline = draft("naltrexone", here, offline=True)
    assert server.requests == []
    pmid = next(row.source for row in offline.profile.doses if row.source.isdigit() and "random" in row.design)
    told = "Imagined pain fell more with naltrexone than with placebo (p = 0.012)."
    server.add(
        paper(
            pmid,
            "Invented title on naltrexone: a randomised placebo-controlled trial",
            [
                ("METHODS", "We randomised 61 patients with imagined pain to naltrexone 3.5 mg/day or placebo."),
                ("RESULTS", told),
            ],
            2013,
            "Randomized Controlled Trial",
        )
    )
    live = draft("naltrexone", here, offline=False)
    assert live.profile.provenance.synopses == offline.profile.provenance.synopses - 1
    (row,) = [row for row in live.profile.doses if row.source == pmid]
    assert row.dose == "3.5 mg/day"
    reference = next(r for r in (live.directory / "sources.yaml").read_text().split("- key:") if pmid in r)
    assert "Invented title" in reference
    assert "synopses" in (live.directory / "profile.md").read_text()
    asked = {pmid for seen in server.requests for pmid in seen.ids}
    assert asked == {article.pmid for article in collection.articles if article.pmid}
    assert draft("naltrexone", here, offline=True).changed == ()


@pytest.mark.parametrize("words", [("--offline",), ("--dry-run",), ("--offline", "--dry-run")], ids=" ".join)
def test_nothing_is_asked_that_was_not_to_be(server: EutilsServer, here: Settings, words: tuple[str, ...]) -> None:
    outcome = run("draft", "bpc-157", *words)
    assert outcome.status == 0
    assert server.requests == []
    assert ("--dry-run" in words) == (contents(here.profiles) == {})


def test_a_dry_run_tells_the_query_and_what_is_left_to_fetch(server: EutilsServer, here: Settings) -> None:
    assert '"examplol"[Title/Abstract]' in run("draft", "examplol", "--dry-run").out
    for xml in fillers(BATCH):
        server.add(xml)
    server.poison[list(server.entries)[-1]] = Fault.status(400, "no")
    refused(run("draft", "examplol"))
    assert f"{len(LITERATURE)} records are not held: 1 request" in run("draft", "examplol", "--dry-run").out


def test_an_unknown_compound_is_not_found_offline_although_pubmed_has_it(server: EutilsServer, here: Settings) -> None:
    assert "PubMed was not asked" in refused(run("draft", "examplol", "--offline"))
    assert server.requests == []
    assert contents(here.profiles) == {}


def test_an_address_that_is_none_is_refused(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", "ftp://example.org")
    assert "MONOGRAPH_ENTREZ_URL" in refused(run("draft", "examplol"))
