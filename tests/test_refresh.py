"""The nightly job beside its fortnight: labels, update files, profiles that fail, lost memory, and what it refuses."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from commands import hurry, refused, run
from eutils_faults import Fault, set_of
from eutils_server import EutilsServer, article_xml
from examplol import COHORT, LITERATURE, NOTICE, NULL, NULL_RESULT, POSITIVE, RAT, TREATED, paper
from label_texts import exampline
from openfda_server import OpenFDAServer, label_record, set_id
from world import REPORTS, World, both, entered, linked, replaced, typed, with_doi

from pipeline.models.sources import NoticeKind
from pipeline.sources.entrez import PubMed
from pipeline.sources.library import Library
from pipeline.sources.openfda import DrugLabels

Edit = Callable[[str], str]
KEY = f"label-{set_id(1)}"
RETRACTION = both(linked("RetractionIn", NOTICE), typed("Retracted Publication"))


@pytest.fixture
def openfda() -> Iterator[OpenFDAServer]:
    with OpenFDAServer([exampline()]) as server:
        yield server


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    hurry(monkeypatch, PubMed, DrugLabels, attempts=2)
    with EutilsServer(LITERATURE) as server:
        monkeypatch.setenv("NCBI_EMAIL", "pat@example.org")
        monkeypatch.setenv("MONOGRAPH_ENTREZ_URL", server.url)
        yield World(server, tmp_path)


@pytest.fixture
def labelled(world: World, openfda: OpenFDAServer, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which openFDA is asked too, with a drafted and approved profile."""
    monkeypatch.setenv("MONOGRAPH_OPENFDA_URL", openfda.url)
    world.draft()
    world.approve_all()
    return world


def files_of(world: World, *records: str, deleted: str = "", name: str = "pubmed26n1335.xml.gz") -> Path:
    """An update file with its .md5."""
    gone = f"<DeleteCitation>{deleted}</DeleteCitation></PubmedArticleSet>" if deleted else "</PubmedArticleSet>"
    path = world.root / name
    path.write_bytes(gzip.compress(set_of(records).replace("</PubmedArticleSet>", gone).encode()))
    path.with_name(f"{name}.md5").write_text(f"MD5({name})= {hashlib.md5(path.read_bytes()).hexdigest()}\n")
    return path


def xml_of(world: World, pmid: str) -> str:
    xml = world.server.entries[pmid].xml
    assert xml is not None
    return xml


# --- labels -----------------------------------------------------------------------------------------------------------


def test_a_changed_warning_touches_the_safety_claims(labelled: World, openfda: OpenFDAServer) -> None:
    assert labelled.night(2).told == []
    everything = labelled.approved
    contraindicated = next(c for c in labelled.profile.claims if f"{KEY}-contraindication" in c.id)
    text = exampline()["contraindications"][0].replace("acute imaginary asthma", "any imaginary asthma")
    openfda.records = [exampline(version="4", effective="20261102", contraindications=[text])]
    night = labelled.night(3)
    assert night.told == [("examplol", KEY, "label changed")]
    item = night.item(KEY, "label changed")
    version, changed, words = item["change"]["words"].split("; ", 2)
    assert (version, changed) == ("version 3 → 4", "contraindication changed")
    assert "acute imaginary asthma" in words.partition(" → ")[0]
    assert "any imaginary asthma" in words.partition(" → ")[2]
    assert item["change"]["since"] == "2026-11-02"
    assert (item["severity"], night.outcome.status) == ("error", 1)
    fates = night.fates(KEY, "label changed")
    assert fates.pop(contraindicated.id) == ("dropped", True)
    assert [became for became, _ in fates.values()] == ["added"]  # every other sentence stands, and so its approval
    assert len(labelled.approved) == len(everything) - 1
    assert "any imaginary asthma" in (labelled.place / "profile.md").read_text("utf-8")
    assert POSITIVE in "".join(labelled.approved)  # claims on papers stay approved
    assert not labelled.night(3).changed
    assert labelled.night(4).told == []
    assert run("check", "examplol").status == 0


