"""A report as a SARIF 2.1.0 log (OASIS, errata 01), which code hosts and editors show beside the lines it is about."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline import __version__
from pipeline.identifiers import source_words
from pipeline.models.findings import Entry, Finding, Report, Severity, Suppressed
from pipeline.render.terminal import plain, short

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(report: Report, entries: Sequence[Entry]) -> str:
    """The report as one SARIF document of plain ASCII, with all rules of the catalogue and each finding as a result.

    A suppressed finding is a result with its suppression; what was skipped is a notification of the run. A result's
    fingerprint is made from what was found and not from the line, so it stays when lines move.
    """
    places = {entry.code: place for place, entry in enumerate(entries)}
    seen: Counter[str] = Counter()
    results = [_result(finding, places, seen) for finding in report.findings]
    results += [
        _result(hidden.finding, places, seen) | {"suppressions": [_suppression(hidden)]} for hidden in report.suppressed
    ]
    notes = [
        {"level": "warning", "message": {"text": plain(f"skipped {that.what}: {that.why}")}} for that in report.skipped
    ]
    driver = {
        "name": "monograph",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(entry) for entry in entries],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": results,
        "properties": {"checked": report.checked.model_dump()},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.code,
        "name": "".join(part.capitalize() for part in entry.name.split("-")),
        "shortDescription": {"text": entry.fault},
        "fullDescription": {"text": f"{entry.fault} {entry.why[:1].upper()}{entry.why[1:]}"},
        "help": {
            "text": f"Why: {entry.why}\nFix: {entry.fix}",
            "markdown": f"**Why:** {entry.why}\n\n**Fix:** {entry.fix}",
        },
        "defaultConfiguration": {"level": LEVELS[entry.severity]},
        "properties": {"tags": list(entry.applies)},
    }


def _result(finding: Finding, places: dict[str, int], seen: Counter[str]) -> dict[str, Any]:
    """One finding. `seen` counts the fingerprints so far, so that two findings alike in all but the line are two."""
    told = plain(finding.message)
    if finding.shown and finding.shown.quote:
        told += plain(f"\n{source_words(finding.source or 'source')}: {finding.shown.quote}")
    if finding.suggestion:
        told += plain(f"\nFix: {finding.suggestion}")
    parts = (finding.code, finding.claim or "", finding.source or "", finding.message)
    mark = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    seen[mark] += 1
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": told},
        "partialFingerprints": {"finding/v1": f"{mark}:{seen[mark]}"},
    }
    if finding.code in places:
        result["ruleIndex"] = places[finding.code]
    location: dict[str, Any] = {}
    if finding.file:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(Path(finding.file))},
            "region": {"startLine": finding.line or 1},
        }
    if finding.claim:
        location["logicalLocations"] = [{"fullyQualifiedName": plain(finding.claim), "kind": "claim"}]
    if location:
        result["locations"] = [location]
    return result


def _suppression(hidden: Suppressed) -> dict[str, str]:
    return {"kind": "inSource", "status": "accepted", "justification": plain(f"{hidden.reason} ({hidden.by})")}


def _uri(path: Path) -> str:
    """A file as it is found from the working directory; one outside it by its whole address."""
    seen = Path(short(path))
    return seen.as_uri() if seen.is_absolute() else quote(seen.as_posix())
