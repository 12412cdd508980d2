"""A report as workflow commands of GitHub, which shows them as annotations beside the lines they are about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.identifiers import source_words
from pipeline.models.findings import Finding, Report, Severity
from pipeline.render.findings import tally
from pipeline.render.terminal import plain, short

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def commands(report: Report) -> str:
    """Each finding as a workflow command: `::error file=..,line=..,title=CODE::message`, one a line."""
    lines = [_command(finding) for finding in report.findings]
    lines += [f"::notice title=skipped::{_data(f'{that.what}: {that.why}')}" for that in report.skipped]
    return "\n".join([*lines, _data(tally(report))])


def _command(finding: Finding) -> str:
    properties = {"title": finding.code}
    if finding.file:
        properties = {"file": short(Path(finding.file)), "line": str(finding.line or 1)} | properties
    told = [finding.message, *beside(finding)]
    named = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{LEVELS[finding.severity]} {named}::{_data(chr(10).join(told))}"


def beside(finding: Finding) -> Iterator[str]:
    """The claim, the source's sentence and the fix of a finding, each where there is one."""
    shown = finding.shown
    words = (shown and shown.words) or finding.claim
    if words:
        yield f"Claim: {words}"
    if finding.source or (shown and shown.quote):
        source = source_words(finding.source) if finding.source else "Source"
        yield f"{source}: {shown.quote}" if shown and shown.quote else f"Source: {source}"
    if finding.suggestion:
        yield f"Fix: {finding.suggestion}"


def _data(text: str) -> str:
    """A message as a workflow command takes it: nothing in it ends the command or begins another."""
    return plain(text.replace("\r\n", "\n").replace("\r", "\n")).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
