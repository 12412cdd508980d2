"""Decisions hold for what was read: the words, the quotations and the version of each source, and lapse one by one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from reviews import review_of

from pipeline.decisions import (
    Risk,
    State,
    by_risk,
    decided,
    decision_of,
    dump_decisions,
    items,
    person,
    read_decisions,
    risk_of,
    standings,
)
from pipeline.errors import ProfileError
from pipeline.models.compound import Compound
from pipeline.models.profile import Profile, Reference
from pipeline.models.review import Decision, Decisions
from pipeline.profiles import version_of
from pipeline.readiness import Stood

DAY = date(2026, 11, 3)
OTHER = {"pmid": "90000002", "title": "Examplol again", "abstract": [{"text": "Sleep did not change."}]}
EXAMPLE = {
    "claims": [
        {"text": "Pain fell by 30%.", "evidence": {"90000001:1": "Pain fell by 30% with examplol 4 mg/day."}},
        {"text": "Sleep did not change.", "evidence": {"90000002:1": "Sleep did not change."}},
    ],
    "sources": [OTHER],
    "doses": [
        {
            "source": "90000001",
            "dose": "4 mg/day",
            "design": "cohort study",
            "evidence": {"90000001:1": "Pain fell by 30% with examplol 4 mg/day."},
        }
    ],
}


def made(**changes: Any) -> tuple[Profile, dict[str, Reference]]:
    review = review_of({**EXAMPLE, **changes})
    return review.profile, dict(review.references)


def approvals(profile: Profile, references: dict[str, Reference], who: str = "A. Pharmacist") -> list[Decision]:
    return [decision_of(item.what, "approve", version_of(item.what, references), who, DAY) for item in items(profile)]


def publishable(profile: Profile, references: dict[str, Reference], decisions: list[Decision], **told: Any) -> bool:
    compound = Compound(name="examplol", slug="examplol", **told)
    return Stood(compound, profile, references, standings(profile, references, decisions)).why_not is None


def states(profile: Profile, references: dict[str, Reference], decisions: list[Decision], reviewers: int = 1) -> Any:
    return {each.item.id: each.state for each in standings(profile, references, decisions, reviewers)}


def test_what_was_approved_holds() -> None:
    profile, references = made()
    assert set(states(profile, references, []).values()) == {State.OPEN}
    found = standings(profile, references, approvals(profile, references))
    assert {each.state for each in found} == {State.APPROVED}
    assert len(found) == 3
    assert publishable(profile, references, approvals(profile, references))
    assert not publishable(profile, references, approvals(profile, references), publish=False)


@pytest.mark.parametrize("changed", ["word", "quotation", "version", "notice"])
def test_exactly_what_is_touched_lapses(changed: str) -> None:
    profile, references = made()
    decisions = approvals(profile, references)
    ids = [item.id for item in items(profile)]
    if changed == "word":
        claims = [{**EXAMPLE["claims"][0], "text": "Pain fell by 31%."}, EXAMPLE["claims"][1]]  # type: ignore[index]
        profile, references = made(claims=claims)
        touched = {"overview/0"}
    elif changed == "quotation":
        claims = [EXAMPLE["claims"][0], {**EXAMPLE["claims"][1], "evidence": {"90000002:1": "Sleep changed."}}]  # type: ignore[index]
        profile, references = made(claims=claims)
        touched = {"overview/1"}
    elif changed == "version":
        references["90000001"] = references["90000001"].model_copy(update={"hash": "sha256:1"})
        touched = {"overview/0", "doses/0"}
    else:
        given = {**OTHER, "notices": [{"kind": "retraction", "role": "affected", "id": "90000009"}]}
        profile, references = made(references={"90000002": given})
        touched = {"overview/1"}
    found = states(profile, references, decisions)
    assert {key for key, state in found.items() if state is State.STALE} == touched
    assert {key for key, state in found.items() if state is State.APPROVED} == set(ids) - touched


def test_two_reviewers_can_be_required() -> None:
    profile, references = made()
    one = approvals(profile, references)
    assert set(states(profile, references, one, 2).values()) == {State.OPEN}
    assert {each.missing for each in standings(profile, references, one, 2)} == {1}
    twice = [*one, *approvals(profile, references)]
    assert set(states(profile, references, twice, 2).values()) == {State.OPEN}, "one person counts once"
    for same in ("a.  pharmacist", "A. PHARMACIST"):
        again = [*one, *approvals(profile, references, same)]
        assert set(states(profile, references, again, 2).values()) == {State.OPEN}, "in any spelling"
    both = [*one, *approvals(profile, references, "B. Physician")]
    assert set(states(profile, references, both, 2).values()) == {State.APPROVED}


def test_a_rejection_weighs_more_than_an_approval_and_stays_out_of_what_is_published() -> None:
    profile, references = made()
    first = items(profile)[0]
    no = decision_of(first.what, "reject", version_of(first.what, references), "B. Physician", DAY, "not so")
    decisions = [*approvals(profile, references), no]
    assert states(profile, references, decisions)[first.id] is State.REJECTED
    assert publishable(profile, references, decisions)
    assert not publishable(profile, references, decisions[1:2])
    rejected = [
        decision_of(item.what, "reject", version_of(item.what, references), "B. Physician", DAY)
        for item in items(profile)
    ]
    assert not publishable(profile, references, rejected), "nothing is left to publish"


def test_a_synopsis_is_approved_provisionally_and_the_abstract_ends_it() -> None:
    profile, references = made()
    article = references["90000001"].article
    assert article is not None
    synopsis = article.model_copy(update={"text_origin": "synopsis"})
    drawn = {**references, "90000001": references["90000001"].model_copy(update={"article": synopsis})}
    decisions = approvals(profile, drawn)
    found = states(profile, drawn, decisions)
    assert (found["overview/0"], found["overview/1"]) == (State.PROVISIONAL, State.APPROVED)
    assert not publishable(profile, drawn, decisions)
    real = {**drawn, "90000001": references["90000001"].model_copy(update={"hash": "sha256:2"})}
    assert states(profile, real, decisions)["overview/0"] is State.STALE


def test_a_verdict_takes_the_place_of_the_same_persons_and_comments_add_up() -> None:
    profile, references = made()
    what, version = items(profile)[0].what, version_of(items(profile)[0].what, references)

    def by(who: str, kind: str, note: str | None = None) -> Decision:
        return decision_of(what, kind, version, who, DAY, note)

    kept: tuple[Decision, ...] = ()
    for new in (by("A", "approve"), by("A", "comment", "one"), by("B", "approve"), by("A", "comment", "two")):
        kept = decided(kept, new)
    assert len(kept) == 4
    kept = decided(kept, by("A", "reject"))
    assert [(d.reviewer, d.decision) for d in kept] == [
        ("A", "comment"),
        ("B", "approve"),
        ("A", "comment"),
        ("A", "reject"),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_opposite_verdicts_of_one_person_that_a_merge_left(turned: bool) -> None:
    profile, references = made()
    first = items(profile)[0]
    version = version_of(first.what, references)
    no = decision_of(first.what, "reject", version, "A. Pharmacist", DAY)
    yes = decision_of(first.what, "approve", version, "A. Pharmacist", DAY)
    later = yes.model_copy(update={"date": date(2026, 11, 4)})
    order = slice(None, None, -1) if turned else slice(None)
    assert states(profile, references, [yes, no][order])[first.id] is State.REJECTED
    assert states(profile, references, [later, no][order])[first.id] is State.APPROVED


def test_what_a_program_decided_does_not_count() -> None:
    profile, references = made()
    assert set(states(profile, references, approvals(profile, references, "claude")).values()) == {State.OPEN}


@pytest.mark.parametrize("text", ["", "# only words\n", "decisions:\n", "decisions: []\n"])
def test_a_file_without_decisions_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "review.yaml").write_text(text)
    assert read_decisions(tmp_path) == ()


def test_an_unfinished_merge_is_named(tmp_path: Path) -> None:
    (tmp_path / "review.yaml").write_text("decisions:\n<<<<<<< HEAD\n- {claim: a}\n=======\n- {claim: b}\n>>>>>>> x\n")
    with pytest.raises(ProfileError) as refused:
        read_decisions(tmp_path)
    assert "merge" in refused.value.hint


def test_review_yaml_is_a_line_a_decision_and_reads_back() -> None:
    profile, references = made()
    note = "a 'note' with: {braces}, # signs,\n two lines and \u202e"
    decisions = [
        *approvals(profile, references),
        decision_of(items(profile)[0].what, "comment", "sha256:0", "A. Pharmacist", DAY, note),
    ]
    text = dump_decisions(decisions)
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(lines) == len(decisions) == len([line for line in text.splitlines() if not line.startswith("#")]) - 1
    back = Decisions.model_validate(yaml.safe_load(text)).decisions
    assert sorted(back, key=repr) == sorted(decisions, key=repr)
    assert dump_decisions(back) == text
    assert Decisions.model_validate(yaml.safe_load(dump_decisions([]))) == Decisions()


def test_doses_come_first_then_contraindications_interactions_and_pregnancy() -> None:
    assert [risk_of(section) for section in ("doses", "preparation", "safety/pregnancy", "safety/liver-kidney")] == [
        Risk.DOSES,
        Risk.DOSES,
        Risk.PREGNANCY,
        Risk.SAFETY,
    ]
    assert risk_of("kept/safety-interactions") is Risk.INTERACTIONS
    assert (risk_of("evidence/pain"), risk_of("overview"), risk_of("safetynet")) == (
        Risk.EVIDENCE,
        Risk.OTHER,
        Risk.OTHER,
    )
    profile, references = made()
    assert [each.item.id for each in by_risk(standings(profile, references, []))] == [
        "doses/0",
        "overview/0",
        "overview/1",
    ]


PROGRAMS = (
    "extractive",
    "Model",
    "github-actions[bot]",
    "gpt-5-mini",
    "GPT-4",
    "Claude Opus 4",
    "ChatGPT 5",
    "dependabot",
)
NO_NAMES = ("", " ", "123", "AI assistant", "some-house-model", "x" * 81, "A\u202eB", "a\x07b")
PEOPLE = ("A. Pharmacist", "李 雷", "Zoë  van den Berg", "Ai Weiwei", "Claude Bernard", "J. Talbot")


@pytest.mark.parametrize("name", [*PROGRAMS, *NO_NAMES])
def test_only_a_person_approves(name: str) -> None:
    with pytest.raises(ProfileError):
        person(name, {"some-house-model"})


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_has_any_name(name: str) -> None:
    assert person(name) == " ".join(name.split())
