"""The rules that every profile is held against, a file by family, and the one function that runs them.

A new family is a new file with its `RULES`, named below. Codes are never reused.
"""

from __future__ import annotations

from pipeline.checks import coverage, grades, quantities, quotes, references, safety, status, structure
from pipeline.checks.rule import Review, Rule, joined
from pipeline.models.findings import Checked, Report, Severity, Skipped
from pipeline.models.profile import cited_sources

FAMILIES = (references, quotes, quantities, coverage, grades, safety, status, structure)
RULES = joined(rule for family in FAMILIES for rule in family.RULES)
ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def rule(code: str) -> Rule | None:
    """The rule of a code, in any case, or None."""
    return next((rule for rule in RULES if rule.code == code.upper()), None)


def check(review: Review) -> Report:
    """Every finding of every rule, errors first, with counts of what was checked and a list of what could not be.

    A cited source whose text is not held is reported as skipped: its quotations were not compared, so they are not
    known to be right.
    """
    rules = [(rule, rule.find) for rule in RULES if rule.find is not None]
    findings = [rule.finding(hit) for rule, find in rules for hit in find(review)]
    cited = set(cited_sources(review.profile.quotations))
    absent = sorted(key for key in cited if key not in review.sources and key in review.references)
    skipped = [Skipped(what=key, why="its text is not held here; fetch or import it") for key in absent]
    if review.grades is None:
        skipped.append(Skipped(what="grades", why="not all records are held here, so they cannot be recomputed"))
    return Report(
        findings=tuple(sorted(findings, key=lambda f: ORDER.index(f.severity))),
        checked=Checked(
            claims=len(list(review.cited)), references=len(cited & review.sources.keys()), rules=len(rules)
        ),
        skipped=tuple(skipped),
    )
