"""DES: what a study was, and whom it studied, is told as it was."""

from __future__ import annotations

from pipeline.checks.hits import Hits
from pipeline.checks.rule import Review, Rule
from pipeline.models.findings import Severity
from pipeline.models.studies import Design, Study


def animals_told_as_people(review: Review) -> Hits:
    """A result in animals or cells is told as if it were of people.

    Why: most effects in animals are never seen in people.
    Fix: name the species or the laboratory in the claim, or cite a study of people.
    """
    yield from review.told("DES001")


def design_overstated(review: Review) -> Hits:
    """A claim calls its source a stronger design than it was.

    Why: a pilot that is called a randomised trial weighs like one.
    Fix: name the design as the source does; where its record and its words disagree, the weaker one.
    """
    for hit in review.told("DES002"):
        study = review.studies.get(hit.source or "")
        if study is None or not any(word in hit.message for word in _stated(study)):
            yield hit


def _stated(study: Study) -> tuple[str, ...]:
    """The words of design that a record states otherwise than in its text: by its publication type."""
    typed = study.design.witness == "publication type"
    words = {Design.RANDOMISED: "randomi", Design.SYSTEMATIC_REVIEW: "systematic review"}
    return (words.get(study.design.value, study.design.value),) if typed else ()


def condition_shifted(review: Review) -> Hits:
    """A claim speaks of another condition than its source studied.

    Why: what helps in one disease may do nothing or harm in the next.
    Fix: name the condition of the source, or cite a study of this one.
    """
    yield from review.told("DES003")


def population_shifted(review: Review) -> Hits:
    """A claim speaks of other people than its source studied.

    Why: doses and harms differ between children, adults, the old and the pregnant.
    Fix: name the people of the source, or cite a study of these.
    """
    yield from review.told("DES004")


RULES = (
    Rule("DES001", Severity.ERROR, animals_told_as_people),
    Rule("DES002", Severity.ERROR, design_overstated),
    Rule("DES003", Severity.ERROR, condition_shifted),
    Rule("DES004", Severity.ERROR, population_shifted),
)
