"""GRD: grades are computed from the studies, and a topic tells of those that disagree."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.identifiers import source_words
from pipeline.models.findings import Severity
from pipeline.models.profile import Point, Section
from pipeline.models.studies import SYNTHESES, Design, Direction

ORDER = tuple(Design)  # strongest first
TRIALS = (Design.RANDOMISED, Design.CONTROLLED)
CLEAR = (Direction.BENEFIT, Direction.NO_DIFFERENCE, Direction.HARM)


def grade_differs(review: Review) -> Hits:
    """A topic's grade is not the one that its studies give.

    Why: a grade that text and evidence do not share misleads more than no grade.
    Fix: run `monograph draft`; grades are never written by hand.
    """
    for section in review.profile.sections:
        if review.grades is None or section.grade is None:
            continue
        due = review.grades.get(section.id)
        if due is None:
            yield Hit(f"{section.title} is graded, but no topic of that name has studies")
        elif due != section.grade:
            given, right = section.grade, due
            yield Hit(
                f"{section.title} is graded {given.level.value}, {given.direction} ({given.counts});"
                f" its studies give {right.level.value}, {right.direction} ({right.counts})"
            )


def topic_not_graded(review: Review) -> Hits:
    """A topic of the research evidence has no grade.

    Why: a legend of grades that is never applied is worse than none.
    Fix: run `monograph draft`, which grades every topic.
    """
    for section in review.profile.sections:
        if section.id.startswith("evidence/") and section.grade is None:
            yield Hit(f"the topic {section.title} is not graded")


def otherwise_not_told(review: Review) -> Hits:
    """Newer or better evidence that is held says otherwise than the studies a topic tells of, and is not mentioned.

    Why: one in six highly cited findings is contradicted by a later study.
    Fix: tell of that study too, or run `monograph draft`.
    """
    for section, told, missing in _topics(review):
        if not told:
            continue
        senses = {point.direction for point in told}
        newest, best = max(point.year for point in told), min(ORDER.index(point.design) for point in told)
        for point in missing:
            better = point.year > newest or ORDER.index(point.design) < best
            if better and point.direction not in senses and not _is_null_trial(point):
                yield Hit(
                    f"{section.title}: {source_words(point.source)} ({point.year}, {point.design.value}) found"
                    f" {point.direction.value} and is not mentioned",
                    source=point.source,
                )


def nulls_not_told(review: Review) -> Hits:
    """A topic tells of studies in favour, and not of controlled trials that found no difference.

    Why: cherry-picking needs no false sentence.
    Fix: tell of the null trials beside the others, or run `monograph draft`.
    """
    for section, told, missing in _topics(review):
        nulls = [point for point in missing if _is_null_trial(point)]
        if nulls and any(point.direction is Direction.BENEFIT for point in told):
            named = ", ".join(f"{source_words(point.source)} ({point.year})" for point in nulls)
            yield Hit(f"{section.title}: found no difference and not mentioned: {named}", source=nulls[0].source)


def _is_null_trial(point: Point) -> bool:
    return point.direction is Direction.NO_DIFFERENCE and point.design in (*SYNTHESES, *TRIALS)


def _topics(review: Review) -> Iterator[tuple[Section, list[Point], list[Point]]]:
    """Each topic with its studies of a clear direction: those that a claim cites, and those that none does."""
    cited = {key for claim in review.claims for key in claim.sources}
    for section in review.profile.sections:
        if section.id.startswith("evidence/"):
            points = [p for p in review.profile.points if p.row == section.title and p.direction in CLEAR]
            told = [point for point in points if point.source in cited]
            yield section, told, [point for point in points if point.source not in cited]


RULES = (
    Rule("GRD001", Severity.ERROR, grade_differs),
    Rule("GRD002", Severity.ERROR, topic_not_graded),
    Rule("GRD003", Severity.WARNING, otherwise_not_told),
    Rule("GRD005", Severity.WARNING, nulls_not_told),
)
