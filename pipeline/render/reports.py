"""A report of findings as the JSON document of the contract, and with the lines where its claims stand."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.models.findings import Report


def located(report: Report, path: Path) -> Report:
    """The report with the file and, for findings on a claim, the line of the claim in it (counted from 1)."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        lines = []
    places = {
        line.strip().removeprefix("- id: "): n for n, line in enumerate(lines, 1) if line.strip().startswith("- id: ")
    }
    findings = (f.model_copy(update={"file": str(path), "line": places.get(f.claim or "")}) for f in report.findings)
    return report.model_copy(update={"findings": tuple(findings)})


def as_json(report: Report) -> str:
    """The report as one JSON document: findings, what was checked, what was skipped; plain ASCII."""
    return json.dumps(report.model_dump(mode="json"), indent=2)
