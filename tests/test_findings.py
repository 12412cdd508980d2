"""Findings in a terminal, and the marks on the words in which a claim and its source differ."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from commands import raw
from reports import HOSTILE_REPORT, REPORT, TAMPERED
from reviews import EVIDENCE, review_of
from rich.console import Console

from pipeline.checks import check
from pipeline.models.findings import Finding, Severity, Shown
from pipeline.render.differences import differences
from pipeline.render.findings import block, show_report


def marked(words: str, quote: str) -> tuple[list[str], list[str]]:
    ours, theirs = differences(words, quote)
    return [words[w.start : w.end] for w in ours if w.differs], [quote[w.start : w.end] for w in theirs if w.differs]


@pytest.mark.parametrize(
    ("words", "quote", "expected"),
    [
        ("Pain fell with 40 mg/day.", "Pain fell with 4 mg/day.", (["40"], ["4"])),
        ("Pain fell with 4 mg.", "Pain fell with 4 mcg.", (["mg"], ["mcg"])),
        ("Pain fell.", "Pain did not fall.", (["fell"], ["did", "not", "fall"])),
        ("Pain fell, on placebo.", "Pain fell on placebo", ([], [])),
        ("Pain fell by 0·27 points.", "Pain fell by 0.27 points.", ([], [])),
        ("In a randomised trial of examplol in 31 women, pain fell.", "Pain fell.", (["31"], [])),
        ("Sleep was 7 h long.", "Blood pressure rose in most of those who had been treated.", (["7"], [])),
        ("", "Pain fell.", ([], [])),
    ],
)
def test_the_words_that_differ_are_marked(words: str, quote: str, expected: tuple[list[str], list[str]]) -> None:
    assert marked(words, quote) == expected


def test_a_number_that_stands_in_another_cited_sentence_is_not_marked() -> None:
    words, quote = "In 109 women 6 mg/day did not help.", "Pain did not differ in 99 women."
    marked = [
        words[word.start : word.end] for word in differences(words, quote, "They took 6 mg/day.")[0] if word.differs
    ]
    assert "109" in marked
    assert "6" not in marked
    assert "6" in [words[word.start : word.end] for word in differences(words, quote)[0] if word.differs]


def test_a_finding_without_colours_stands_over_carets() -> None:
    assert block(TAMPERED, 80, coloured=False).plain.splitlines() == [
        "profiles/examplol/profile.yaml:21  error  QTY001",
        "   '40 mg/day' does not stand in the cited sentences (factor 10 from a number",
        "   that is there)",
        "   claim   evidence/sleep/90000001-result",
        "           Pain fell by 30% with examplol 40 mg/day.",
        "                                          ^^",
        "   source  PMID 90000001",
        "           Pain fell by 30% with examplol 4 mg/day.",
        "                                          ^",
        "   fix     write the number of the source",
    ]


def test_a_finding_in_colours_marks_the_same_words() -> None:
    text = block(TAMPERED, 80, coloured=True)
    assert "^" not in text.plain
    assert [text.plain[s.start : s.end] for s in text.spans if s.style == "bold underline"] == ["40", "4"]


def test_the_claim_of_a_page_is_shown_once() -> None:
    page = Finding(
        code="COV001",
        severity=Severity.ERROR,
        message="cites nothing",
        claim="Pain fell.",
        shown=Shown(quote="Pain did not fall."),
    )
    lines = block(page, 80, coloured=False).plain.splitlines()
    assert [line for line in lines if "Pain fell." in line] == ["   claim   Pain fell."]
    assert "   source  Pain did not fall." in lines


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_obeyed(width: int) -> None:
    for finding in (*HOSTILE_REPORT.findings, TAMPERED.model_copy(update={"message": "x" * 300})):
        for coloured in (True, False):
            text = block(finding, width, coloured=coloured).plain
            assert not raw(text)
            assert max(map(len, text.splitlines())) <= width


def test_a_terminal_gets_bold_and_a_file_carets(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(REPORT)
    out = capsys.readouterr().out
    assert "^^" in out
    assert "\x1b" not in out
    assert "suppressed WRD008 on a/b, by A. Reviewer: the journal says so" in out
    assert "1 error, 1 warning, 0 info, suppressed 1; 3 claims and 1 references against 2 rules" in out
    console = Console(force_terminal=True, color_system="standard", width=80, record=True, file=io.StringIO())
    console.print(block(TAMPERED, 80, coloured=True))
    assert "\x1b[1;4m40\x1b[0m" in console.export_text(styles=True)


def test_the_finding_in_the_readme_is_what_is_printed() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
    sample = readme.partition("<!-- finding:start -->\n```text\n")[2].partition("```\n<!-- finding:end -->")[0]
    claim = {
        "id": "overview/90000001-result",
        "text": "Pain fell by 30% with examplol 40 mg/day.",
        "evidence": EVIDENCE,
    }
    (finding,) = check(review_of({"claims": [claim]})).findings
    placed = finding.model_copy(update={"file": "profiles/examplol/profile.yaml", "line": 21})
    assert block(placed, 80, coloured=False).plain == sample
