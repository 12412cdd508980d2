"""Reports for the tests of the formats: plain ones, and one in which every text is hostile."""

from __future__ import annotations

from commands import HOSTILE

from pipeline.models.findings import Checked, Finding, Report, Severity, Shown, Skipped, Suppressed

TAMPERED = Finding(
    code="QTY001",
    severity=Severity.ERROR,
    message="'40 mg/day' does not stand in the cited sentences (factor 10 from a number that is there)",
    file="profiles/examplol/profile.yaml",
    line=21,
    claim="evidence/sleep/90000001-result",
    source="90000001",
    suggestion="write the number of the source",
    shown=Shown(words="Pain fell by 30% with examplol 40 mg/day.", quote="Pain fell by 30% with examplol 4 mg/day."),
)
WHOLE = Finding(code="SRC001", severity=Severity.WARNING, message="1 record is a synopsis", file=TAMPERED.file)
HIDDEN = Finding(code="WRD008", severity=Severity.WARNING, message="a cause", file=TAMPERED.file, line=30, claim="a/b")
REPORT = Report(
    findings=(TAMPERED, WHOLE),
    checked=Checked(claims=3, references=1, rules=2),
    skipped=(Skipped(what="90000002", why="its text is not held here"),),
    suppressed=(Suppressed(finding=HIDDEN, reason="the journal says so", by="A. Reviewer"),),
)
MARKUP = (
    "<script>alert(1)</script> </details> **b** [l](http://x.example) ![i](x) | cell | `c` @team #12 www.x.example\r\n"
    "::error file=a,line=1::forged\n# Heading\n- item"
)
WILD = MARKUP + HOSTILE
HOSTILE_REPORT = Report(
    findings=tuple(
        Finding(
            code="QUO001",
            severity=severity,
            message=WILD,
            file="profiles/a, b:c%d/profile.yaml",
            line=3,
            claim=WILD,
            source="90000001",
            suggestion=WILD,
            shown=Shown(words=WILD, quote=WILD),
        )
        for severity in Severity
    ),
    skipped=(Skipped(what=WILD, why=WILD),),
    suppressed=(Suppressed(finding=HIDDEN, reason=WILD, by=WILD),),
)
