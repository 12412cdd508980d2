"""What a source says is shown as text wherever it comes out: no markup, no order to a terminal, nothing turned."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from commands import Outcome, raw, run
from eutils_faults import set_of
from examplol import NULL, paper

SCRIPT = "<script>alert(1)</script>"
TRICKS = (
    f"{SCRIPT}<img src=x onerror=alert(2)> [tea](javascript:alert(3)) **bold** `x` \u202ednuora\u2066 \u200bzero | cell"
)
TITLE = f"Examplol for fibromyalgia {TRICKS}: a randomised, double-blind, placebo-controlled trial"
RESULT = f"Pain fell more with examplol than with placebo {TRICKS} (mean difference -1.4 points, p = 0.01)."
METHODS = (
    "In this randomised, double-blind, placebo-controlled trial, 120 patients with fibromyalgia received oral examplol"
    " 20 mg twice daily or placebo for 12 weeks."
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a profile that was drafted from a hostile record, below the working directory."""
    monkeypatch.chdir(tmp_path)
    hostile = paper(
        NULL,
        TITLE,
        [("METHODS", METHODS), ("RESULTS", RESULT)],
        2024,
        "Randomized Controlled Trial",
        mesh=["Humans", "Fibromyalgia/drug therapy"],
    )
    Path("records.xml").write_text(set_of([hostile]))
    assert run("library", "import", "records.xml").status == 0
    assert_shown(run("draft", "examplol"))
    return Path("profiles/examplol")


def assert_shown(outcome: Outcome) -> None:
    """What a terminal would obey is not in what was printed."""
    assert outcome.status in (0, 1), outcome
    assert not raw(outcome.out + outcome.err), outcome


def test_the_record_is_cited_with_its_tricks(place: Path) -> None:
    profile = (place / "profile.yaml").read_text()
    assert SCRIPT in profile
    assert "Pain fell more" in profile


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "markdown"])
def test_every_format_of_a_check(place: Path, format: str) -> None:
    outcome = run("check", "examplol", "--format", format)
    assert outcome.status in (0, 1)
    if format == "json":
        json.loads(outcome.out)
    else:
        assert_shown(outcome)
    if format in ("markdown",):
        assert not re.search(r"(?<!\\)<(?:script|img)", outcome.out)


def test_profile_md_is_text(place: Path) -> None:
    text = (place / "profile.md").read_text()
    assert not raw(text)
    assert not re.search(r"(?<!\\)<(?:script|img)", text)
    assert not re.search(r"(?<!\\)\]\((?:javascript)", text)


def test_status_and_approve(place: Path) -> None:
    claim = next(line for line in (place / "profile.yaml").read_text().splitlines() if "-result" in line)
    name = claim.split("id: ")[1].strip()
    assert_shown(run("status", "examplol"))
    assert_shown(run("approve", "examplol", name, "--reviewer", "A. Pharmacist", "--note", TRICKS))
    assert_shown(run("approve", "examplol", name, "--reviewer", "B. Pharmacist", "--reject", "--note", TRICKS))
    assert_shown(run("status", "examplol"))


@pytest.mark.parametrize("to", ["csl", "bibtex", "ris", "jsonld"])
def test_exports(place: Path, to: str) -> None:
    assert_shown(run("export", "examplol", "--to", to))
