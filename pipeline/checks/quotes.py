"""QUO: a quotation is what the source says, at the place that its id names."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.identifiers import split_evidence_id
from pipeline.models.findings import Severity
from pipeline.models.profile import Quotation
from pipeline.models.sources import Source
from pipeline.text import locate, normal


def not_in_source(review: Review) -> Hits:
    """A quotation does not stand in the source that it names.

    Why: a quotation that nobody wrote lends a claim support that it does not have.
    Fix: run `monograph draft` to attach the source's own sentence, or cite another sentence.
    """
    for claim, quotation, source in _displaced(review):
        if locate(quotation.text, source.text) is None:
            yield Hit(f"the quotation {quotation.id} does not stand in its source", claim, source.key)


def other_sentence(review: Review) -> Hits:
    """A quotation stands in its source, but not as the sentence that its id names.

    Why: the id is how a reader and the nightly job find the sentence again.
    Fix: run `monograph draft`, or correct the sentence number.
    """
    for claim, quotation, source in _displaced(review):
        if locate(quotation.text, source.text) is not None:
            yield Hit(f"{quotation.id} names another sentence than the one quoted", claim, source.key)


def _displaced(review: Review) -> Iterator[tuple[str, Quotation, Source]]:
    """The quotations of held sources that are not the sentence which their id names, with the claim that cites them."""
    for cited in review.cited:
        for quotation in cited.evidence:
            named = review.sentences.get(quotation.id)
            split = split_evidence_id(quotation.id)
            source = review.sources.get(split[0]) if split else None
            if source is not None and (named is None or normal(named.text) != normal(quotation.text)):
                yield cited.id, quotation, source


RULES = (
    Rule("QUO001", Severity.ERROR, not_in_source),
    Rule("QUO002", Severity.ERROR, other_sentence),
)
