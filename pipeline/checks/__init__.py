"""The rules that every profile is held against, a file by family, and the one function that runs them.

A new family is a new file with its `RULES`, named below. Codes are never reused. `checks.catalogue` has these rules
and those for existing pages together, which a draft need not load.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.checks import (
    approvals,
    coverage,
    designs,
    grades,
    injections,
    meaning,
    quantities,
    quotes,
    references,
    safety,
    status,
    structure,
    support,
    suppressions,
    wording,
)
from pipeline.checks.rule import Review, joined
from pipeline.models.findings import Checked, Finding, Report, Severity, Shown, Skipped
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
    support,
    injections,
    approvals,
)
RULES = joined(rule for family in FAMILIES for rule in family.RULES)
CODES = tuple(rule.code for rule in RULES)
ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def undecided(review: Review) -> tuple[Finding, ...]:
    """The findings of the rules that look at no decision: the same while nothing but `review.yaml` changes."""
    return tuple(finding for rule in RULES if rule not in approvals.RULES for finding in rule.findings(review))


def check(review: Review, known: Sequence[Finding] | None = None) -> Report:
    """Every finding of every rule, errors first, with counts of what was checked and a list of what could not be.

    A cited source whose text is not held is reported as skipped: its quotations were not compared, so they are not
    known to be right. `known` is what `undecided` gives of this review, where that is known already. Raises
    ProfileError for a suppression that cannot be.
    """
    suppressions.refuse(review, CODES)
    found = [*(undecided(review) if known is None else known)]
    found += [finding for rule in approvals.RULES for finding in rule.findings(review)]
    codes: dict[str, frozenset[str]] = defaultdict(frozenset)
    for finding in found:
        codes[finding.claim or ""] |= {finding.code}
    found += RULES[CODES.index("STR008")].findings(replace(review, found=codes))
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
        checked=Checked(claims=len(review.cited), references=len(cited & review.sources.keys()), rules=len(RULES)),
        skipped=tuple(skipped),
        suppressed=hidden,
    )


def _with_words(finding: Finding, words: str | None) -> Finding:
    """The finding with the words of its claim to show, where the rule gave none."""
    shown = finding.shown or Shown()
    update = {"shown": shown.model_copy(update={"words": shown.words or words})}
    return finding.model_copy(update=update)
