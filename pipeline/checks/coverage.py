"""COV: every sentence that states a fact points at evidence."""

from __future__ import annotations

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.models.findings import Severity


def uncited_claim(review: Review) -> Hits:
    """A claim cites nothing.

    Why: a sentence without a source cannot be checked, corrected or refreshed.
    Fix: add the id of a sentence that says so, or drop the claim.
    """
    for cited in review.cited:
        if not cited.evidence:
            yield Hit("this sentence states a fact and cites nothing", claim=cited.id)


RULES = (Rule("COV001", Severity.ERROR, uncited_claim),)
