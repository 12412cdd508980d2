"""COV: every sentence that states a fact points at evidence."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.models.findings import Severity
from pipeline.text import any_of, normal

LOOKED_FOR = ("overview", "mechanism", "safety")
UNKNOWN = any_of(
    r"\b(?:no|none|not|nothing|never|unknown|unclear|without|lacks?|lacking|cannot)\b",
    r"\btold elsewhere\b",
)


def uncited_claim(review: Review) -> Hits:
    """A claim cites nothing.

    Why: a sentence without a source cannot be checked, corrected or refreshed.
    Fix: add the id of a sentence that says so, or drop the claim.
    """
    for cited in review.cited:
        if not cited.evidence:
            yield Hit("this sentence states a fact and cites nothing", claim=cited.id)


def silence_not_said(review: Review) -> Hits:
    """A part of the profile has no evidence, and its note does not say that none was found.

    Why: smooth words over no evidence read like evidence.
    Fix: run `monograph draft`, or say in the note what was looked for and not found.
    """
    for section in review.profile.sections:
        looked_for = section.id in LOOKED_FOR or section.id.startswith(("evidence/", "safety/"))
        if looked_for and not section.claims and section.note and not UNKNOWN.search(normal(section.note)):
            yield Hit(f"'{section.title}' cites nothing, and does not say that nothing was found")


RULES = (
    Rule("COV001", Severity.ERROR, uncited_claim),
    Rule("COV003", Severity.WARNING, silence_not_said),
)
