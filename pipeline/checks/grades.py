"""GRD: grades are computed from the studies, so they can be computed again."""

from __future__ import annotations

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.models.findings import Severity


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


RULES = (
    Rule("GRD001", Severity.ERROR, grade_differs),
    Rule("GRD002", Severity.ERROR, topic_not_graded),
)
