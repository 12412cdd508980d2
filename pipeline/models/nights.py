"""What a night found: changed records, the claims that they touch, new evidence, and what could not be asked."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pipeline.models.base import Frozen
from pipeline.models.findings import Finding, Severity


class Kind(StrEnum):
    """What can become of a source, the gravest first."""

    RETRACTED = "retracted"
    PARTLY_RETRACTED = "partially retracted"
    CONCERN = "expression of concern"
    DELETED = "deleted"
    MERGED = "merged"
    CORRECTED = "corrected"
    SUPERSEDED = "superseded"
    REPUBLISHED = "republished"
    REINSTATED = "reinstated"
    NOTICE = "notice changed"
    LABEL = "label changed"
    ABSTRACT = "abstract changed"
    TYPES = "publication type changed"
    HEADINGS = "headings changed"
    BIBLIOGRAPHY = "bibliography changed"
    RESTS = "rests on a retracted paper"
    NEW = "new evidence"
    MISSING = "not sent"


class Change(Frozen):
    """One thing that became of a source: `words` say what, `since` when by the source's own account.

    `by` is the PMID or DOI of the notice, of the newer version, or of the record that it was merged into. `numbers`
    says of a correction whether the numbers of cited sentences are touched; None where that is not known. `harm` is
    true of new evidence that is about harm, and of a label whose boxed warning or contraindications are others.
    """

    kind: Kind
    words: str
    since: str | None = None
    by: str | None = None
    numbers: bool | None = None
    harm: bool = False


class Touched(Frozen):
    """A claim or dose row that a change touches, and what became of it.

    `lapsed` is true where an approval ended, `revived` where what was approved once reads the same again. `how` says in
    which way newer evidence challenges the claim.
    """

    claim: str
    became: Literal["stands", "told anew", "dropped", "added", "kept as edited", "edit replaced", "challenged"]
    lapsed: bool = False
    revived: bool = False
    how: Literal["better", "opposite", "results", "version"] | None = None


class Regraded(Frozen):
    """A grade that is another one now (or would be, for evidence that waits), in words, with the reason."""

    section: str
    old: str
    new: str
    reason: str


class Item(Frozen):
    """One line of a night's report. `seen` is the first night on which it was noticed, `title` that of the source.

    `remains` says what a section still stands on. `findings` are those of the rules on the profile as it is now that
    concern this source. `todo` says what a person has to do.
    """

    profile: str
    source: str
    title: str = ""
    change: Change
    severity: Severity
    seen: date
    claims: tuple[Touched, ...] = ()
    grades: tuple[Regraded, ...] = ()
    remains: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    todo: str


class Unreachable(Frozen):
    """What could not be asked tonight: of which profile (None: of all), why, and when it last answered.

    `days` is the age of the last good answer, counted from the draft where there was none since.
    """

    what: str
    profile: str | None = None
    why: str
    last: date
    days: int
    severity: Severity


class Failed(Frozen):
    """A profile that could not be refreshed, and why."""

    profile: str
    message: str
    hint: str


class Proposal(Frozen):
    """A profile whose files changed, as a pull request: a branch name that stays the same, a title and a body."""

    profile: str
    branch: str
    title: str
    body: str
    files: tuple[str, ...]


class Night(Frozen):
    """The outcome of a night. `read` counts records, `requests` those made for them; `notes` is what else to know."""

    date: date
    profiles: int
    read: int
    requests: int
    asked: Literal["PubMed", "update files"]
    items: tuple[Item, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    failed: tuple[Failed, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()
