"""Deciding at the desk and from the command line: what is written, what is refused, what lapses, and the way back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from commands import TODAY, contents, refused, run
from eutils_faults import set_of
from examplol import LITERATURE, NULL, NULL_RESULT, POSITIVE

from pipeline.config import settings
from pipeline.decisions import State, read_decisions
from pipeline.errors import ProfileError
from pipeline.models.findings import Severity
from pipeline.profiles import HEADER, Sources, dump, read_profile, read_sources
from pipeline.review.desk import Changed, Desk, with_claim

WHO = "A. Pharmacist"
CLAIM = f"evidence/fibromyalgia/{NULL}-result"
ROW = f"doses/{NULL}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a drafted profile of examplol, below the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("records.xml").write_text(set_of(LITERATURE))
    assert run("library", "import", "records.xml").status == 0
    assert run("draft", "examplol").status == 0
    return Path("profiles/examplol")


@pytest.fixture
def desk(place: Path) -> Desk:
    return Desk("examplol", settings())


def states(desk: Desk) -> dict[str, State]:
    return {key: standing.state for key, standing in desk.open().standings.items()}


def test_an_approval_is_one_line_of_a_diff(place: Path, desk: Desk) -> None:
    def git(*words: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        return subprocess.run(["git", *identity, *words], capture_output=True, text=True, check=True).stdout

    ids = list(desk.open().standings)
    desk.decide(ids[0], "approve", WHO, TODAY)
    git("init", "-q")
    git("add", "profiles")
    git("commit", "-qm", "first")
    for claim in ids[1:5]:
        desk.decide(claim, "approve", WHO, TODAY)
    desk.decide(ids[5], "reject", WHO, TODAY, note="the dose is that of another arm")
    changed = [line for line in git("diff", "-U0").splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert len(changed) == 5
    assert all(line.startswith("+- {claim: ") for line in changed)
    assert {path.strip() for path in git("diff", "--name-only").splitlines()} == {"profiles/examplol/review.yaml"}


def test_decisions_survive_a_redraft_and_exactly_the_touched_ones_lapse(place: Path, desk: Desk) -> None:
    ids = list(desk.open().standings)
    assert set(desk.decide_all(ids, "approve", WHO, TODAY).values()) == {None}
    before = contents(place)
    assert run("draft", "examplol").status == 0
    assert contents(place) == before
    assert set(states(desk).values()) == {State.APPROVED}
    edited = set_of(LITERATURE).replace(NULL_RESULT, NULL_RESULT.replace("0.72", "0.73"))
    Path("records.xml").write_text(edited)
    assert run("library", "import", "records.xml").status == 0
    assert run("draft", "examplol").status == 0
    found = states(desk)
    touched = {
        key for key, standing in desk.open().standings.items() if any(NULL in q.id for q in standing.item.what.evidence)
    }
    assert touched
    assert {key for key, state in found.items() if state is not State.APPROVED} == touched
    assert {found[key] for key in touched} <= {State.STALE, State.OPEN}


@pytest.mark.parametrize("change", ["word", "sentence", "version"])
def test_one_change_by_hand_touches_what_it_touches(place: Path, desk: Desk, change: str) -> None:
    desk.decide_all(list(desk.open().standings), "approve", WHO, TODAY)
    profile, references = read_profile(place), read_sources(place)
    assert profile is not None
    claim = next(each for each in profile.claims if each.id == CLAIM)
    expected = {CLAIM}
    if change == "word":
        new = claim.model_copy(update={"text": claim.text.replace("placebo", "sham", 1)})
        (place / "profile.yaml").write_text(dump(with_claim(profile, new), HEADER))
    elif change == "sentence":
        quoted = (claim.evidence[0].model_copy(update={"text": "Nobody wrote this."}), *claim.evidence[1:])
        new = claim.model_copy(update={"evidence": quoted})
        (place / "profile.yaml").write_text(dump(with_claim(profile, new), HEADER))
    else:
        references[NULL] = references[NULL].model_copy(update={"hash": "sha256:0"})
        (place / "sources.yaml").write_text(dump(Sources(sources=tuple(references.values()))))
        expected = {
            key
            for key, standing in desk.open().standings.items()
            if any(q.id.startswith(f"{NULL}:") for q in standing.item.what.evidence)
        }
        assert {CLAIM, ROW} <= expected
    assert {key for key, state in states(desk).items() if state is State.STALE} == expected


def test_a_claim_with_an_open_error_is_not_approved(place: Path, desk: Desk) -> None:
    claim = next(each for each in desk.open().standings if each == CLAIM)
    desk.edit(claim, "Examplol 45 mg/day cured pain.", None, WHO, TODAY)
    with pytest.raises(ProfileError, match="open error"):
        desk.decide(claim, "approve", WHO, TODAY)
    outcome = run("approve", "examplol", claim, ROW, "--reviewer", WHO)
    assert outcome.status == 1
    assert f"refused   {claim}" in outcome.out
    assert "1 approved, 1 refused" in outcome.out
    assert (states(desk)[claim], states(desk)[ROW]) == (State.OPEN, State.APPROVED)
    assert run("approve", "examplol", claim, "--reviewer", WHO, "--reject", "--note", "no cure").status == 0
    assert states(desk)[claim] is State.REJECTED


def test_an_edit_changes_words_and_evidence_and_every_file_that_shows_them(place: Path, desk: Desk) -> None:
    standing = desk.open().standings[CLAIM]
    ids = [q.id for q in standing.item.what.evidence]
    words = "Examplol and placebo did not differ in pain."
    opened = desk.edit(CLAIM, f" {words} ", [*ids, f"{NULL}:0"], WHO, TODAY, seen=standing.seen)
    assert opened.standings[CLAIM].item.words == words
    assert [q.id for q in opened.standings[CLAIM].item.what.evidence] == list(dict.fromkeys([*ids, f"{NULL}:0"]))
    assert words in (place / "profile.yaml").read_text()
    assert words in (place / "profile.md").read_text()
    assert [(d.claim, d.decision) for d in read_decisions(place)] == [(CLAIM, "edit")]
    assert states(desk)[CLAIM] is State.OPEN, "an edit is no approval"
    before = contents(place)
    assert run("draft", "examplol").status == 0
    assert words in (place / "profile.yaml").read_text(), "the next draft keeps it"
    assert contents(place) == before


def test_what_was_not_seen_is_not_decided_on(place: Path, desk: Desk) -> None:
    other = Desk("examplol", settings())
    seen = desk.open().standings[CLAIM].seen
    other.decide(CLAIM, "approve", "B. Physician", TODAY, seen=seen)
    before = contents(place)
    with pytest.raises(Changed):
        desk.decide(CLAIM, "reject", WHO, TODAY, seen=seen)
    with pytest.raises(Changed):
        desk.edit(CLAIM, "Other words.", None, WHO, TODAY, seen=seen)
    assert contents(place) == before
    desk.decide(ROW, "approve", WHO, TODAY, seen=desk.open().standings[ROW].seen)
    assert len(read_decisions(place)) == 2, "another claim is another matter"


def test_every_step_is_taken_back_and_nothing_of_anybody_else(place: Path, desk: Desk) -> None:
    start = contents(place)
    desk.decide(CLAIM, "approve", WHO, TODAY)
    approved = contents(place)
    desk.edit(CLAIM, "Examplol and placebo did not differ.", None, WHO, TODAY)
    desk.undo()
    assert contents(place) == approved
    desk.undo()
    assert contents(place) == start
    with pytest.raises(ProfileError, match="nothing to undo"):
        desk.undo()
    desk.decide(CLAIM, "approve", WHO, TODAY)
    Desk("examplol", settings()).decide(ROW, "approve", "B. Physician", TODAY)
    with pytest.raises(Changed):
        desk.undo()
    assert {d.claim for d in read_decisions(place)} == {CLAIM, ROW}


@pytest.mark.parametrize(
    ("claim", "text", "evidence"),
    [
        (ROW, "5 mg", None),
        (CLAIM, "  ", None),
        (CLAIM, "x" * 4001, None),
        (CLAIM, "Nothing to stand on.", []),
        (CLAIM, "An unknown sentence.", ["90000999:1"]),
        (CLAIM, "No sentence id.", [f"{NULL}:99"]),
        ("evidence/none", "No such claim.", None),
    ],
)
def test_an_edit_that_cannot_be_is_refused(
    place: Path, desk: Desk, claim: str, text: str, evidence: list[str] | None
) -> None:
    before = contents(place)
    with pytest.raises(ProfileError):
        desk.edit(claim, text, evidence, WHO, TODAY)
    assert contents(place) == before


def test_an_edit_without_a_change_is_refused_and_trying_it_is_not(place: Path, desk: Desk) -> None:
    words, before = desk.open().standings[CLAIM].item.words, contents(place)
    assert desk.tried(CLAIM, words, None) == ()
    with pytest.raises(ProfileError, match="nothing was changed"):
        desk.edit(CLAIM, words, None, WHO, TODAY)
    assert contents(place) == before


def test_trying_writes_nothing(place: Path, desk: Desk) -> None:
    before = contents(place)
    found = desk.tried(CLAIM, "Examplol 45 mg/day cured pain.", None)
    assert Severity.ERROR in {finding.severity for finding in found}
    assert contents(place) == before


# --- from the command line --------------------------------------------------------------------------------------------


def test_approve_without_ids_takes_what_waits_and_status_tells(place: Path) -> None:
    refused(run("approve", "examplol"))
    refused(run("approve", "examplol", "--reviewer", "github-actions[bot]"))
    refused(run("approve", "examplol", "--reviewer", WHO, "--reject"))
    refused(run("approve", "nobody", "--reviewer", WHO))
    first = run("approve", "examplol", "--reviewer", WHO)
    assert first.status == 0, first
    assert "ready to publish" in run("status").out
    assert "0 approved, 0 refused" in run("approve", "examplol", "--reviewer", WHO).out
    told = run("status", "examplol")
    assert told.out.splitlines()[0].endswith("approved")
    assert all(len(line) <= 80 for line in told.out.splitlines())
    data = json.loads(run("status", "--format", "json").out)["profiles"][0]
    assert (data["slug"], data["publishable"], data["states"]["open"]) == ("examplol", True, 0)
    (place / "compound.yaml").write_text((place / "compound.yaml").read_text() + "reviewers: 2\npublish: true\n")
    check = run("check", "examplol", "--format", "json")
    assert check.status == 1
    assert {f["code"] for f in json.loads(check.out)["findings"] if f["severity"] == "error"} == {"REV001"}
    assert run("approve", "examplol", "--reviewer", "B. Physician").status == 0
    assert run("check", "examplol").status == 0


def test_an_unknown_claim_names_the_nearest(place: Path) -> None:
    outcome = run("approve", "examplol", CLAIM.replace("result", "resul"), "--reviewer", WHO)
    assert outcome.status == 1
    assert f"did you mean {CLAIM}?" in outcome.out


def test_a_review_file_that_cannot_be_read_is_never_written_over(place: Path, desk: Desk) -> None:
    desk.open()
    (place / "review.yaml").write_text("decisions: [{claim: x, decison: approve}]\n")
    error = refused(run("approve", "examplol", CLAIM, "--reviewer", WHO))
    assert "did you mean 'decision'" in error
    with pytest.raises(ProfileError):
        desk.decide(CLAIM, "approve", WHO, TODAY)
    assert (place / "review.yaml").read_text() == "decisions: [{claim: x, decison: approve}]\n"
    assert POSITIVE in (place / "profile.yaml").read_text()
