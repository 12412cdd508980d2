"""What a check found, how much it looked at, and what it had to skip."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from pipeline.models.base import Frozen


class Severity(StrEnum):
    """How bad a finding is: an error stops approval, a warning wants a look, info is for the record."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Shown(Frozen):
    """What people compare with their own eyes: the words of the claim, and the sentence of its source beside them."""

    words: str | None = None
    quote: str | None = None


class Finding(Frozen):
    """A fault of a draft or a page: where, what, and what would mend it.

    `shown` is for reports that people read; it is no part of the JSON of a finding.
    """

    code: str
    severity: Severity
    message: str
    file: str | None = None
    line: int | None = None
    claim: str | None = None
    source: str | None = None
    suggestion: str | None = None
    shown: Shown | None = Field(default=None, exclude=True)


class Suppressed(Frozen):
    """A finding that a person chose not to be told of again, with the reason and the name given for it."""

    finding: Finding
    reason: str
    by: str


class Skipped(Frozen):
    """Something that was not checked, and why."""

    what: str
    why: str


class Checked(Frozen):
    """How much was really checked; a check of nothing is a failure, not a pass."""

    claims: int = 0
    references: int = 0
    rules: int = 0


class Report(Frozen):
    """The outcome of a check: the findings, what was checked, what was not, and what was suppressed."""

    findings: tuple[Finding, ...] = ()
    checked: Checked = Checked()
    skipped: tuple[Skipped, ...] = ()
    suppressed: tuple[Suppressed, ...] = Field(default=(), exclude=True)


class Entry(Frozen):
    """A rule as the catalogue prints it: its code for good, a name, the fault in a sentence, why it matters, what mends
    it, and what it is held against."""

    code: str
    name: str
    severity: Severity
    fault: str
    why: str
    fix: str
    applies: tuple[Literal["profile", "page"], ...]
    suppressible: bool = True
