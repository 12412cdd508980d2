"""Every rule by its two examples, `checks/CODE/bad.yaml` and `good.yaml`, and the catalogue as a whole."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from reviews import EVIDENCE, review_of

from pipeline import checks
from pipeline.checks import FAMILIES, RULES, catalogue, check
from pipeline.checks.rule import Review, Rule
from pipeline.errors import ConfigError
from pipeline.models.findings import Severity, Shown
from pipeline.models.profile import FOOTER
from pipeline.profiles import claim_hash

EXAMPLES = Path(__file__).parent / "checks"


def codes(review: Review) -> list[str]:
    return [finding.code for finding in check(review).findings]


PROFILE_RULES = [rule for rule in RULES if rule.find is not None]


@pytest.mark.parametrize("rule", PROFILE_RULES, ids=[rule.code for rule in PROFILE_RULES])
def test_a_rule_finds_its_bad_example_and_nothing_in_the_good_one(rule: Rule) -> None:
    bad, good = (yaml.safe_load((EXAMPLES / rule.code / f"{name}.yaml").read_text()) for name in ("bad", "good"))
    found = check(review_of(bad)).findings
    assert [(finding.code, finding.severity) for finding in found] == [(rule.code, rule.severity)]
    assert codes(review_of(good)) == []
    assert re.fullmatch(r"[^\n]+\.\n\nWhy: [^\n].*\nFix: [^\n].*", rule.explanation, re.DOTALL)
    assert rule.title.endswith(".")


def test_every_rule_has_examples_and_every_example_a_rule() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == {rule.code for rule in PROFILE_RULES}
    files = Counter(path.name for path in EXAMPLES.glob("*/*"))
    assert files == {"bad.yaml": len(PROFILE_RULES), "good.yaml": len(PROFILE_RULES)}


def test_codes_are_unique_and_carry_the_family() -> None:
    assert [code for code, times in Counter(rule.code for rule in RULES).items() if times > 1] == []
    for family in FAMILIES:
        named = re.findall(r"\b[A-Z]{3}\b", (family.__doc__ or "").partition(":")[0])
        assert named, f"{family.__name__} does not begin with its codes"
        for rule in family.RULES:
            assert re.fullmatch(rf"(?:{'|'.join(named)})\d{{3}}", rule.code)


def test_the_catalogue_is_complete() -> None:
    others = {"rule", "hits", "pages", "suppressions", "catalogue"}
    modules = {module.name for module in pkgutil.iter_modules(checks.__path__)} - others
    assert {family.__name__.rpartition(".")[2] for family in FAMILIES} == modules
    for family in FAMILIES:
        tree = ast.parse(inspect.getsource(family))
        found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and _takes_a_review(node)}
        assert {rule.find.__name__ for rule in family.RULES if rule.find is not None} == found
    assert catalogue.rule("ref001") is catalogue.rule("REF001") is catalogue.RULES[0]
    with pytest.raises(ConfigError, match="XYZ999"):
        catalogue.rule("XYZ999")


def _takes_a_review(node: ast.FunctionDef) -> bool:
    taken = [ast.unparse(argument.annotation) for argument in node.args.args if argument.annotation]
    return node.name[0] != "_" and taken == ["Review"]


def test_a_check_of_nothing_is_an_error() -> None:
    report = check(review_of({"claims": []}))
    assert report.checked.claims == 0
    assert [finding.severity for finding in report.findings] == [Severity.ERROR]


def test_a_source_that_is_not_held_is_skipped_and_not_passed() -> None:
    review = review_of({"claims": [{"text": "Pain fell.", "evidence": {"90000001:1": "Nobody wrote this."}}]})
    absent = check(replace(review, sources={}, sentences={}))
    assert [(that.what, "not held" in that.why) for that in absent.skipped] == [("90000001", True)]
    assert (absent.findings, absent.checked.references, absent.checked.claims) == ((), 0, 1)
    held = check(review)
    assert ([finding.code for finding in held.findings], held.skipped) == (["QUO001"], ())
    assert held.checked.references == 1
    unknown = yaml.safe_load((EXAMPLES / "REF001" / "bad.yaml").read_text())
    assert check(review_of(unknown)).skipped == ()


def test_grades_that_cannot_be_recomputed_are_skipped() -> None:
    bad = yaml.safe_load((EXAMPLES / "GRD001" / "bad.yaml").read_text())
    report = check(replace(review_of(bad), grades=None))
    assert ([that.what for that in report.skipped], report.findings) == (["grades"], ())


def test_errors_come_first_and_say_where() -> None:
    doubted = yaml.safe_load((EXAMPLES / "PUB002" / "bad.yaml").read_text())
    report = check(review_of({**doubted, "footer": "Written by experts."}))
    assert [finding.code for finding in report.findings] == ["STR003", "PUB002"]
    assert report.findings[0].suggestion == FOOTER
    assert (report.findings[1].claim, report.findings[1].source) == ("overview/0", "90000002")


def test_a_dose_row_is_held_against_its_sentences() -> None:
    row = {"source": "90000001", "dose": "4 mg/day", "design": "cohort study"}
    assert codes(review_of({"doses": [{**row, "evidence": EVIDENCE}]})) == []
    assert codes(review_of({"doses": [{**row, "dose": "9 mg/day", "evidence": EVIDENCE}]})) == ["QTY001"]
    assert codes(review_of({"doses": [row]})) == ["COV001"]


def test_a_number_wrong_by_ten_is_named_once() -> None:
    claim = {"text": "Pain fell with examplol 40 mg/day.", "evidence": EVIDENCE}
    (finding,) = check(review_of({"claims": [claim]})).findings
    assert (finding.code, finding.source) == ("QTY002", "90000001")
    assert finding.message == "'40 mg/day' stands where the source says '4 mg/day' (factor 10)"
    assert finding.shown == Shown(words=claim["text"], quote=EVIDENCE["90000001:1"])
    unheld = replace(review_of({"claims": [claim]}), sources={}, sentences={}, studies={})
    assert [(f.code, f.message) for f in check(unheld).findings] == [(finding.code, finding.message)]


def composed(text: str) -> Review:
    """A claim that the extractive drafter wrote with the sentence of the source, then had the given text."""
    review = review_of({"claims": [{"text": EVIDENCE["90000001:1"], "evidence": EVIDENCE}]})
    (claim,) = review.profile.claims
    drafted = claim_hash(claim.text, ["90000001:1"])
    claim = claim.model_copy(update={"drafted": drafted, "text": text})
    sections = [s.model_copy(update={"claims": (claim,)}) if s.claims else s for s in review.profile.sections]
    return replace(review, profile=review.profile.model_copy(update={"sections": tuple(sections)}))


def test_what_the_drafter_composed_is_verified_as_soon_as_a_person_changes_it() -> None:
    assert composed(EVIDENCE["90000001:1"]).verified == ()
    edited = composed("Pain rose by 30% with examplol 4 mg/day.")
    assert [verification.verdict for _, verification in edited.verified] == ["contradicted"]
    assert codes(edited) == ["WRD001"]


def test_the_frame_of_a_quoted_sentence_is_held_against_the_study() -> None:
    example = yaml.safe_load((EXAMPLES / "WRD009" / "good.yaml").read_text())
    first, second = example["claims"]
    first["text"] = f"A randomised trial favoured examplol: {first['text']}"
    assert codes(review_of({**example, "claims": [first, second]})) == ["WRD001"]
    first["text"] = first["text"].replace("favoured examplol", "found no difference")
    assert codes(review_of({**example, "claims": [first, second]})) == []


def test_an_id_that_is_none_is_said() -> None:
    claim = {"text": "Pain fell.", "evidence": {"somewhere": "Pain fell."}}
    (finding,) = check(review_of({"claims": [claim]})).findings
    assert (finding.code, finding.message) == ("REF001", "'somewhere' is not an evidence id (source:sentence)")


@pytest.mark.parametrize("kind", ["boxed_warning", "interaction", "pregnancy", "contraindication"])
def test_each_statement_of_a_label_that_may_not_be_missing(kind: str) -> None:
    label = {"key": "label-examplol", "title": "Label", "sections": [{"kind": kind, "text": "Take care. Take more."}]}
    found = check(review_of({"sources": [label]})).findings
    assert [finding.message for finding in found] == [
        f"missing from the profile ({kind}): Take care.",
        f"missing from the profile ({kind}): Take more.",
    ]


def test_the_notice_of_a_retraction_is_not_itself_retracted() -> None:
    example = yaml.safe_load((EXAMPLES / "PUB001" / "bad.yaml").read_text())
    example["sources"][0]["notices"][0]["role"] = "notice"
    assert codes(review_of(example)) == []
