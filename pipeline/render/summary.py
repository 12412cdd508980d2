"""A report as the Markdown summary of a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.models.findings import Finding, Report, Severity
from pipeline.render.findings import tally
from pipeline.render.github import beside
from pipeline.render.markdown import code, escape

LONGEST = 65_000  # a comment holds 65,536 characters
LONGEST_CELL = 600
MOST_SKIPPED = 20
# What GitHub makes a mention, a reference or a link of, up to where a character that is not seen parts it.
_LINKED = re.compile(r"@(?=\w)|#(?=\d)|\bGH(?=-\d)|\b(?:https?|ftp)(?=://)|\bwww(?=\.)", re.IGNORECASE)


def summary(report: Report) -> str:
    """The report as Markdown for a pull request: counts, errors and warnings by claim, the sentences folded away.

    Nothing from a source is markup, mentions anybody or links anywhere; at most 65,536 characters, and what was left
    out is counted.
    """
    head = ["### Monograph", "", tally(report).removeprefix("checks").strip(), ""]
    foot = [f"- skipped {_text(that.what)}: {_text(that.why)}" for that in report.skipped[:MOST_SKIPPED]]
    if len(report.skipped) > MOST_SKIPPED:
        foot.append(f"- {len(report.skipped) - MOST_SKIPPED} more were skipped")
    told = [f for f in report.findings if f.severity is not Severity.INFO]
    folded = [f for f in report.findings if f.severity is Severity.INFO or list(beside(f))]
    room = LONGEST - sum(map(len, head)) - sum(map(len, foot)) - 600
    table = _fitting([_row(finding) for finding in _by_claim(told)], room // 2, "findings")
    details = _fitting([_detail(finding) for finding in folded], room - sum(map(len, table)) - len(table), "findings")
    lines = head
    if told:
        lines += ["| | code | where | what |", "|---|---|---|---|", *table, ""]
    if folded:
        lines += ["<details><summary>Claims and the sentences they cite</summary>", "", *details, "", "</details>", ""]
    return "\n".join([*lines, *foot]).rstrip() + "\n"


def _by_claim(findings: Sequence[Finding]) -> list[Finding]:
    """Findings on one claim together, in the order in which the claims first appear."""
    order = {claim: place for place, claim in enumerate(dict.fromkeys(finding.claim for finding in findings))}
    return sorted(findings, key=lambda finding: order[finding.claim])


def _fitting(lines: list[str], room: int, what: str) -> list[str]:
    """As many lines as there is room for, and a word on how many more there are."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            more = f"{len(lines) - number} more {what}"
            return [*kept, f"| | | | {more} |" if line.startswith("|") else f"- {more}"]
        kept.append(line)
    return kept


def _row(finding: Finding) -> str:
    place = f"line {finding.line}" if finding.line else ""
    where = " ".join(part for part in (place, _text(finding.claim or "", 120)) if part)
    return f"| {finding.severity.value} | {code(finding.code)} | {where} | {_text(finding.message)} |"


def _detail(finding: Finding) -> str:
    rest = "".join(f"<br>{_text(part)}" for part in beside(finding))
    return f"- {finding.severity.value} {code(finding.code)} {_text(finding.message)}{rest}"


def _text(text: str, longest: int = LONGEST_CELL) -> str:
    """Text from a source as it goes into a table or a list: no markup, no mention, no link."""
    cut = text if len(text) <= longest else text[:longest].rstrip() + " ..."
    return _LINKED.sub(r"\g<0>&#8203;", escape(cut))
