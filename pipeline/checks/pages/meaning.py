"""QTY, WRD and DES: a statement of a page says what the papers that it cites say, slot by slot."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Rule
from pipeline.evidence import evidence_of
from pipeline.models.findings import Severity
from pipeline.quantities import parse, slip


def _told(code: str) -> Callable[[Audit], Hits]:
    def finder(audit: Audit) -> Hits:
        yield from audit.told(code)

    return finder


def absent(audit: Audit) -> Hits:
    """What stands in no cited source, and is no slip of something that does."""
    yield from (hit for hit in audit.told("QTY001") if _slip(audit, hit) is None)


def slipped(audit: Audit) -> Hits:
    """What the verification calls a slip, and a dose that is absent and a typical error away from one that is there."""
    yield from audit.told("QTY002")
    for hit in audit.told("QTY001"):
        if found := _slip(audit, hit):
            said, sentence = found
            yield hit._replace(message=f"{hit.message} ({said})", severity=Severity.ERROR, quote=sentence)


def _slip(audit: Audit, hit: Hit) -> tuple[str, str] | None:
    """The error, a factor or a unit, by which a dose of a statement differs from one of its source, and the sentence.

    None for a source that is only a synopsis: the number may stand in the abstract.
    """
    article = audit.cited.get(hit.source or "")
    if article is None or article.text_origin == "synopsis":
        return None
    named = [q for q in parse(hit.claim or "") if q.kind == "dose" and f"'{q.text.strip()}'" in hit.message]
    for sentence in evidence_of(article):
        for other in parse(sentence.text):
            found = (slip(quantity, other) for quantity in named if other.kind == "dose")
            if said := next((s for s in found if s and s.startswith(("factor", "unit", "mg/kg"))), None):
                return f"{said} from a dose that is there", sentence.text
    return None


def arms_swapped(audit: Audit) -> Hits:
    """What the verification is sure of: in a sentence of its own words another name says little."""
    yield from (hit for hit in audit.told("WRD005") if hit.severity is Severity.ERROR)


# What is found is told by the verification of a claim; what it means, by the rule for profiles under the same code.
RULES = (
    Rule("QTY001", Severity.ERROR, page=absent),
    Rule("QTY002", Severity.ERROR, page=slipped),
    Rule("QTY003", Severity.ERROR, page=_told("QTY003")),
    Rule("WRD001", Severity.ERROR, page=_told("WRD001")),
    Rule("WRD002", Severity.ERROR, page=_told("WRD002")),
    Rule("WRD003", Severity.ERROR, page=_told("WRD003")),
    Rule("WRD004", Severity.WARNING, page=_told("WRD004")),
    Rule("WRD005", Severity.ERROR, page=arms_swapped),
    Rule("WRD007", Severity.WARNING, page=_told("WRD007")),
    Rule("DES003", Severity.ERROR, page=_told("DES003")),
    Rule("DES004", Severity.WARNING, page=_told("DES004")),
)
