"""The statements benchmark puts three rivals and counts them as it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import statements
from pipeline.models.verification import Statement, Verdict

CASE = {
    "prompt_id": "1",
    "pmid": "90000001",
    "intervention": "examplol &amp;amp; rest",
    "comparator": "placebo",
    "outcome": "pain  score",
    "label": "significantly decreased",
    "abstract_raw": "TITLE: \nExamplol and pain\n\nABSTRACT.RESULTS:\nPain fell &lt; 5.\n\n",
}


def test_three_rivals_and_one_label() -> None:
    case = statements.rivals(CASE)
    assert case.label == "decreased"
    assert [statement.claim for statement in case.statements.values()] == [
        "examplol & rest significantly increased pain score compared with placebo",
        "examplol & rest significantly decreased pain score compared with placebo",
        "examplol & rest made no significant difference in pain score compared with placebo",
    ]
    (source,) = case.statements["increased"].sources
    assert (source.id, source.title) == ("90000001", "Examplol and pain")
    assert source.text == "ABSTRACT.RESULTS:\nPain fell < 5."


def test_right_and_wrong_are_counted_apart() -> None:
    cases = [statements.rivals(CASE), statements.rivals({**CASE, "label": "significantly increased"})]

    def decreased(statement: Statement) -> Verdict:
        return Verdict.SUPPORTED if "decreased" in statement.claim else Verdict.CONTRADICTED

    tally = statements.count(cases, decreased)
    assert statements.part(tally, Verdict.SUPPORTED, right=True) == 1
    assert statements.part(tally, Verdict.SUPPORTED, right=False) == 1
    assert statements.part(tally, Verdict.CONTRADICTED, right=True, label="increased") == 1
    assert statements.part(tally, Verdict.CONTRADICTED, right=False) == 3
    everything = next(line for line in statements.table("x", tally) if line.split()[0] == "all")
    assert everything.split() == ["all", "2", "1", "of", "2", "50.0%", "1", "of", "4", "25.0%", "1", "of", "2", "50.0%"]


def test_the_baseline_supports_only_the_same_words() -> None:
    statement = statements.rivals(CASE).statements["decreased"]
    assert statements.substring(statement) is Verdict.UNVERIFIABLE
    held = statement.sources[0].model_copy(update={"text": f"We saw: {statement.claim.upper()}!"})
    assert statements.substring(statement.model_copy(update={"sources": (held,)})) is Verdict.SUPPORTED


def test_missing_outcomes_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert statements.main([str(tmp_path / "none.jsonl")]) == 2
    assert "hint:" in capsys.readouterr().err
