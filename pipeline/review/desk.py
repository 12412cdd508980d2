"""A reviewer's desk: a profile as it lies on disk, the decisions that are made on it, and the way back.

Every write happens under the profile's lock and on what lies there at that moment. A decision names what its reviewer
saw (`Standing.seen`); where that is not what lies there, it is refused and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import process

from pipeline import checks
from pipeline.compounds import resolve
from pipeline.config import Settings
from pipeline.decisions import (
    FILE,
    Standing,
    State,
    by_risk,
    decided,
    decision_of,
    drafters_of,
    dump_decisions,
    person,
    read_decisions,
    same_person,
)
from pipeline.drawing import files_of, in_place
from pipeline.errors import ProfileError
from pipeline.holding import Held, held
from pipeline.locks import only_run
from pipeline.models.findings import Finding, Report, Severity
from pipeline.models.profile import Profile
from pipeline.models.review import Decision
from pipeline.profiles import short_digest, version_of, write
from pipeline.review.edits import LONGEST, edited, with_claim

_MOST_UNDOING = 200


class Changed(ProfileError):
    """What the reviewer saw is not what lies on disk: somebody else was faster, or another tab."""


class Opened(NamedTuple):
    """The profile on disk, what the checks say of it, and where each claim stands.

    `undecided` are the findings of the rules that look at no decision.
    """

    held: Held
    report: Report
    standings: Mapping[str, Standing]
    undecided: tuple[Finding, ...]

    def faults(self, claim: str) -> tuple[Finding, ...]:
        """The errors that stand in the way of approving a claim. That it is not approved yet is none of them."""
        return tuple(
            f
            for f in self.report.findings
            if f.claim == claim and f.severity is Severity.ERROR and not f.code.startswith("REV")
        )


class _Step(NamedTuple):
    """One write: what the files held before and after it."""

    before: Mapping[Path, str | None]
    after: Mapping[Path, str]


class Desk:
    """The desk for one profile. Keeps what is known of the sources, and the steps of this sitting."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._name = name
        self._settings = settings
        self._slug = resolve(name, settings)[0].slug
        self._opened: tuple[_Stamp, Opened] | None = None
        self._steps: list[_Step] = []

    @property
    def name(self) -> str:
        """The name by which the profile was asked for."""
        return self._name

    @property
    def root(self) -> Path:
        """The directory of the project."""
        return self._settings.root

    def open(self) -> Opened:
        """The profile as it lies on disk now. Raises ProfileError where there is none, or it cannot be read."""
        stamp = _stamp(self._settings.profiles / self._slug)
        if self._opened is None or self._opened[0] != stamp:
            now, found = self._now(stamp)
            review = now.review
            by_id = {each.item.id: each for each in review.standings}
            self._opened = stamp, Opened(now, checks.check(review, found), by_id, found)
        return self._opened[1]

    def _now(self, stamp: _Stamp) -> tuple[Held, tuple[Finding, ...]]:
        """What lies on disk, and what the rules that look at no decision say of it; where nothing but `review.yaml` has
        changed, that is as it was."""
        before = self._opened
        if before is not None and before[0][:-1] == stamp[:-1]:
            now = before[1].held
            return now._replace(decisions=read_decisions(now.directory)), before[1].undecided
        now = held(self._name, self._settings, before[1].held if before else None)
        return now, checks.undecided(now.review)

    @property
    def stamp(self) -> str:
        """What tells the files on disk apart from what they were a moment ago."""
        return short_digest(repr(_stamp(self._settings.profiles / self._slug)))

    @property
    def steps(self) -> int:
        """How many steps of this sitting can be taken back."""
        return len(self._steps)

    def decide(
        self,
        claim: str,
        kind: str,
        reviewer: str,
        day: date,
        *,
        note: str | None = None,
        seen: str | None = None,
    ) -> Opened:
        """Approve, reject or comment on a claim or row, as it is; `seen` is what the reviewer saw of it.

        Raises Changed where that is not what lies on disk, ProfileError where a claim with an open error is to be
        approved, and for a comment that says nothing.
        """
        with self._lock():
            opened = self.open()
            decision = _decision(opened, claim, kind, reviewer, day, note, seen)
            return self._written(decided(opened.held.decisions, decision))

    def decide_all(
        self, claims: Sequence[str], kind: str, reviewer: str, day: date, *, note: str | None = None
    ) -> dict[str, ProfileError | None]:
        """Decide on many claims as they lie on disk, in one write: what stood in the way of each, if anything."""
        outcome: dict[str, ProfileError | None] = {}
        with self._lock():
            opened = self.open()
            person(reviewer, drafters_of(opened.held.profile))
            decisions: tuple[Decision, ...] = opened.held.decisions
            for claim in claims:
                try:
                    decisions = decided(decisions, _decision(opened, claim, kind, reviewer, day, note, None))
                    outcome[claim] = None
                except ProfileError as error:
                    outcome[claim] = error
            if None in outcome.values():
                self._written(decisions)
        return outcome

    def edit(
        self,
        claim: str,
        text: str,
        evidence: Sequence[str] | None,
        reviewer: str,
        day: date,
        *,
        seen: str | None = None,
    ) -> Opened:
        """Change the words of a claim, and the sentences that it stands on where `evidence` names them.

        Raises Changed as `decide` does, ProfileError for a row, for no words, and for evidence ids that are not held.
        """
        with self._lock():
            opened = self.open()
            standing = _standing(opened, claim, seen)
            who = person(reviewer, drafters_of(opened.held.profile))
            new = edited(opened.held, standing, text, evidence)
            if new == standing.item.what:
                raise ProfileError("nothing was changed", "change the words or the sentences, or leave the claim alone")
            profile = with_claim(opened.held.profile, new)
            edit = decision_of(new, "edit", version_of(new, opened.held.references), who, day)
            return self._written(decided(opened.held.decisions, edit), profile)

    def tried(self, claim: str, text: str, evidence: Sequence[str] | None) -> tuple[Finding, ...]:
        """What the checks would say of a claim with other words; nothing is written."""
        opened = self.open()
        new = edited(opened.held, _standing(opened, claim, None), text, evidence)
        profile = with_claim(opened.held.profile, new)
        report = checks.check(opened.held._replace(profile=profile).review)
        return tuple(finding for finding in report.findings if finding.claim == claim)

    def undo(self) -> Opened:
        """Take the last step of this sitting back.

        Raises ProfileError where there is none, Changed where somebody has changed a file since.
        """
        with self._lock():
            if not self._steps:
                raise ProfileError("there is nothing to undo", "only steps of this sitting can be taken back")
            step = self._steps[-1]
            if any(_content(path) != text for path, text in step.after.items()):
                raise Changed("the files have changed since that step", "reload, and decide anew")
            write({path: text for path, text in step.before.items() if text is not None})
            for path in (path for path, text in step.before.items() if text is None):
                path.unlink(missing_ok=True)
            self._steps.pop()
            return self.open()

    def _lock(self) -> AbstractContextManager[None]:
        return only_run(self._settings.library.parent, self._slug)

    def _written(self, decisions: Sequence[Decision], profile: Profile | None = None) -> Opened:
        now = self.open().held
        files = {now.directory / FILE: dump_decisions(decisions)}
        if profile is not None:
            files |= in_place(now.directory, files_of(profile, now.references, now.compound))
        before = {path: _content(path) for path in files}
        changed = {path: text for path, text in files.items() if before[path] != text}
        write(changed)
        if changed:
            self._steps = [*self._steps, _Step({path: before[path] for path in changed}, changed)][-_MOST_UNDOING:]
        return self.open()


