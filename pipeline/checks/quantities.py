"""QTY: every number of a claim stands in the sentences it cites, with its unit."""

from __future__ import annotations

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.identifiers import split_evidence_id
from pipeline.models.findings import Severity
from pipeline.quantities import missing, parse, slip


def number_not_quoted(review: Review) -> Hits:
    """A number, dose, unit or p-value of a claim does not stand in the sentences that it cites.

    Why: wrong numbers are the commonest dangerous error of written summaries, and a factor of ten can kill.
    Fix: write the number of the source, or cite the sentence that carries this one.
    """
    for cited in review.cited:
        quotations = [quotation.text for quotation in cited.evidence]
        for quantity in missing(cited.text, quotations) if quotations else ():
            near = [s for text in quotations for other in parse(text) if (s := slip(quantity, other))]
            named = f" ({near[0]} from a number that is there)" if near else ""
            split = split_evidence_id(cited.evidence[0].id)
            yield Hit(
                f"'{quantity.text.strip()}' does not stand in the cited sentences{named}", cited.id, split and split[0]
            )


RULES = (Rule("QTY001", Severity.ERROR, number_not_quoted),)
