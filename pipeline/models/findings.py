"""What a check found, how much it looked at, and what it had to skip."""

from __future__ import annotations

from enum import StrEnum

from pipeline.models.base import Frozen


class Severity(StrEnum):
    """How bad a finding is: an error stops approval, a warning wants a look, info is for the record."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Frozen):
    """A fault of a draft or a page: where, what, and what would mend it."""

    code: str
    severity: Severity
    message: str
    file: str | None = None
    line: int | None = None
    claim: str | None = None
    source: str | None = None
    suggestion: str | None = None


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
    """The outcome of a check: the findings, what was checked, and what was not."""

    findings: tuple[Finding, ...] = ()
    checked: Checked = Checked()
    skipped: tuple[Skipped, ...] = ()
