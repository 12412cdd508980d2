"""Drug labels in a draft: those of a live openFDA, here a loopback one, beside what is bundled and what is held."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import HOSTILE, TODAY, contents, draft, hurry, refused, run
from eutils_faults import Fault
from eutils_server import EutilsServer
from examplol import LITERATURE
from label_texts import BOXED, CONTRAINDICATED, SECTIONS, exampline
from openfda_server import OpenFDAServer, label_record, set_id

from pipeline import authoring, holding
from pipeline.config import Settings, settings
from pipeline.models.findings import Report, Severity
from pipeline.models.profile import Claim, Profile
from pipeline.profiles import read_sources
from pipeline.sources.entrez import PubMed
from pipeline.sources.library import Library
from pipeline.sources.openfda import DrugLabels

KEY = f"label-{set_id(1)}"


@pytest.fixture
def openfda() -> Iterator[OpenFDAServer]:
    with OpenFDAServer([exampline()]) as server:
        yield server


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openfda: OpenFDAServer) -> Iterator[Settings]:
    """The settings of a project that may ask both servers, and does not wait between requests."""
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
    monkeypatch.setenv("MONOGRAPH_OPENFDA_URL", openfda.url)
    hurry(monkeypatch, PubMed, DrugLabels)
    with EutilsServer(LITERATURE) as server:
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
        yield settings()


def told(profile: Profile, section: str) -> list[Claim]:
    (found,) = [one for one in profile.sections if one.id == section]
    return list(found.claims)


def note(profile: Profile, section: str) -> str:
    (found,) = [one for one in profile.sections if one.id == section]
    return found.note or ""


def errors(report: Report) -> list[str]:
    return [finding.message for finding in report.findings if finding.severity is not Severity.INFO]


def test_a_draft_cites_the_contraindications_of_a_live_label(here: Settings) -> None:
    done = draft("examplol", here, offline=False)
    texts = [claim.text for claim in told(done.profile, "safety/contraindications")]
    assert f"“{CONTRAINDICATED}”" in texts
    assert f"Boxed warning: “{BOXED}”" in texts
    assert texts[0].startswith("Boxed warning: ")
    assert {q.id.rpartition(":")[0] for c in told(done.profile, "safety/contraindications") for q in c.evidence} == {
        KEY
    }
    assert errors(done.report) == []
    assert note(done.profile, "safety") == ""
    search = done.profile.provenance.label_search
    assert search is not None
    assert (search.query, search.found, search.ids) == ("openFDA drug labels: examplol", 1, ())
    page = (done.directory / "profile.md").read_text()
    assert (
        f"[^{KEY}]: US prescribing information, EXAMPLINE (examplol), oral. Version 3, effective 2025-01-31, " in page
    )
    assert f"[DailyMed](https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid={set_id(1)})" in page
    assert re.search(r"Label, sentence \d+: EXAMPLINE is contraindicated in", page)


def test_of_a_long_section_the_telling_sentences_are_told_and_the_rest_is_counted(here: Settings) -> None:
    profile = draft("examplol", here, offline=False).profile
    warnings = [claim.text for claim in told(profile, "safety/warnings")]
    assert warnings == [
        "“Patients should not start EXAMPLINE within 9 days of an imaginary opioid.”",
        "“Monitor liver enzymes before and during treatment.”",
        "“Avoid EXAMPLINE in patients with an imaginary liver.”",
        "“No overdose has been seen.”",
    ]
    said = note(profile, "safety/warnings")
    assert "3 of 36 sentences on warnings" in said
    assert "overdose" not in said
    assert said.endswith(f"setid={set_id(1)}.")
    assert not any("Table 1" in claim.text for claim in told(profile, "safety/adverse-effects"))
    assert "The most common adverse reactions" in told(profile, "safety/adverse-effects")[0].text
    assert [claim.text for claim in told(profile, "safety/liver-kidney")] == [
        "“Reduce the dose by half in patients with mild hepatic impairment.”",
        "“No change of dose is needed.”",
    ]
    assert len(told(profile, "safety/pregnancy")) == 2


def test_what_is_kept_of_a_label_is_its_hash_and_not_its_text(here: Settings) -> None:
    done = draft("examplol", here, offline=False)
    reference = read_sources(done.directory)[KEY]
    assert reference.label is not None
    assert (reference.label.sections, reference.label.version) == ((), "3")
    with Library(here.library) as library:
        assert "Observation number 59" in library.labels([KEY])[KEY].text


def test_a_second_draft_and_one_offline_change_nothing(openfda: OpenFDAServer, here: Settings) -> None:
    draft("examplol", here, offline=False)
    before = contents(here.profiles)
    later = authoring.draft(
        "examplol", here, offline=False, today=TODAY + timedelta(days=9), progress=lambda what, done, total: None
    )
    assert later.changed == ()
    assert draft("examplol", here, offline=True).changed == ()
    assert run("check", "examplol").status == 0
    assert contents(here.profiles) == before
    assert len(openfda.requests) == 2


def test_a_changed_version_takes_the_place_of_the_one_before(openfda: OpenFDAServer, here: Settings) -> None:
    draft("examplol", here, offline=False)
    told_now = "4 CONTRAINDICATIONS EXAMPLINE is contraindicated in imaginary gout."
    openfda.put(exampline(version="4", effective="20260501", contraindications=[told_now]))
    done = draft("examplol", here, offline=False)
    texts = [claim.text for claim in told(done.profile, "safety/contraindications")]
    assert "“EXAMPLINE is contraindicated in imaginary gout.”" in texts
    assert f"“{CONTRAINDICATED}”" not in texts
    assert "Version 4, effective 2026-05-01" in (done.directory / "profile.md").read_text()
    openfda.put(exampline())
    assert draft("examplol", here, offline=False).changed == ()


def test_the_label_of_a_combination_is_passed_over(openfda: OpenFDAServer, here: Settings) -> None:
    both = ("EXAMPLOL", "OTHEROL")
    openfda.put(
        label_record(set_id(2), brand="MIXINE", substances=both, contraindications=["Never with imaginary tea."])
    )
    profile = draft("examplol", here, offline=False).profile
    assert "Never with imaginary tea" not in " ".join(claim.text for claim in profile.claims)


def test_what_two_labels_say_alike_is_one_claim_on_both(openfda: OpenFDAServer, here: Settings) -> None:
    openfda.put(label_record(set_id(2), route="TOPICAL", contraindications=SECTIONS["contraindications"]))
    claims = told(draft("examplol", here, offline=False).profile, "safety/contraindications")
    (both,) = [claim for claim in claims if CONTRAINDICATED in claim.text]
    assert {q.id.rpartition(":")[0] for q in both.evidence} == {KEY, f"label-{set_id(2)}"}


def test_that_openfda_lists_no_label_is_said_with_its_day(openfda: OpenFDAServer, here: Settings) -> None:
    openfda.records.clear()
    done = draft("examplol", here, offline=False)
    said = note(done.profile, "safety")
    assert f"openFDA listed no US drug label under the names of this compound on {TODAY.isoformat()}." in said
    assert "No drug label was available" in said
    assert draft("examplol", here, offline=True).changed == ()


def _later(here: Settings, days: int) -> authoring.Drafted:
    return authoring.draft(
        "examplol",
        here,
        offline=False,
        today=TODAY + timedelta(days=days),
        progress=lambda what, done, total: None,
    )


@pytest.mark.parametrize("fault", [Fault.status(503), Fault.html(), Fault.reset(), Fault.status(404, "<html>")])
def test_an_openfda_that_does_not_answer_fails_no_draft(openfda: OpenFDAServer, here: Settings, fault: Fault) -> None:
    openfda.faults.extend([fault] * 9)
    done = draft("examplol", here, offline=False)
    assert "openFDA could not be asked" in note(done.profile, "safety")
    assert "No drug label was available" in note(done.profile, "safety")
    assert _later(here, 1).changed == ()
    assert draft("examplol", here, offline=True).changed == ()
    openfda.faults.clear()
    back = _later(here, 2)
    assert f"“{CONTRAINDICATED}”" in [claim.text for claim in told(back.profile, "safety/contraindications")]
    assert note(back.profile, "safety") == ""


def test_what_is_held_serves_while_openfda_is_away(openfda: OpenFDAServer, here: Settings) -> None:
    first = draft("examplol", here, offline=False)
    before = contents(here.profiles)
    openfda.faults.extend([Fault.status(503)] * 9)
    away = _later(here, 1)
    assert away.profile.claims == first.profile.claims
    assert note(away.profile, "safety") == (
        f"openFDA could not be asked again; its answer is that of {TODAY.isoformat()}."
    )
    assert _later(here, 2).changed == ()
    openfda.faults.clear()
    assert _later(here, 3).changed
    assert contents(here.profiles) == before


def test_hostile_text_of_a_label_is_shown_as_text(openfda: OpenFDAServer, here: Settings) -> None:
    hostile = f"4 CONTRAINDICATIONS Never take <script>alert(1)</script> {HOSTILE}with [tea](http://x) \u202eand `y`."
    openfda.put(exampline(contraindications=[hostile]))
    done = draft("examplol", here, offline=False)
    page = (done.directory / "profile.md").read_text()
    assert r"\<script\>alert(1)\</script\>" in page
    assert r"\[tea\](http://x) and \`y\`." in page
    assert not [char for char in page if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"]


@pytest.mark.parametrize("words", [("--offline",), ("--dry-run",)], ids=" ".join)
def test_openfda_is_not_asked_where_pubmed_is_not(
    openfda: OpenFDAServer, here: Settings, words: tuple[str, ...]
) -> None:
    assert run("draft", "bpc-157", *words).status == 0
    assert openfda.requests == []


def test_a_wrong_address_of_openfda_is_refused(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONOGRAPH_OPENFDA_URL", "ftp://example.org")
    assert "MONOGRAPH_OPENFDA_URL" in refused(run("draft", "examplol"))


def test_a_check_holds_the_claims_against_the_held_label(here: Settings) -> None:
    done = draft("examplol", here, offline=False)
    path = done.directory / "profile.yaml"
    path.write_text(path.read_text().replace("imaginary asthma; patients who", "imaginary gout; patients who"))
    report, _ = holding.check("examplol", here)
    assert "QUO001" in {finding.code for finding in report.findings if finding.source == KEY}


def test_a_label_that_is_no_longer_held_is_skipped_and_nothing_false_is_found(here: Settings) -> None:
    draft("examplol", here, offline=False)
    held = _without_labels(here)
    assert held
    report, _ = holding.check("examplol", here)
    assert [skipped.what for skipped in report.skipped] == [KEY]
    assert errors(report) == []


def _without_labels(here: Settings) -> Any:
    with Library(here.library) as library, library._file.writing() as db:
        return db.execute("DELETE FROM label").rowcount


def test_live_labels_stand_before_the_bundled_ones(openfda: OpenFDAServer, here: Settings) -> None:
    openfda.put(
        label_record(
            set_id(3),
            brand="INVENTREX",
            generic="NALTREXONE",
            substances=("NALTREXONE",),
            contraindications=["4 CONTRAINDICATIONS INVENTREX is contraindicated in imaginary asthma."],
        )
    )
    profile = draft("naltrexone", here, offline=False).profile
    texts = [claim.text for claim in told(profile, "safety/contraindications")]
    assert texts[0] == "“INVENTREX is contraindicated in imaginary asthma.”"
    assert len(texts) > 4
