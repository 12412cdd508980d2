"""A fortnight of nights, one after another, over a PubMed that changes as PubMed does. Every night is run twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from commands import hurry
from eutils_faults import Fault
from eutils_server import EutilsServer
from examplol import (
    CASE,
    COHORT,
    LITERATURE,
    META_ANALYSIS,
    NOTICE,
    NULL,
    NULL_RESULT,
    OPEN_LABEL,
    POSITIVE,
    PROTOCOL,
    RAT,
    TREATED,
    paper,
)
from world import (
    REPORTS,
    Night,
    World,
    both,
    entered,
    including,
    linked,
    replaced,
    typed,
    unlinked,
    untyped,
    with_doi,
    without,
)

from pipeline.sources.entrez import PubMed

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
EVIDENCE = "evidence/fibromyalgia"
REGISTERED = "NCT01234567"
INCLUDED = "90007001"  # a trial that only the meta-analysis knows
QUIET = {"items": [], "unreachable": [], "failed": [], "proposals": []}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    hurry(monkeypatch, PubMed)
    with EutilsServer(LITERATURE) as server:
        monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
        world = World(server, tmp_path)
        world.edit(PROTOCOL, replaced("This protocol", f"({REGISTERED}) This protocol"))
        world.edit(CASE, lambda xml: with_doi(xml, "10.1000/examplol.7"))
        world.edit(META_ANALYSIS, lambda xml: including(xml, [POSITIVE, NULL, INCLUDED]))
        world.draft()
        world.approve_all()
        yield world


def twice(world: World, day: int) -> Night:
    """A night, and the same night again, which changes nothing: no file, no report, no status."""
    first = world.night(day)
    files, reports = world.files(), [(world.root / name).read_bytes() for name in REPORTS]
    again = world.night(day)
    assert again.outcome.status == first.outcome.status
    assert not again.changed
    assert world.files() == files
    assert [(world.root / name).read_bytes() for name in REPORTS] == reports
    return first


def quiet(night: Night) -> bool:
    return not night.changed and night.outcome.status == 0 and QUIET.items() <= night.report.items()


def test_a_fortnight(world: World) -> None:
    """Each night's change builds on the last, so they are one test."""
    server = world.server
    everything = world.approved
    assert everything

    night = twice(world, 2)
    assert quiet(night)
    assert "Nothing changed." in (world.root / REPORTS[0]).read_text()

    # A retraction: the claims on the paper go, the grade is another one, and the paper is listed as retracted.
    notice = paper(NOTICE, "Retraction: Examplol for fibromyalgia", [], 2026, "Retraction of Publication")
    server.add(notice)
    world.edit(POSITIVE, both(linked("RetractionIn", NOTICE), typed("Retracted Publication")))
    night = twice(world, 3)
    assert night.told == [
        ("examplol", POSITIVE, "retracted"),
        ("examplol", META_ANALYSIS, "rests on a retracted paper"),
    ]
    assert night.outcome.status == 1
    item = night.item(POSITIVE, "retracted")
    assert item["change"]["since"] == "2026 Nov 3"
    assert item["change"]["by"] == NOTICE
    fates = night.fates(POSITIVE, "retracted")
    assert fates[f"{EVIDENCE}/{POSITIVE}-result"] == ("dropped", True)
    assert fates[f"doses/{POSITIVE}"] == ("dropped", True)
    assert [(g["section"], g["old"], g["new"]) for g in item["grades"]] == [
        (EVIDENCE, "Gold, conflicting", "Gold, no difference")
    ]
    assert f"{EVIDENCE} keeps 6 other sources" in item["remains"]
    assert not [claim for claim in world.profile.claims if POSITIVE in claim.id]
    assert world.approved == {claim for claim in everything if POSITIVE not in claim}
    (proposal,) = night.report["proposals"]
    assert (proposal["branch"], proposal["files"]) == ("refresh/examplol", ["profiles/examplol"])
    assert proposal["title"] == f"examplol: PMID {POSITIVE} retracted, and 1 more"
    assert world.references[META_ANALYSIS].rests_on == (POSITIVE,)

    shown = README.partition("<!-- night:start -->")[2].partition("<!-- night:end -->")[0]
    assert "\n".join(shown.strip().splitlines()[1:-1]) in night.outcome.out

    assert quiet(twice(world, 4))

    # An erratum that changes a number: the claim is told anew with the new number, its approval ends.
    erratum = "90008001"
    server.add(
        paper(erratum, "Correction", [(None, "The number of adults was 69 and not 96.")], 2026, "Published Erratum")
    )
    world.edit(NULL, both(linked("ErratumIn", erratum), replaced("assigned 96 adults", "assigned 69 adults")))
    night = twice(world, 5)
    assert night.told == [("examplol", NULL, "corrected")]
    assert night.outcome.status == 1
    item = night.item(NULL, "corrected")
    assert item["change"]["numbers"] is True
    assert "96 → 69" in item["change"]["words"].replace(" adults", "")
    assert night.fates(NULL, "corrected")[f"{EVIDENCE}/{NULL}-result"] == ("told anew", True)
    assert "69 adults" in next(c.text for c in world.profile.claims if c.id == f"{EVIDENCE}/{NULL}-result")
    assert not {claim for claim in world.approved if NULL in claim}

    # An erratum that changes an affiliation: the reference names it, the numbers and the approvals stay.
    server.add(
        paper("90008002", "Correction", [(None, "The affiliation of the author was wrong.")], 2026, "Published Erratum")
    )
    world.edit(COHORT, linked("ErratumIn", "90008002"))
    night = twice(world, 6)
    assert night.told == [("examplol", COHORT, "corrected")]
    assert night.outcome.status == 0
    assert night.item(COHORT, "corrected")["change"]["numbers"] is False
    assert not night.fates(COHORT, "corrected")
    assert f"{EVIDENCE}/{COHORT}-result" in world.approved
    assert night.changed == {"examplol/profile.md", "examplol/sources.yaml"}

    # An expression of concern: the claim stands, its approval does not.
    world.edit(OPEN_LABEL, linked("ExpressionOfConcernIn", "90008003"))
    night = twice(world, 7)
    assert night.told == [("examplol", OPEN_LABEL, "expression of concern")]
    assert night.fates(OPEN_LABEL, "expression of concern")[f"{EVIDENCE}/{OPEN_LABEL}-result"] == ("stands", True)
    assert {finding["code"] for finding in night.item(OPEN_LABEL, "expression of concern")["findings"]} == {"PUB002"}

    # The retraction is taken back: the claims are there again, and so is the grade.
    world.edit(POSITIVE, both(unlinked, untyped("Retracted Publication")))
    night = twice(world, 8)
    assert night.told == [("examplol", POSITIVE, "reinstated"), ("examplol", META_ANALYSIS, "reinstated")]
    assert world.references[META_ANALYSIS].rests_on == ()
    assert night.fates(POSITIVE, "reinstated")[f"{EVIDENCE}/{POSITIVE}-result"] == ("added", False)
    assert [(g["old"], g["new"]) for g in night.item(POSITIVE, "reinstated")["grades"]] == [
        ("Gold, no difference", "Gold, conflicting")
    ]

    # The results of the planned trial.
    results = "90006001"
    found = ("RESULTS", "Pain fell more with examplol than with placebo (mean difference -0.9 points, p = 0.01).")
    who = f"We randomly assigned 300 adults with fibromyalgia to examplol 40 mg/day or placebo ({REGISTERED})."
    trial = paper(
        results,
        "Examplol in fibromyalgia: a randomised controlled trial",
        [("METHODS", who), found],
        2026,
        "Randomized Controlled Trial",
        mesh=["Humans", TREATED],
        author="Jung",
    )
    server.add(entered(trial, date(2026, 11, 9)))
    night = twice(world, 9)
    assert set(night.told) == {("examplol", PROTOCOL, "superseded"), ("examplol", results, "new evidence")}
    assert night.item(PROTOCOL, "superseded")["change"]["by"] == results
    challenges = {c.claim: c.how for w in world.profile.waiting for c in w.challenges}
    assert challenges[f"{EVIDENCE}/{PROTOCOL}-protocol"] == "results"
    assert challenges[f"{EVIDENCE}/{NULL}-result"] == "opposite"
    assert results not in {row.source for row in world.profile.doses}  # nothing of it is told before it is weighed

    # A null trial against a positive claim.
    null = "90006002"
    methods = "In a double-blind trial, 500 adults with fibromyalgia were randomised to examplol 20 mg/day or placebo."
    trial = paper(
        null,
        "Examplol 20 mg in fibromyalgia: a randomised placebo-controlled trial",
        [("METHODS", methods), ("RESULTS", NULL_RESULT)],
        2026,
        "Randomized Controlled Trial",
        mesh=["Humans", TREATED],
        author="Zorn",
    )
    server.add(entered(trial, date(2026, 11, 10)))
    night = twice(world, 10)
    assert night.told == [("examplol", null, "new evidence")]
    assert night.fates(null, "new evidence")[f"{EVIDENCE}/{POSITIVE}-result"] == ("challenged", False)
    assert f"{EVIDENCE}/{NULL}-result" not in night.fates(null, "new evidence")  # it found the same
    assert "## New evidence" in (world.place / "profile.md").read_text()

    # An abstract is edited without any number.
    world.edit(RAT, replaced("Male Wistar rats", "Male adult Wistar rats"))
    night = twice(world, 11)
    assert night.told == [("examplol", RAT, "abstract changed")]
    assert night.item(RAT, "abstract changed")["change"]["numbers"] is False

    # A record is merged into another: the claims cite the one that remains.
    kept = "90006003"
    xml = server.entries.pop(CASE).xml
    assert xml is not None
    server.add(xml.replace(CASE, kept))
    night = twice(world, 12)
    assert ("examplol", CASE, "merged") in night.told
    assert night.item(CASE, "merged")["change"]["by"] == kept
    assert CASE not in world.references
    assert f"doses/{kept}" in {row.id for row in world.profile.doses}

    assert quiet(twice(world, 13))

    # Three nights without PubMed: each says so, with the age of the last answer, and changes nothing.
    for day, age in ((14, 1), (15, 2), (16, 3)):
        server.faults.extend([Fault.status(503)] * 100)
        night = twice(world, day)
        assert night.outcome.status == 2
        assert not night.changed
        assert night.report["items"] == []
        assert {(u["days"], u["last"], u["severity"]) for u in night.report["unreachable"]} == {
            (age, "2026-11-13", "warning")
        }
        server.faults.clear()

    # An answer that breaks off, and one that is empty: nothing is deleted.
    server.faults.extend([None, Fault.truncated()])
    assert quiet(twice(world, 17))
    server.faults.extend([None, Fault.empty_set(), Fault.empty_set(), *[None] * 20])
    night = world.night(18)
    assert (night.outcome.status, night.told, night.changed) == (2, [], set())
    assert "left out" in night.report["unreachable"][0]["why"]
    server.faults.clear()
    assert quiet(twice(world, 18))

    # An answer that lacks a record, twice: that is said, and nothing else.
    short = Fault("one short", lambda handler, honest: handler.reply(without(honest.decode(), RAT).encode()))
    server.faults.extend([None, short, short, *[None] * 20])
    night = world.night(19)
    assert (night.outcome.status, night.told, night.changed) == (0, [("examplol", RAT, "not sent")], set())
    server.faults.clear()

    # Too many requests, again and again: the night takes longer and is the same.
    server.faults.extend([Fault.status(429, retry_after=3)] * 4 + [None] + [Fault.status(429, retry_after=1)] * 4)
    assert quiet(twice(world, 20))
