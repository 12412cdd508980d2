"""The nightly job beside its fortnight: profiles that fail, lost memory, and what it refuses."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date

import pytest
from commands import refused, run
from eutils_faults import Fault
from examplol import COHORT, NOTICE, NULL, NULL_RESULT, POSITIVE, RAT, TREATED, paper
from world import REPORTS, World, both, entered, linked, replaced, typed, with_doi, world

from pipeline.models.sources import NoticeKind

__all__ = ["world"]  # a fixture of these tests

Edit = Callable[[str], str]
RETRACTION = both(linked("RetractionIn", NOTICE), typed("Retracted Publication"))


def test_a_profile_that_fails_does_not_stop_the_others(world: World) -> None:
    world.server.add(
        paper("97000001", "Emaginol in rats", [(None, "Rats received emaginol 5 mg/kg. Pain fell.")], 2020)
    )
    world.draft("emaginol", "examplol")
    (world.here.profiles / "emaginol" / "profile.yaml").write_text("name: [")
    world.edit(POSITIVE, RETRACTION)
    night = world.night(2)
    assert night.told[0] == ("examplol", POSITIVE, "retracted")
    assert [failed["profile"] for failed in night.report["failed"]] == ["emaginol"]
    assert night.outcome.status == 1
    assert "profile.yaml" in night.outcome.out


def test_only_the_named_profiles(world: World) -> None:
    world.server.add(
        paper("97000001", "Emaginol in rats", [(None, "Rats received emaginol 5 mg/kg. Pain fell.")], 2020)
    )
    world.draft("emaginol", "examplol")
    world.edit(POSITIVE, RETRACTION)
    assert world.night(2, "emaginol").told == []
    assert world.night(2, "examplol").told[0] == ("examplol", POSITIVE, "retracted")
    assert "no profile" in refused(run("refresh", "inventamab"))


def test_a_dry_run_tells_and_leaves_everything(world: World) -> None:
    world.draft()
    world.edit(POSITIVE, RETRACTION)
    night = world.night(2, "--dry-run", "--format", "json")
    assert not night.changed
    assert not night.report
    assert [item["source"] for item in json.loads(night.outcome.out)["items"]] == [POSITIVE]
    assert world.night(2).told == [("examplol", POSITIVE, "retracted")]


def test_without_its_memory_a_night_finds_the_same(world: World) -> None:
    world.draft()
    world.approve_all()
    drafted = world.root / "drafted"
    shutil.copytree(world.here.profiles, drafted)
    world.night(2)
    world.edit(POSITIVE, RETRACTION)
    first = world.night(3)
    written = world.files()
    shutil.rmtree(world.here.profiles)
    shutil.copytree(drafted, world.here.profiles)
    shutil.rmtree(world.here.library.parent)
    again = world.night(3)
    assert again.told == first.told
    assert world.files() == written
    assert again.report["proposals"] == first.report["proposals"]


def test_new_evidence_that_nobody_took_in_is_proposed_again_and_again(world: World) -> None:
    world.draft()
    drafted = world.root / "drafted"
    shutil.copytree(world.here.profiles, drafted)
    sections = [
        ("METHODS", "500 adults with fibromyalgia were randomised to examplol or placebo."),
        ("RESULTS", NULL_RESULT),
    ]
    trial = paper("90006002", "Examplol in fibromyalgia", sections, 2026, "Randomized Controlled Trial", mesh=[TREATED])
    world.server.add(entered(trial, date(2026, 11, 3)))
    nights = []
    for day in (3, 5, 9, 15):
        nights.append(world.night(day))
        shutil.rmtree(world.here.profiles)  # as in a fresh checkout, before anybody merged
        shutil.copytree(drafted, world.here.profiles)
    assert {tuple(night.told) for night in nights} == {(("examplol", "90006002", "new evidence"),)}
    assert [night.report["proposals"] for night in nights] == [nights[0].report["proposals"]] * 4


def revised(year: int) -> Edit:
    """A record that was revised in a year."""
    return lambda xml: re.sub(r"(<DateRevised><Year>)\d+", rf"\g<1>{year}", xml)


def test_an_author_with_an_older_library_does_not_undo_a_night(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.draft()
    old = world.root / "old"
    shutil.copytree(world.here.library.parent, old)
    world.edit(POSITIVE, both(RETRACTION, revised(2026)))
    world.night(2)
    after = world.files()
    shutil.rmtree(world.here.library.parent)
    shutil.copytree(old, world.here.library.parent)
    assert "an older version of 1 of" in refused(run("draft", "examplol", "--offline"))
    assert world.files() == after
    world.edit(RAT, replaced("14 days", "16 days"))
    night = world.night(3)
    assert night.told == [("examplol", RAT, "abstract changed")]
    shutil.rmtree(world.here.library.parent)
    shutil.copytree(old, world.here.library.parent)
    world.draft()
    assert world.references[POSITIVE].article.affected_by(NoticeKind.RETRACTION)  # type: ignore[union-attr]
    assert POSITIVE not in "".join(claim.id for claim in world.profile.claims)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("doi", [False, True])
def test_a_merged_record_is_found_by_its_doi_or_as_new(world: World, doi: bool, lost: bool) -> None:
    if doi:
        world.edit(POSITIVE, lambda xml: with_doi(xml, "10.1000/examplol.1"))
    world.draft()
    xml = world.server.entries.pop(POSITIVE).xml
    assert xml is not None
    kept = "90006777"
    world.server.add(xml.replace(POSITIVE, kept) if doi else entered(xml.replace(POSITIVE, kept), date(2026, 11, 2)))
    if lost:
        shutil.rmtree(world.here.library.parent)
    night = world.night(2)
    assert night.told == [("examplol", POSITIVE, "merged")]
    assert night.fates(POSITIVE, "merged")[f"evidence/fibromyalgia/{POSITIVE}-result"] == ("told anew", False)
    assert POSITIVE not in world.references
    assert not world.profile.waiting
    assert world.night(3).told == []


def affiliated(place: str) -> Edit:
    """A record whose author works at a place."""
    info = f"<AffiliationInfo><Affiliation>{place}</Affiliation></AffiliationInfo></Author>"
    return lambda xml: re.sub(r"(?:<AffiliationInfo>.*?</AffiliationInfo>)?</Author>", info, xml)


def test_an_erratum_is_known_by_what_changed_in_the_paper_where_its_own_record_is_silent(world: World) -> None:
    world.edit(COHORT, affiliated("University of A"))
    world.edit(NULL, affiliated("University of A"))
    world.draft()
    world.approve_all()
    approved, drafted = world.approved, world.root / "drafted"
    shutil.copytree(world.here.profiles, drafted)
    world.edit(COHORT, both(linked("ErratumIn", "90008002"), affiliated("University of B")))
    world.edit(
        NULL, both(linked("ErratumIn", "90008003"), affiliated("University of B"), replaced("p = 0.72", "p = 0.27"))
    )
    for day in (2, 3):  # on the second the library has both records as they are
        night = world.night(day)
        assert {(s, night.item(s, "corrected")["change"]["numbers"]) for s in (COHORT, NULL)} == {
            (COHORT, False),
            (NULL, True),
        }
        assert approved - world.approved == {claim for claim in approved if NULL in claim}
        shutil.rmtree(world.here.profiles)
        shutil.copytree(drafted, world.here.profiles)


def test_a_long_silence_becomes_an_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.draft()
    world.server.faults.extend([Fault.status(503)] * 500)
    night = world.night(7)
    assert {u["severity"] for u in night.report["unreachable"]} == {"warning"}
    assert night.outcome.err.startswith("error: nothing could be read: ")
    night = world.night(8)
    assert {(u["days"], u["severity"]) for u in night.report["unreachable"]} == {(7, "error")}
    monkeypatch.setenv("MONOGRAPH_STALE_DAYS", "30")
    assert {u["severity"] for u in world.night(8).report["unreachable"]} == {"warning"}


def test_one_request_for_200_records_and_one_for_each_profile(world: World) -> None:
    more = [
        paper(
            str(98_000_000 + n),
            f"Examplol in rats, part {n}",
            [(None, f"Examplol {n + 1} mg/kg reduced pain in rats.")],
            2020,
        )
        for n in range(450)
    ]
    for xml in more:
        world.server.add(xml)
    world.draft()
    relied = {q.id.rpartition(":")[0] for q in world.profile.quotations} | {p.source for p in world.profile.points}
    assert len(relied) > 400
    night = world.night(2)
    assert night.requests == night.report["requests"] == -(-night.report["read"] // 200) + 1
    assert night.report["read"] >= len(relied)


def test_what_cannot_be_refreshed_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no profile" in refused(run("refresh"))
    world.draft()
    monkeypatch.delenv("NCBI_EMAIL")
    assert "NCBI_EMAIL" in refused(run("refresh"))


def test_a_damaged_memory_is_said_and_left(world: World) -> None:
    world.draft()
    world.here.nights.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    assert "the memory of the nights" in refused(run("refresh"))


def test_the_status_says_when_references_were_checked_and_what_waits(world: World) -> None:
    world.draft()
    assert "references checked" not in run("status").out
    sections = [
        ("METHODS", "500 adults with fibromyalgia were randomised to examplol or placebo."),
        ("RESULTS", NULL_RESULT),
    ]
    trial = paper("90006002", "Examplol in fibromyalgia", sections, 2026, "Randomized Controlled Trial", mesh=[TREATED])
    world.server.add(entered(trial, date(2026, 11, 3)))
    world.night(3)
    assert "references checked 2026-11-03; 1 new record to weigh" in " ".join(run("status").out.split())


def test_the_report_of_a_quiet_night(world: World) -> None:
    world.draft()
    night = world.night(date(2026, 11, 2))
    text = (world.root / REPORTS[0]).read_text("utf-8")
    assert "0 of 1 profile touched" in night.outcome.out
    assert text.startswith("# Night of 2026-11-02\n\n0 of 1 profile touched; ")
    assert COHORT not in text
