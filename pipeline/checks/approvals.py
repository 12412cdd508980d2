"""REV: whether people have decided on what is published, and whether what they read is still what stands there."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.decisions import State, drafters_of, person
from pipeline.errors import ProfileError
from pipeline.models.findings import Severity

_WORDS = {
    State.OPEN: "nobody has approved it",
    State.STALE: "what was approved is not what stands there now",
    State.PROVISIONAL: "it was approved on a synopsis, not on the paper's own abstract",
}


def unapproved_published(review: Review) -> Hits:
    """A profile that is to be published holds a claim that is not approved.

    Why: people decide on drugs from such pages, and this sentence was read by nobody who answers for it.
    Fix: approve it or reject it (`monograph review NAME`), or take `publish: true` out of compound.yaml.
    """
    for each in review.standings if review.publish else ():
        if each.state in _WORDS:
            begun = each.decided and each.missing
            more = f"; {each.missing} more reviewer{'s' * (each.missing > 1)} to go" if begun else ""
            yield Hit(f"this is to be published, and {_WORDS[each.state]}{more}", each.item.id)


def lapsed_decision(review: Review) -> Hits:
    """A claim was decided on, and the claim, its quotations or its sources have changed since.

    Why: a decision holds for what was read, and for nothing else.
    Fix: read the claim beside its sentences again and decide anew: `monograph review NAME`.
    """
    for each in review.standings:
        if each.state is State.STALE:
            last = next(decision for decision in reversed(each.lapsed) if decision.is_verdict)
            word = {"approve": "approval", "reject": "rejection"}[last.decision]
            yield Hit(
                f"the {word} by {last.reviewer} of {last.date} has lapsed: what was read has changed", each.item.id
            )


def decided_by_a_program(review: Review) -> Hits:
    """A decision in review.yaml is not by a person.

    Why: a program that approves what a program wrote approves everything.
    Fix: take the line out of review.yaml, and let a person read the claim.
    """
    drafters = drafters_of(review.profile)
    for each in review.standings:
        for name in dict.fromkeys(decision.reviewer for decision in (*each.decided, *each.lapsed)):
            try:
                person(name, drafters)
            except ProfileError as error:
                yield Hit(error.message, each.item.id)


RULES = (
    Rule("REV001", Severity.ERROR, unapproved_published),
    Rule("REV002", Severity.WARNING, lapsed_decision),
    Rule("REV003", Severity.ERROR, decided_by_a_program),
)
