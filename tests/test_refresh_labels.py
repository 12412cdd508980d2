"""Nights on which a drug label is another one, is not sent, or is gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest
from commands import run
from eutils_faults import Fault
from examplol import POSITIVE, RAT
from label_texts import exampline
from openfda_server import OpenFDAServer, label_record, set_id
from world import World, files_of, replaced, world, xml_of

from pipeline.patience import Patience
from pipeline.sources.library import Library
from pipeline.sources.openfda import DrugLabels
from pipeline.sources.pubmed import drug_labels_of

__all__ = ["world"]  # a fixture of these tests

KEY = f"label-{set_id(1)}"


@pytest.fixture
def openfda() -> Iterator[OpenFDAServer]:
    with OpenFDAServer([exampline()]) as server:
        yield server


@pytest.fixture
def labelled(world: World, openfda: OpenFDAServer, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which openFDA is asked too, with a drafted and approved profile."""
    monkeypatch.setenv("MONOGRAPH_OPENFDA_URL", openfda.url)
    world.draft()
    world.approve_all()
    return world


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


def test_an_openfda_that_does_not_answer_is_told_and_nothing_more(
    labelled: World, openfda: OpenFDAServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = partial(drug_labels_of, patience=Patience(sleep=lambda _: None))
    monkeypatch.setattr("pipeline.refresh.run.drug_labels_of", hurried)
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