def _decision(
    opened: Opened, claim: str, kind: str, reviewer: str, day: date, note: str | None, seen: str | None
) -> Decision:
    standing = _standing(opened, claim, seen)
    who = person(reviewer, drafters_of(opened.held.profile))
    if kind == "approve" and (faults := opened.faults(claim)):
        raise ProfileError(
            f"{claim} has an open error, {faults[0].code}: {faults[0].message}",
            f"mend the claim or reject it; what the rule wants: monograph explain {faults[0].code}",
        )
    if kind == "comment" and not (note or "").strip():
        raise ProfileError("the comment is empty", "say what the author should know")
    return decision_of(standing.item.what, kind, standing.version, who, day, _short(note))


def wanted(opened: Opened, named: Sequence[str], reviewer: str) -> tuple[str, ...]:
    """The ids that are named, each once; without any those that wait for this reviewer, the greatest risk first."""
    if named:
        return tuple(dict.fromkeys(named))
    who = same_person(reviewer)
    waits = (each for each in by_risk(opened.standings.values()) if each.state in (State.OPEN, State.STALE))
    return tuple(
        each.item.id for each in waits if all(not d.is_verdict or same_person(d.reviewer) != who for d in each.decided)
    )


def _standing(opened: Opened, claim: str, seen: str | None) -> Standing:
    standing = opened.standings.get(claim)
    if standing is None and seen is None:
        near = process.extractOne(claim, sorted(opened.standings), score_cutoff=60)
        raise ProfileError(
            f"there is no claim '{claim}'",
            f"did you mean {near[0]}?" if near else "its id stands in profile.yaml, and in `monograph status NAME`",
        )
    if standing is None or seen not in (None, standing.seen):
        raise Changed(
            f"{claim} has changed since it was shown: in another tab, by another reviewer, or on disk",
            "read it as it is now, and decide anew; nothing was written",
        )
    return standing


def _short(note: str | None) -> str | None:
    if note is not None and len(note) > LONGEST:
        raise ProfileError(f"the note has more than {LONGEST:,} characters", "say it more briefly")
    return note


_Stamp = tuple[tuple[int, int, int], ...]


def _stamp(directory: Path) -> _Stamp:
    """What tells the files of a profile apart from what they were: a file that is written anew is another inode."""
    found = []
    for name in ("compound.yaml", "profile.yaml", "sources.yaml", FILE):
        try:
            stat = (directory / name).stat()
            found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)


def _content(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
