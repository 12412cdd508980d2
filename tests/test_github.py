"""Workflow commands: one a finding, and nothing in a text ends one or begins another."""

from __future__ import annotations

from commands import raw
from reports import HOSTILE_REPORT, REPORT

from pipeline.models.findings import Report
from pipeline.render.github import commands


def test_a_finding_is_an_annotation_at_its_line() -> None:
    first, second, skipped, counts = commands(REPORT).splitlines()
    assert first.startswith("::error file=profiles/examplol/profile.yaml,line=21,title=QTY001::'40 mg/day' does not")
    assert "%0AClaim: Pain fell by 30%25 with examplol 40 mg/day.%0APMID 90000001: Pain fell by 30%25" in first
    assert first.endswith("%0AFix: write the number of the source")
    assert second == "::warning file=profiles/examplol/profile.yaml,line=1,title=SRC001::1 record is a synopsis"
    assert skipped == "::notice title=skipped::90000002: its text is not held here"
    assert "1 error, 1 warning, 0 info, suppressed 1" in counts


def test_nothing_in_a_text_is_a_command() -> None:
    out = commands(HOSTILE_REPORT)
    assert not raw(out)
    lines = out.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::notice", "::notice", "checks"]
    assert [line for line in lines if line.count("::error file=a") and line.startswith("::error file=a")] == []
    properties = lines[0].removeprefix("::error ").partition("::")[0]
    assert properties == "file=profiles/a%2C b%3Ac%25d/profile.yaml,line=3,title=QUO001"


def test_no_finding_is_said_too() -> None:
    assert commands(Report()) == "checks  0 errors, 0 warnings, 0 info; 0 claims and 0 references against 0 rules"
