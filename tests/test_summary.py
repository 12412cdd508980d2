"""The summary of a pull request: what it says, that nothing in it is markup from a source, and that it fits."""

from __future__ import annotations

import re

from commands import raw
from markdown_it import MarkdownIt
from reports import HOSTILE_REPORT, REPORT, TAMPERED

from pipeline.models.findings import Finding, Report, Severity
from pipeline.render.summary import summary


def rendered(report: Report) -> str:
    """The summary as HTML, as GitHub's Markdown makes it: tables, and HTML let through."""
    return str(MarkdownIt("commonmark").enable("table").render(summary(report)))


def test_it_counts_and_lists_by_claim() -> None:
    text = summary(REPORT)
    assert "1 error, 1 warning, 0 info, suppressed 1; 3 claims" in text
    assert "| error | `QTY001` | line 21 evidence/sleep/90000001-result | '40 mg/day' does not stand" in text
    assert "PMID 90000001: Pain fell by 30% with examplol 4 mg/day." in text
    assert "- skipped 90000002: its text is not held here" in text
    assert text.count("<details>") == text.count("</details>") == 1


def test_findings_on_one_claim_stand_together() -> None:
    other = TAMPERED.model_copy(update={"claim": "b", "code": "QUO001"})
    rows = [line for line in summary(Report(findings=(TAMPERED, other, TAMPERED))).splitlines() if "| error" in line]
    assert [row.split("|")[2].strip() for row in rows] == ["`QTY001`", "`QTY001`", "`QUO001`"]


def test_nothing_from_a_source_is_markup_a_mention_or_a_link() -> None:
    assert not raw(summary(HOSTILE_REPORT))
    page = rendered(HOSTILE_REPORT)
    assert set(re.findall(r"<(/?\w+)", page)) <= {
        *("h3", "/h3", "p", "/p", "table", "/table", "thead", "/thead", "tbody", "/tbody", "tr", "/tr", "th", "/th"),
        *("td", "/td", "code", "/code", "details", "/details", "summary", "/summary", "ul", "/ul", "li", "/li", "br"),
    }
    assert page.count("<details>") == page.count("</details>") == 1
    assert page.count("<h3>") == 1
    shown = re.sub(r"<[^>]*>", "", page)
    assert re.findall(r"@\w|#\d|https?://|www\.", shown) == []
    assert "@\u200bteam" in shown
    assert "\n- item" not in summary(HOSTILE_REPORT)


def test_a_long_report_fits_and_says_how_much_is_missing() -> None:
    many = tuple(TAMPERED.model_copy(update={"claim": f"c/{i}", "message": "<|@" * 150}) for i in range(2000))
    info = tuple(Finding(code="GRD003", severity=Severity.INFO, message="newer") for _ in range(500))
    text = summary(Report(findings=many + info))
    assert len(text) < 65_536
    shown = sum(line.startswith("| error") for line in text.splitlines())
    assert f"| | | | {2000 - shown} more findings |" in text
    assert shown > 10
    assert re.search(r"^- \d+ more findings$", text, re.MULTILINE)
    assert text.rstrip().endswith("</details>")
