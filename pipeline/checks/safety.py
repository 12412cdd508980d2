"""SAF: what a label says must not be missing from the profile."""

from __future__ import annotations

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.models.findings import Severity
from pipeline.models.sources import Label

# The kinds of safety fact that a reader looks for, with the words by which a sentence or a heading speaks of one.
KINDS = ("contraindications", "interactions", "pregnancy", "adverse effects", "the liver")
REQUIRED = ("contraindication", "boxed_warning", "interaction", "pregnancy")


def label_fact_missing(review: Review) -> Hits:
    """A contraindication, boxed warning, interaction or pregnancy statement of a label is not in the profile.

    Why: the sentence that is missing is the one that harms.
    Fix: run `monograph draft`, or restore the claim that cites the label.
    """
    quoted = {quotation.id for claim in review.profile.claims for quotation in claim.evidence}
    for sentence in review.sentences.values():
        label = isinstance(review.sources.get(sentence.source), Label)
        if label and sentence.section in REQUIRED and sentence.id not in quoted:
            yield Hit(f"missing from the profile ({sentence.section}): {sentence.text}", source=sentence.source)


RULES = (Rule("SAF001", Severity.ERROR, label_fact_missing),)
