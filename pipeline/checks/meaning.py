"""WRD: a claim says what its source says: the same direction, no more certain, of the same comparison."""

from __future__ import annotations

from pipeline.checks.rule import Hits, Review, Rule
from pipeline.models.findings import Severity


def direction_reversed(review: Review) -> Hits:
    """A claim says the opposite of what its source found.

    Why: every word of the claim may stand in the source, and the reader still learns the reverse.
    Fix: tell the direction that the source gives.
    """
    yield from review.told("WRD001")


def negation_changed(review: Review) -> Hits:
    """A "not" or "no" of the source is missing from the claim, or the claim has one of its own.

    Why: one short word turns a null result into a benefit.
    Fix: restore the negation of the source, or take out the one that it does not have.
    """
    yield from review.told("WRD002")


def significance_changed(review: Review) -> Hits:
    """A claim calls significant what its source does not, or the other way round.

    Why: a difference that chance explains is no effect, and one that it does not is no chance.
    Fix: say of the difference what the source's test says of it.
    """
    yield from review.told("WRD003")


def more_certain(review: Review) -> Hits:
    """A claim is more certain than its source.

    Why: "may" that becomes "does" is how a hypothesis becomes a fact, one citation at a time.
    Fix: keep the source's "may", "suggests" or "preliminary".
    """
    yield from review.told("WRD004")


def arms_swapped(review: Review) -> Hits:
    """A claim swaps the intervention and the comparator of its source, or names another in its place.

    Why: what placebo did is told of the drug.
    Fix: name the two arms as the source does.
    """
    yield from review.told("WRD005")


def generalised(review: Review) -> Hits:
    """A claim speaks of people in general where its source studied some.

    Why: written summaries leave out whom a result is of more often than not, and the reader takes it for their own.
    Fix: say who was studied, how many and for how long.
    """
    yield from review.told("WRD007")


def within_group(review: Review) -> Hits:
    """A change within one group is told as a difference between groups.

    Why: most people get better by themselves; only the comparison shows what the treatment did.
    Fix: tell the difference between the groups; where there was none, say so.
    """
    yield from review.told("WRD010")


RULES = (
    Rule("WRD001", Severity.ERROR, direction_reversed),
    Rule("WRD002", Severity.ERROR, negation_changed),
    Rule("WRD003", Severity.ERROR, significance_changed),
    Rule("WRD004", Severity.WARNING, more_certain),
    Rule("WRD005", Severity.ERROR, arms_swapped),
    Rule("WRD007", Severity.WARNING, generalised),
    Rule("WRD010", Severity.ERROR, within_group),
)
