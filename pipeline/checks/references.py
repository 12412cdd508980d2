"""REF: a claim may only stand on sources that were fetched."""

from __future__ import annotations

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.identifiers import split_evidence_id
from pipeline.models.findings import Severity


def unknown_source(review: Review) -> Hits:
    """A claim cites a source that is not among the fetched records.

    Why: a well-formed PMID can belong to another paper, or to none; only what was fetched can be checked.
    Fix: cite a sentence of a fetched source, or drop the claim.
    """
    for cited in review.cited:
        for quotation in cited.evidence:
            split = split_evidence_id(quotation.id)
            if split is None:
                yield Hit(f"'{quotation.id}' is not an evidence id (source:sentence)", claim=cited.id)
            elif split[0] not in review.references:
                yield Hit(f"{split[0]} is not among the sources of this profile", claim=cited.id, source=split[0])


RULES = (Rule("REF001", Severity.ERROR, unknown_source),)
