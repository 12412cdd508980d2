"""A report of findings as the JSON document of the contract, and with the lines where its claims stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import words_of
from pipeline.models.findings import Checked, Finding, Report, Skipped


def located(report: Report, path: Path) -> Report:
    """The report with the file and, for findings on a claim, the line of the claim in it (counted from 1)."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        lines = []
    places = {
        line.strip().removeprefix("- id: "): n for n, line in enumerate(lines, 1) if line.strip().startswith("- id: ")
    }

    def placed(finding: Finding) -> Finding:
        return finding.model_copy(update={"file": str(path), "line": places.get(finding.claim or "")})

    hidden = (s.model_copy(update={"finding": placed(s.finding)}) for s in report.suppressed)
    return report.model_copy(update={"findings": tuple(map(placed, report.findings)), "suppressed": tuple(hidden)})


def together(reports: Mapping[str, Report], failed: Mapping[str, Exception]) -> Report:
    """The reports of several profiles as one; a profile that could not be checked is among what was skipped."""
    every = reports.values()
    skipped = [s.model_copy(update={"what": f"{name}: {s.what}"}) for name, r in reports.items() for s in r.skipped]
    skipped += [Skipped(what=name, why=words_of(fault, name)[0]) for name, fault in failed.items()]
    return Report(
        findings=tuple(finding for report in every for finding in report.findings),
        checked=Checked(
            claims=sum(report.checked.claims for report in every),
            references=sum(report.checked.references for report in every),
            rules=max((report.checked.rules for report in every), default=0),
        ),
        skipped=tuple(skipped),
        suppressed=tuple(hidden for report in every for hidden in report.suppressed),
    )


def as_json(report: Report) -> str:
    """The report as one JSON document: findings, what was checked, what was skipped; plain ASCII.

    A finding on a file as a whole stands in its line 1. What a person suppressed is told among what was skipped, with
    the reason.
    """
    hidden = [
        {"what": f"{s.finding.code} on {s.finding.claim}", "why": f"suppressed by {s.by}: {s.reason}"}
        for s in report.suppressed
    ]
    document = report.model_dump(mode="json")
    for finding in document["findings"]:
        finding["line"] = finding["line"] or (1 if finding["file"] else None)
    return json.dumps({**document, "skipped": [*document["skipped"], *hidden]}, indent=2)
