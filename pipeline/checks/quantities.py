"""QTY: every number of a claim stands in the sentences it cites, with its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Cited, Review, Rule
from pipeline.identifiers import split_evidence_id
from pipeline.models.findings import Severity
from pipeline.quantities import missing, parse, slip
from pipeline.text import normal

_PART = r"(?<![\d.,/])(?P<part>\d{1,3}(?:,\d{3})+|\d+) ?(?:/|of|out of) ?(?:the )?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)"
COUNT_FIRST = re.compile(rf"{_PART}(?: [a-z-]+){{0,3}} ?[(\[](?P<percent>\d{{1,3}}(?:\.\d+)?) ?%[)\]]")
PERCENT_FIRST = re.compile(rf"(?<![\d.,-])(?P<percent>\d{{1,3}}(?:\.\d+)?) ?% ?[(\[]{_PART}(?: [a-z-]+){{0,3}}[)\]]")


def number_not_quoted(review: Review) -> Hits:
    """A number, dose, unit or p-value of a claim does not stand in the sentences that it cites.

    Why: wrong numbers are the commonest dangerous error of written summaries, and a factor of ten can kill.
    Fix: write the number of the source, or cite the sentence that carries this one.
    """
    for cited in review.cited:
        for absent in _absent(cited):
            if absent.slip is None:
                yield Hit(
                    f"'{absent.text}' does not stand in the cited sentences",
                    cited.id,
                    absent.source,
                    quote=absent.quote,
                )


def slipped(review: Review) -> Hits:
    """A number of a claim is the source's with a slip: a factor of 10, 100 or 1000, a unit, a rate, a comparison sign.

    Why: milligrams for micrograms or daily for weekly is the error that kills, and it reads like the truth.
    Fix: write the source's number with its own unit, rate and sign.
    """
    for cited in review.cited:
        for absent in _absent(cited):
            if absent.slip is not None:
                told = f"'{absent.text}' stands where the source says {absent.slip}"
                yield Hit(told, cited.id, absent.source, quote=absent.quote)


class _Absent(NamedTuple):
    """A quantity of a claim that stands in none of its sentences; `slip` names one that is there, and the error."""

    text: str
    slip: str | None
    source: str | None
    quote: str


def _absent(cited: Cited) -> Iterator[_Absent]:
    quotations = [quotation.text for quotation in cited.evidence]
    for quantity in missing(cited.text, quotations) if quotations else ():
        near = [
            (f"'{other.text.strip()}' ({error})", quotation)
            for quotation in cited.evidence
            for other in parse(quotation.text)
            if (error := slip(quantity, other))
        ]
        named, at = near[0] if near else (None, max(cited.evidence, key=lambda q: _shared(cited.text, q.text)))
        split = split_evidence_id(at.id)
        yield _Absent(quantity.text.strip(), named, split and split[0], at.text)


def _shared(claim: str, sentence: str) -> int:
    """How many words a claim and a sentence have in common."""
    ours, theirs = (set(re.findall(r"\w+", normal(text).lower())) for text in (claim, sentence))
    return len(ours & theirs)


def other_role(review: Review) -> Hits:
    """A number stands in the source for another arm, outcome, group or role than the claim gives it.

    Why: the placebo group's figure told of the drug passes every search for the number.
    Fix: bind the number to the arm and outcome that the source binds it to.
    """
    yield from review.told("QTY003")


def share_differs(review: Review) -> Hits:
    """A count and a percentage of one claim do not agree with each other.

    Why: one of the two is wrong, and the reader cannot tell which.
    Fix: look both up in the source; where the source itself disagrees, say so.
    """
    for cited in review.cited:
        text = normal(cited.text)
        for share in (*COUNT_FIRST.finditer(text), *PERCENT_FIRST.finditer(text)):
            part, whole, percent = (share[name].replace(",", "") for name in ("part", "whole", "percent"))
            if not _agree(int(part), int(whole), percent):
                right = f"{100 * int(part) / int(whole):.1f}%" if int(whole) else "no share"
                yield Hit(f"{part} of {whole} is {right}, not {percent}%", cited.id)


def _agree(part: int, whole: int, percent: str) -> bool:
    """True where the percentage is that of the count, rounded either way in its last place."""
    step = 10.0 ** -len(percent.partition(".")[2])
    return whole > 0 and abs(100 * part / whole - float(percent)) < step


RULES = (
    Rule("QTY001", Severity.ERROR, number_not_quoted),
    Rule("QTY002", Severity.ERROR, slipped),
    Rule("QTY003", Severity.ERROR, other_role),
    Rule("QTY004", Severity.WARNING, share_differs),
)
