"""Suppressions: one code on one claim, with a reason and a name, or a clear refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import refused, run
from eutils_faults import set_of
from examplol import LITERATURE
from reviews import EVIDENCE, review_of

from pipeline.checks import CODES, check
from pipeline.checks.suppressions import FIRM
from pipeline.errors import ProfileError

BY = {"reason": "rounded by the journal", "by": "A. Reviewer"}
WRONG = {"text": "Pain fell by 33% with examplol 9 mg/day.", "evidence": EVIDENCE}


def held(**claim: Any) -> Any:
    return check(review_of({"claims": [{**WRONG, **claim}]}))


def test_a_suppressed_finding_is_kept_apart_with_its_reason() -> None:
    assert [finding.code for finding in held().findings] == ["QTY001", "QTY001"]
    report = held(suppress=[{"code": "QTY001", **BY}])
    assert report.findings == ()
    assert [(s.finding.code, s.finding.claim, s.reason, s.by) for s in report.suppressed] == [
        ("QTY001", "overview/0", "rounded by the journal", "A. Reviewer")
    ] * 2


def test_it_hides_no_other_rule_and_no_other_claim() -> None:
    other = {"text": "Pain fell by 34%.", "evidence": EVIDENCE}
    report = check(review_of({"claims": [{**WRONG, "suppress": [{"code": "QTY001", **BY}]}, other]}))
    assert [(finding.code, finding.claim) for finding in report.findings] == [("QTY001", "overview/1")]


def test_a_dose_row_may_have_one() -> None:
    row = {"source": "90000001", "dose": "9 mg/day", "design": "cohort study", "evidence": EVIDENCE}
    report = check(review_of({"doses": [{**row, "suppress": [{"code": "QTY001", **BY}]}]}))
    assert (report.findings, len(report.suppressed)) == ((), 1)


def test_an_unused_one_is_not_told_where_the_source_is_not_held() -> None:
    claim = {"text": "Pain fell.", "evidence": {"90000009:1": "Pain fell."}, "suppress": [{"code": "QTY001", **BY}]}
    assert [finding.code for finding in check(review_of({"claims": [claim]})).findings] == ["REF001"]


@pytest.mark.parametrize("code", sorted(FIRM))
def test_what_is_never_suppressed_is_refused(code: str) -> None:
    assert code in CODES
    with pytest.raises(ProfileError, match=f"overview/0 suppresses {code}, which is never suppressed"):
        held(suppress=[{"code": code, **BY}])


def test_a_mistyped_code_is_asked_back() -> None:
    with pytest.raises(ProfileError) as caught:
        held(suppress=[{"code": "QTY0001", **BY}])
    assert "'QTY0001'" in caught.value.message
    assert "did you mean QTY001?" in caught.value.hint


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{code: STR004, by: A. Reviewer}", "reason: Field required"),
        ("{code: STR004, reason: said twice on purpose}", "by: Field required"),
        ("{code: STR004, reason: ' ', by: A. Reviewer}", "reason"),
        ("{code: STR004, reasons: said twice, by: A. Reviewer}", "did you mean 'reason'?"),
        ("{code: STR04, reason: said twice, by: A. Reviewer}", "did you mean STR004?"),
        ("{code: PUB001, reason: I like it, by: A. Reviewer}", "never suppressed"),
    ],
)
def test_a_fault_in_the_file_is_two_lines_and_nothing_is_overwritten(
    written: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drafted(tmp_path, monkeypatch)
    text = path.read_text().replace("    drafted:", f"    suppress: [{written}]\n    drafted:", 1)
    path.write_text(text)
    for command in ("check", "draft"):
        assert said in refused(run(command, "examplol"))
    assert path.read_text() == text


def test_a_redraft_keeps_a_suppression_and_every_format_tells_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drafted(tmp_path, monkeypatch)
    profile = yaml.safe_load(path.read_text())
    claims = [claim for section in profile["sections"] for claim in section.get("claims", ())]
    twice = {**claims[0], "drafted": None, "id": f"{claims[0]['id']}-again", "suppress": [{"code": "STR004", **BY}]}
    next(s for s in profile["sections"] if s.get("claims"))["claims"].append(twice)
    path.write_text(yaml.safe_dump(profile, sort_keys=False, allow_unicode=True))
    assert run("draft", "examplol").status == 0
    kept = path.read_text()
    assert "by: A. Reviewer" in kept
    assert run("draft", "examplol").status == 0
    assert path.read_text() == kept
    assert "suppressed STR004" in run("check", "examplol").out
    assert "suppressed by A. Reviewer: rounded by the journal" in run("check", "examplol", "--format", "json").out
    assert '"suppressions"' in run("check", "examplol", "--format", "sarif").out
    for format in ("text", "github", "markdown"):
        assert "suppressed 1" in run("check", "examplol", "--format", format).out


def drafted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The profile.yaml of examplol, freshly drafted."""
    (tmp_path / "profiles").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records.xml").write_text(set_of(LITERATURE))
    assert run("library", "import", "records.xml").status == 0
    assert run("draft", "examplol").status == 0
    return tmp_path / "profiles" / "examplol" / "profile.yaml"
