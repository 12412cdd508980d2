"""QTY, WRD and DES: a statement of a page says what the papers that it cites say, slot by slot."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Hits, Rule
from pipeline.models.findings import Severity


def _told(code: str) -> Callable[[Audit], Hits]:
    def finder(audit: Audit) -> Hits:
        yield from audit.told(code)

    return finder


# What is found is told by the verification of a claim; what it means, by the rule for profiles under the same code.
RULES = (
    Rule("QTY001", Severity.ERROR, page=_told("QTY001")),
    Rule("QTY002", Severity.ERROR, page=_told("QTY002")),
    Rule("QTY003", Severity.ERROR, page=_told("QTY003")),
    Rule("QTY004", Severity.ERROR, page=_told("QTY004")),
    Rule("WRD001", Severity.ERROR, page=_told("WRD001")),
    Rule("WRD002", Severity.ERROR, page=_told("WRD002")),
    Rule("WRD003", Severity.ERROR, page=_told("WRD003")),
    Rule("WRD004", Severity.WARNING, page=_told("WRD004")),
    Rule("WRD005", Severity.ERROR, page=_told("WRD005")),
    Rule("WRD007", Severity.WARNING, page=_told("WRD007")),
    Rule("WRD010", Severity.ERROR, page=_told("WRD010")),
    Rule("DES003", Severity.ERROR, page=_told("DES003")),
    Rule("DES004", Severity.WARNING, page=_told("DES004")),
)
