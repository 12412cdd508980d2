"""Nights over NLM's update files: the same as over PubMed, and what only a file can bring."""

from __future__ import annotations

import shutil

import pytest
from commands import refused, run
from eutils_server import article_xml
from examplol import COHORT, LITERATURE, NOTICE, NULL, POSITIVE, RAT
from world import World, both, files_of, linked, replaced, typed, world, xml_of

__all__ = ["world"]  # a fixture of these tests

RETRACTION = both(linked("RetractionIn", NOTICE), typed("Retracted Publication"))


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
