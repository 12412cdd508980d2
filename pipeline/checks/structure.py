"""STR: the profile is whole."""

from __future__ import annotations

from collections import Counter

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.models.findings import Severity
from pipeline.models.profile import FOOTER

REQUIRED = ("overview", "mechanism", "evidence", "doses", "preparation", "safety")


def missing_section(review: Review) -> Hits:
    """A section that every profile has is missing.

    Why: a reader takes a missing section for "nothing to say".
    Fix: run `monograph draft`; a section without evidence says that none was found.
    """
    present = {section.id for section in review.profile.sections}
    for wanted in REQUIRED:
        if wanted not in present:
            yield Hit(f"the section '{wanted}' is missing")


def empty_section(review: Review) -> Hits:
    """A section has neither a claim nor a word on why.

    Why: an empty heading reads as an oversight or as "no risk".
    Fix: run `monograph draft`, or state in the section's note what is not known.
    """
    parents = {section.id.partition("/")[0] for section in review.profile.sections if "/" in section.id}
    for section in review.profile.sections:
        filled = section.claims or section.note or section.id in parents
        if not filled and not (section.id == "doses" and review.profile.doses):
            yield Hit(f"the section '{section.title}' is empty")


def footer_altered(review: Review) -> Hits:
    """The AI-disclosure footer is missing or was changed.

    Why: a reader has a right to know how the page was made, in the words agreed.
    Fix: restore the footer word for word; `monograph draft` writes it.
    """
    if review.profile.footer != FOOTER:
        yield Hit("the AI-disclosure footer is missing or altered", suggestion=FOOTER)


def repeated_sentence(review: Review) -> Hits:
    """Two claims say the same, word for word.

    Why: repetition makes one finding look like several.
    Fix: drop one of them.
    """
    texts = Counter(claim.text for claim in review.profile.claims)
    seen: set[str] = set()
    for claim in review.profile.claims:
        if texts[claim.text] > 1 and claim.text in seen:
            yield Hit("this sentence stands in the profile already", claim=claim.id)
        seen.add(claim.text)


def shared_id(review: Review) -> Hits:
    """Two claims have one id.

    Why: decisions and edits are kept by id, so one of the two would be lost.
    Fix: give the copied claim an id of its own.
    """
    for identifier, count in Counter(claim.id for claim in review.profile.claims).items():
        if count > 1:
            yield Hit(f"{count} claims share this id", claim=identifier)


def nothing_to_check(review: Review) -> Hits:
    """The profile holds no claim at all.

    Why: a check of nothing is not a pass.
    Fix: run `monograph draft` with records to draft from.
    """
    if not review.profile.claims:
        yield Hit("no claim was checked, because there is none")


def unused_suppression(review: Review) -> Hits:
    """A claim suppresses a rule that finds nothing in it.

    Why: the suppression outlived its reason, and would hide the next fault of that kind in silence.
    Fix: take it out of profile.yaml.
    """
    for cited in review.cited if review.found is not None else ():
        held = all(key in review.sources for key in cited.sources)
        for that in cited.suppress if held else ():
            if that.code not in (review.found or {}).get(cited.id, ()):
                yield Hit(f"{that.code} is suppressed here and finds nothing", cited.id)


RULES = (
    Rule("STR001", Severity.ERROR, missing_section),
    Rule("STR002", Severity.ERROR, empty_section),
    Rule("STR003", Severity.ERROR, footer_altered),
    Rule("STR004", Severity.WARNING, repeated_sentence),
    Rule("STR005", Severity.ERROR, nothing_to_check),
    Rule("STR006", Severity.ERROR, shared_id),
    Rule("STR008", Severity.WARNING, unused_suppression),
)