def test_a_label_that_is_only_filed_anew_is_no_change(labelled: World, openfda: OpenFDAServer) -> None:
    openfda.records = [exampline(version="4", effective="20261102")]
    night = labelled.night(2)
    assert (night.told, night.changed, night.outcome.status) == ([], set(), 0)


def test_an_openfda_that_does_not_answer_is_told_and_nothing_more(labelled: World, openfda: OpenFDAServer) -> None:
    openfda.faults.extend([Fault.status(503)] * 10)
    night = labelled.night(2)
    assert (night.told, night.changed, night.outcome.status) == ([], set(), 0)
    assert [u["what"] for u in night.report["unreachable"]] == ["its drug labels"]


def test_an_answer_without_the_sections_of_a_label_is_not_believed(labelled: World, openfda: OpenFDAServer) -> None:
    openfda.records = [label_record(set_id(1), version="4", indications_and_usage=["1 INDICATIONS AND USAGE Pain."])]
    night = labelled.night(2)
    assert (night.told, night.changed) == ([("examplol", KEY, "not sent")], set())
    openfda.records = [exampline()]
    assert labelled.night(3).told == []


def test_an_older_version_of_a_label_is_passed_over(labelled: World, openfda: OpenFDAServer) -> None:
    openfda.records = [exampline(version="2", boxed_warning=["WARNING: EXAMPLINE is blue."])]
    assert labelled.night(2).told == []


def test_a_label_that_came_another_way_is_told_all_the_same(labelled: World, openfda: OpenFDAServer) -> None:
    openfda.records = [exampline(version="4", boxed_warning=["WARNING: EXAMPLINE kills children."])]
    with Library(labelled.here.library) as library:
        library.add_labels(DrugLabels(openfda.url).find(["examplol"]), ["examplol"], date(2026, 11, 1))
    openfda.faults.extend([Fault.status(503)] * 10)
    labelled.edit(RAT, replaced("14 days", "16 days"))
    path = files_of(labelled, xml_of(labelled, RAT))
    night = labelled.night(2, "--updates", str(path))
    assert set(night.told) == {("examplol", KEY, "label changed"), ("examplol", RAT, "abstract changed")}
    assert "boxed warning changed" in night.item(KEY, "label changed")["change"]["words"]
    assert "kills children" in night.report["proposals"][0]["body"]
    assert night.outcome.status == 1


def test_an_unmerged_label_is_told_in_the_same_words_every_night(labelled: World, openfda: OpenFDAServer) -> None:
    drafted = labelled.root / "drafted"
    shutil.copytree(labelled.here.profiles, drafted)
    openfda.records = [exampline(version="4", boxed_warning=["WARNING: EXAMPLINE kills children."])]
    bodies = []
    for day in (2, 3):
        bodies.append(labelled.night(day).report["proposals"][0]["body"])
        shutil.rmtree(labelled.here.profiles)
        shutil.copytree(drafted, labelled.here.profiles)
    assert bodies[0] == bodies[1]


def test_a_label_that_is_not_sent_is_missing_before_it_is_gone(labelled: World, openfda: OpenFDAServer) -> None:
    openfda.records = []
    for day in (2, 3):
        night = labelled.night(day)
        assert (night.told, night.changed) == ([("examplol", KEY, "not sent")], set())
    night = labelled.night(4)
    assert night.told == [("examplol", KEY, "deleted")]
    assert set(night.fates(KEY, "deleted").values()) == {("stands", True)}
    assert "NO LONGER HELD BY openFDA" in (labelled.place / "profile.md").read_text("utf-8")
    assert labelled.night(5).told == []
    openfda.records = [exampline()]
    assert labelled.night(6).told == [("examplol", KEY, "reinstated")]
    assert KEY in "".join(labelled.approved)


# --- update files -----------------------------------------------------------------------------------------------------


