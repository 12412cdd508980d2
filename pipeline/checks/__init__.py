"""The rules that every profile is held against, a file by family, and the one function that runs them.

A new family is a new file with its `RULES`, named below. Codes are never reused.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from pipeline.checks import (
    coverage,
    designs,
    grades,
    injections,
    meaning,
    pages,
    quantities,
    quotes,
    references,
    safety,
    status,
    structure,
    suppressions,
    wording,
)
from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Review, Rule, joined
from pipeline.errors import ConfigError
from pipeline.models.findings import Checked, Entry, Finding, Report, Severity, Shown, Skipped
from pipeline.models.profile import cited_sources

FAMILIES = (
    references,
    status,
    quotes,
    quantities,
    meaning,
    wording,
    designs,
    coverage,
    grades,
    safety,
    structure,
    injections,
)
RULES = joined(rule for family in (*FAMILIES, *pages.FAMILIES) for rule in family.RULES)
CODES = tuple(rule.code for rule in RULES)
ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def rule(code: str) -> Rule:
    """The rule of a code, in any case. Raises ConfigError, naming the nearest code, where there is none."""
    wanted = code.strip().upper()
    if wanted not in CODES:
        raise ConfigError(
            f"there is no rule '{code}'", f"{suppressions.nearest(code, CODES)}See the list: monograph rules"
        )
    return RULES[CODES.index(wanted)]


def catalogue() -> tuple[Entry, ...]:
    """Every rule as people read it, by code."""
    return tuple(
        rule.entry(suppressible=rule.code not in suppressions.FIRM)
        for rule in sorted(RULES, key=lambda rule: rule.code)
    )


def check(review: Review) -> Report:
    """Every finding of every rule, errors first, with counts of what was checked and a list of what could not be.

    A cited source whose text is not held is reported as skipped: its quotations were not compared, so they are not
    known to be right. Raises ProfileError for a suppression that cannot be.
    """
    suppressions.refuse(review, CODES)
    rules = [rule for rule in RULES if rule.find is not None]
    found = [finding for rule in rules for finding in rule.findings(review)]
    codes: dict[str, frozenset[str]] = defaultdict(frozenset)
    for finding in found:
        codes[finding.claim or ""] |= {finding.code}
    found += rule("STR008").findings(replace(review, found=codes))
    words = {cited.id: cited.text for cited in review.cited}
    told = [_with_words(finding, words.get(finding.claim or "")) for finding in found]
    stand, hidden = suppressions.parted(review, sorted(told, key=lambda f: ORDER.index(f.severity)))
    cited = set(cited_sources(review.profile.quotations))
    absent = sorted(key for key in cited if key not in review.sources and key in review.references)
    skipped = [Skipped(what=key, why="its text is not held here; fetch or import it") for key in absent]
    if review.grades is None:
        skipped.append(Skipped(what="grades", why="not all records are held here, so they cannot be recomputed"))
    return Report(
        findings=stand,
        checked=Checked(claims=len(review.cited), references=len(cited & review.sources.keys()), rules=len(rules)),
        skipped=tuple(skipped),
        suppressed=hidden,
    )


def check_page(audit: Audit) -> Report:
    """Every finding of every rule for pages, errors first and then by line, with counts of what was checked."""
    rules = [(rule, rule.page) for rule in RULES if rule.page is not None]
    found = dict.fromkeys(rule.finding(hit) for rule, page in rules for hit in page(audit))
    return Report(
        findings=tuple(sorted(found, key=lambda f: (ORDER.index(f.severity), f.line or 0))),
        checked=Checked(claims=len(audit.page.statements), references=len(audit.page.references), rules=len(rules)),
    )


def _with_words(finding: Finding, words: str | None) -> Finding:
    """The finding with the words of its claim to show, where the rule gave none."""
    shown = finding.shown or Shown()
    update = {"shown": shown.model_copy(update={"words": shown.words or words})}
    return finding.model_copy(update=update)
