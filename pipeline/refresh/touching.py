"""Which claims a change touches, what became of them, and what a person has to do: the items of a night's report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.identifiers import is_document, source_words
from pipeline.models.findings import Finding, Severity
from pipeline.models.nights import Change, Item, Kind, Regraded, Touched
from pipeline.models.profile import Claim, DoseRow, Profile, cited_sources
from pipeline.models.studies import Grade
from pipeline.profiles import is_edited
from pipeline.render.words import grade_words

# Kinds after which only those claims are touched whose words or approval changed; after the others all on the source.
_BY_WORDS = (Kind.ABSTRACT, Kind.TYPES, Kind.HEADINGS, Kind.LABEL, Kind.NOTICE, Kind.BIBLIOGRAPHY, Kind.MISSING)
_SEVERITIES = {
    Kind.RETRACTED: Severity.ERROR,
    Kind.PARTLY_RETRACTED: Severity.ERROR,
    Kind.CONCERN: Severity.WARNING,
    Kind.DELETED: Severity.WARNING,
    Kind.CORRECTED: Severity.WARNING,
    Kind.SUPERSEDED: Severity.WARNING,
    Kind.REPUBLISHED: Severity.WARNING,
    Kind.REINSTATED: Severity.WARNING,
    Kind.LABEL: Severity.WARNING,
    Kind.RESTS: Severity.WARNING,
}
_TODO = {
    Kind.RETRACTED: "read the notice; merge this to drop what stood on the paper alone",
    Kind.PARTLY_RETRACTED: "read the notice: does it withdraw what these claims say? Then drop them",
    Kind.CONCERN: "read the notice; name the concern in the claims, or let them stand on another source",
    Kind.DELETED: "find out why the record is gone; let the claims stand on another source",
    Kind.MERGED: "merge this: the claims cite the record that remains",
    Kind.CORRECTED: "read the correction beside the claims",
    Kind.SUPERSEDED: "read the newer version, and draft again so that the claims stand on it",
    Kind.NOTICE: "merge this: only what is listed of its notices is another",
    Kind.REPUBLISHED: "read the republished version, and draft again so that the claims stand on it",
    Kind.REINSTATED: "read the record again; merge this if the paper is to count again",
    Kind.LABEL: "read the label's new text beside the claims",
    Kind.ABSTRACT: "read the claims against the new abstract",
    Kind.TYPES: "look at the study's design and at the grade",
    Kind.HEADINGS: "look at the study's design and at the grade",
    Kind.BIBLIOGRAPHY: "merge this: only the reference is another one",
    Kind.RESTS: "look whether the review's result holds without the retracted paper",
    Kind.NEW: "read it, and draft again to take it in",
    Kind.MISSING: "nothing yet: an answer that lacks a record says nothing of it",
}


def severity_of(change: Change, claims: Sequence[Touched]) -> Severity:
    """How grave a change is; one that touches no claim is never an error."""
    severity = _SEVERITIES.get(change.kind, Severity.INFO)
    if change.harm:
        severity = Severity.ERROR if change.kind is Kind.LABEL else Severity.WARNING
    if change.kind in (Kind.CORRECTED, Kind.ABSTRACT) and change.numbers:
        severity = Severity.ERROR if change.kind is Kind.CORRECTED else Severity.WARNING
    if change.kind is Kind.CORRECTED and change.numbers is False:
        severity = Severity.INFO
    if severity is Severity.ERROR and not claims:
        return Severity.WARNING
    notable = any(claim.lapsed or claim.became == "challenged" for claim in claims)
    return Severity.WARNING if severity is Severity.INFO and notable else severity


def todo_of(change: Change, claims: Sequence[Touched]) -> str:
    """What a person has to do about a change."""
    if change.kind in (Kind.RETRACTED, Kind.DELETED) and not claims:
        todo = "merge this, so that it is listed as such; no claim stands on it"
    elif change.kind is Kind.RETRACTED and change.by and source_words(change.by) in change.words:
        todo = f"read the notice; draft again to take in the republished paper, {source_words(change.by)}"
    elif change.kind is Kind.CORRECTED and change.numbers is False:
        todo = "merge this: the correction leaves the numbers as they are"
    elif change.kind is Kind.BIBLIOGRAPHY and claims:
        todo = "merge this: the reference is another one, and the title where it is quoted"
    elif change.kind is Kind.ABSTRACT and not change.numbers:
        todo = "read the claims against the new abstract"
    elif any(claim.became == "challenged" for claim in claims) and change.kind is Kind.NEW:
        todo = "read it first: it speaks against what the profile says; then draft again to take it in"
    else:
        todo = _TODO[change.kind]
    if any(claim.lapsed and claim.became not in ("dropped", "edit replaced") for claim in claims):
        todo += "; then approve again what lapsed"
    return todo


class Approvals(NamedTuple):
    """The claims that were approved before a night, those that are after it, and the edited ones that it replaced."""

    before: frozenset[str]
    after: frozenset[str]
    replaced: frozenset[str]


def touched(source: str, change: Change, old: Profile, new: Profile, people: Approvals) -> tuple[Touched, ...]:
    """The claims and dose rows that a change of `source` touches, in reading order, those that it adds at the end."""
    now = {each.id: each for each in _cited(new)}
    quiet = change.kind in _BY_WORDS or (change.kind is Kind.CORRECTED and change.numbers is False)
    found = []
    for each in _cited(old):
        if source not in cited_sources(each.evidence):
            continue
        after = now.get(each.id)
        lapsed = each.id in people.before - people.after
        if each.id in people.replaced:
            told = Touched(claim=each.id, became="edit replaced", lapsed=lapsed)
        elif after is None:
            told = Touched(claim=each.id, became="dropped", lapsed=lapsed)
        elif _words(after) != _words(each):
            told = Touched(claim=each.id, became="told anew", lapsed=lapsed)
        elif isinstance(after, Claim) and is_edited(after):
            told = Touched(claim=each.id, became="kept as edited", lapsed=lapsed)
        else:
            told = Touched(claim=each.id, became="stands", lapsed=lapsed)
        if lapsed or told.became in ("dropped", "told anew", "edit replaced") or not quiet:
            found.append(told)
    known = {each.id for each in _cited(old)}
    added = [each for each in _cited(new) if each.id not in known and source in cited_sources(each.evidence)]
    back = people.after - people.before
    return (*found, *(Touched(claim=each.id, became="added", revived=each.id in back) for each in added))


def _cited(profile: Profile) -> tuple[Claim | DoseRow, ...]:
    return (*profile.claims, *profile.doses)


def _words(each: Claim | DoseRow) -> tuple[object, ...]:
    """What a reader reads of a claim or row: that its sentences have other numbers now is nothing to read."""
    quoted = [quotation.text for quotation in each.evidence]
    if isinstance(each, Claim):
        return each.text, quoted
    return each.dose, each.route, each.duration, each.population, each.design, quoted


def regraded(section: str, old: Grade, new: Grade) -> Regraded | None:
    """How a grade differs from what it was, or None; one that stays may count other studies."""
    if grade_words(old) != grade_words(new):
        reasons = [reason.text for reason in (*new.reasons, *new.caps)]
        return Regraded(section=section, old=grade_words(old), new=grade_words(new), reason="; ".join(reasons))
    before, after = (dict.fromkeys(grade.counts.split("; ")) for grade in (old, new))
    if before.keys() == after.keys():
        return None
    lost, gained = (
        "; ".join(part for part in one if part not in other) for one, other in ((before, after), (after, before))
    )
    stays = f"the grade stays {grade_words(old)}"
    return Regraded(section=section, old=lost, new=gained, reason=stays)


def regrades(source: str, old: Profile, new: Profile) -> Iterator[Regraded]:
    """The grades that changed in sections on which a source bears."""
    before = {section.id: section for section in old.sections if section.grade}
    after = {section.id: section for section in new.sections if section.grade}
    rows = {point.row for profile in (old, new) for point in profile.points if point.source == source}
    for key in before.keys() & after.keys():
        one, two = before[key], after[key]
        bears = any(
            source in cited_sources(claim.evidence) for section in (one, two) for claim in section.claims
        ) or bool({one.title, two.title} & rows)
        if bears and one.grade and two.grade and (change := regraded(key, one.grade, two.grade)):
            yield change


def remains(claims: Sequence[Touched], new: Profile) -> Iterator[str]:
    """On how many sources each section still stands that lost a claim."""
    for key in dict.fromkeys(each.claim.rpartition("/")[0] for each in claims if each.became == "dropped"):
        section = next((section for section in new.sections if section.id == key and key != "doses"), None)
        if section is not None:
            left = {source for claim in section.claims for source in cited_sources(claim.evidence)}
            yield f"{key} keeps {len(left) or 'no'} other source{'s'[: len(left) > 1]}"


def item(
    slug: str,
    source: str,
    change: Change,
    day: date,
    *,
    claims: Sequence[Touched] = (),
    grades: Sequence[Regraded] = (),
    left: Sequence[str] = (),
    findings: Sequence[Finding] = (),
    todo: str | None = None,
    title: str = "",
) -> Item:
    """A change as a line of the report; `todo` is what to do where the kind of change does not say it."""
    named = {claim.claim for claim in claims}
    said = [f for f in findings if f.severity is not Severity.INFO and (f.source == source or f.claim in named)]
    return Item(
        profile=slug,
        source=source,
        title=title,
        change=change,
        severity=severity_of(change, claims),
        seen=day,
        claims=tuple(claims),
        grades=tuple(sorted(grades, key=lambda grade: grade.section)),
        remains=tuple(left),
        findings=tuple(said),
        todo=todo or todo_of(change, claims),
    )


def title_of(items: Sequence[Item]) -> str:
    """The title of the pull request for some items of one profile: what is gravest, and how much more there is."""
    order = list(Kind)
    first = min(items, key=lambda each: (order.index(each.change.kind), each.source))
    more = len({(each.source, each.change.kind) for each in items}) - 1
    named = first.title if is_document(first.source) and first.title else source_words(first.source)
    return f"{first.profile}: {named} {first.change.kind.value}" + (f", and {more} more" if more else "")


def by_profile(items: Sequence[Item]) -> Mapping[str, list[Item]]:
    """The items of each profile."""
    found: dict[str, list[Item]] = {}
    for each in items:
        found.setdefault(each.profile, []).append(each)
    return found