def test_update_files_tell_the_same_as_pubmed(world: World) -> None:
    world.draft()
    world.approve_all()
    drafted = world.root / "drafted"
    shutil.copytree(world.here.profiles, drafted)
    world.edit(POSITIVE, RETRACTION)
    world.edit(NULL, replaced("assigned 96 adults", "assigned 69 adults"))
    asked = world.night(2)
    told, written = asked.told, world.files()
    shutil.rmtree(world.here.profiles)
    shutil.copytree(drafted, world.here.profiles)
    shutil.rmtree(world.here.library.parent)  # what was kept of the records is lost
    run("library", "import", str(files_of(world, *LITERATURE, name="baseline.xml.gz")))
    other = article_xml("95000001", "Another paper", [(None, "Of another compound.")])
    path = files_of(world, xml_of(world, POSITIVE), other, xml_of(world, NULL))
    night = world.night(2, "--updates", str(path))
    assert night.requests == 0
    assert night.told == told
    assert world.files() == written
    assert not world.night(2, "--updates", str(path)).changed


def test_several_update_files_in_the_order_of_their_names(world: World) -> None:
    world.draft()
    xml = xml_of(world, RAT)
    late = files_of(world, xml.replace("14 days", "16 days"), name="pubmed26n1336.xml.gz")
    early = files_of(world, xml.replace("14 days", "15 days"), name="pubmed26n1335.xml.gz")
    night = world.night(2, "--updates", str(late), str(early))
    assert "14 days → 16 days" in night.item(RAT, "abstract changed")["change"]["words"]


@pytest.mark.parametrize("deleted", [True, False])
def test_of_several_files_the_last_word_holds_every_night(world: World, deleted: bool) -> None:
    world.draft()
    world.approve_all()
    early = files_of(world, xml_of(world, COHORT), name="pubmed26n1335.xml.gz")
    if deleted:
        late = files_of(world, deleted=f'<PMID Version="1">{COHORT}</PMID>', name="pubmed26n1336.xml.gz")
    else:
        late = files_of(world, RETRACTION(xml_of(world, COHORT)), name="pubmed26n1336.xml.gz")
    kind = "deleted" if deleted else "retracted"
    assert world.night(2, "--updates", str(early), str(late)).told == [("examplol", COHORT, kind)]
    for day in (3, 4):
        night = world.night(day, "--updates", str(world.root))
        assert (night.told, night.changed) == ([], set())


def test_nlm_says_that_a_record_is_deleted(world: World) -> None:
    world.draft()
    world.approve_all()
    path = files_of(world, deleted=f'<PMID Version="1">{COHORT}</PMID><PMID Version="1">95000009</PMID>')
    night = world.night(2, "--updates", str(path))
    assert night.told == [("examplol", COHORT, "deleted")]
    assert night.fates(COHORT, "deleted")[f"evidence/fibromyalgia/{COHORT}-result"] == ("stands", True)
    assert "NO LONGER IN PUBMED" in (world.place / "profile.md").read_text("utf-8")
    assert not world.night(2, "--updates", str(path)).changed
    again = world.night(3, "--updates", str(path))
    assert (again.told, again.changed) == ([], set())
    back = world.night(4, "--updates", str(files_of(world, xml_of(world, COHORT))))
    assert back.told == [("examplol", COHORT, "reinstated")]
    assert COHORT in "".join(world.approved)


def test_a_damaged_update_file_changes_nothing(world: World) -> None:
    world.draft()
    path = files_of(world, RETRACTION(xml_of(world, POSITIVE)))
    path.with_name(f"{path.name}.md5").write_text("0" * 32)
    before = world.files()
    assert path.name in refused(run("refresh", "--updates", str(path)))
    assert world.files() == before
    assert "missing.xml.gz" in refused(run("refresh", "--updates", str(path.with_name("missing.xml.gz"))))


def test_a_lagging_server_brings_no_older_record_back(world: World) -> None:
    world.edit(
        NULL,
        lambda xml: xml.replace(
            "<Year>2020</Year><Month>1</Month><Day>1</Day>", "<Year>2026</Year><Month>1</Month><Day>1</Day>"
        ),
    )
    world.draft()
    older = xml_of(world, NULL).replace("<Year>2026</Year>", "<Year>2025</Year>").replace("96 adults", "95 adults")
    night = world.night(2, "--updates", str(files_of(world, older)))
    assert (night.told, night.changed) == ([], set())


# --- profiles, memory and refusals ------------------------------------------------------------------------------------


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
