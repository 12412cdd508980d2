"""A redraft beside what was there before: what people wrote and approved, and what only an earlier night found out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeVar

from pipeline.models.profile import Claim, DoseRow, Profile, Reference, Section, cited_sources
from pipeline.models.sources import NoticeKind
from pipeline.profiles import is_edited

KEPT = "Kept from an earlier draft because a person wrote or edited it; the section it stood in is no longer drafted."


class Merged(NamedTuple):
    """A redraft with people's edits kept, and the ids of edited claims whose evidence changed under them."""

    profile: Profile
    lapsed: tuple[str, ...]


def merge(new: Profile, old: Profile | None, sentences: Mapping[str, str], approved: Collection[str] = ()) -> Merged:
    """The new draft, with the claims that a person edited, added or approved in `old` kept word for word.

    `approved` are the ids of the approved ones. `sentences` are the current texts by evidence id. An edited claim is
    kept while each of its quotations still reads the same in its source; where one changed, the new draft's claim takes
    its place and the id is returned as lapsed.
    An edited claim that the new draft has no counterpart for stays, lapsed or not: nothing a person wrote is dropped.
    A suppression stays with its claim or dose row while what that says and stands on does. What waits to be weighed
    waits on, until a draft knows its record.
    """
    if old is None:
        return Merged(new, ())
    marked: dict[str, Claim | DoseRow] = {claim.id: claim for claim in old.claims if claim.suppress}
    marked |= {row.id: row for row in old.doses if row.suppress}
    edited = {claim.id: claim for claim in old.claims if is_edited(claim) or claim.id in approved}
    homes = {claim.id: section.id for section in old.sections for claim in section.claims}
    lapsed = tuple(
        sorted(key for key, claim in edited.items() if any(sentences.get(q.id) != q.text for q in claim.evidence))
    )
    # What was approved and not written by a person ends with what it quoted.
    edited = {key: claim for key, claim in edited.items() if key not in lapsed or is_edited(claim)}
    drafted = {claim.id for claim in new.claims}
    sections = []
    for section in new.sections:
        kept = [edited[c.id] if c.id in edited.keys() - set(lapsed) else _marked(c, marked) for c in section.claims]
        added = [c for key, c in edited.items() if key not in drafted and homes[key] == section.id]
        sections.append(section.model_copy(update={"claims": (*kept, *added)}))
    present = {section.id for section in new.sections}
    for section in old.sections:
        orphans = tuple(c for c in section.claims if c.id in edited and c.id not in drafted)
        if section.id not in present and orphans:
            identifier = section.id if section.id.startswith("kept/") else f"kept/{section.id.replace('/', '-')}"
            sections.append(Section(id=identifier, title=section.title, note=KEPT, claims=orphans))
    doses = tuple(_marked(row, marked) for row in new.doses)
    drawn = {*cited_sources(new.quotations), *(record.source for record in new.uncited)}
    waiting = tuple(record for record in old.waiting if record.source not in drawn)
    return Merged(new.model_copy(update={"sections": tuple(sections), "doses": doses, "waiting": waiting}), lapsed)


S = TypeVar("S", Claim, DoseRow)


def _marked(drafted: S, marked: Mapping[str, Claim | DoseRow]) -> S:
    """What was drafted, with the suppressions of its like in the old draft where the two differ in nothing else."""
    old = marked.get(drafted.id)
    suppressing = drafted.model_copy(update={"suppress": old.suppress}) if old else drafted
    return suppressing if suppressing == old else drafted


def carried(new: Mapping[str, Reference], old: Mapping[str, Reference]) -> dict[str, Reference]:
    """The references `new` with what only an earlier night found out and no record says: what an erratum is about, that
    a record was deleted, what a review rests on."""
    return {key: _carried(reference, old[key]) if key in old else reference for key, reference in new.items()}


def _carried(reference: Reference, before: Reference) -> Reference:
    if reference.article is None or before.article is None:
        return reference.model_copy(update={"withdrawn": before.withdrawn}) if before.withdrawn else reference
    told = {n.id: n.about for n in before.article.notices if n.about}
    notices = [
        n.model_copy(update={"about": told[n.id]}) if n.kind is NoticeKind.ERRATUM and n.id in told else n
        for n in reference.article.notices
    ]
    if not reference.article.affected_by(NoticeKind.DELETED):
        notices += [n for n in before.article.notices if n.kind is NoticeKind.DELETED]
    article = reference.article.model_copy(update={"notices": tuple(notices)})
    return reference.model_copy(update={"article": article, "rests_on": reference.rests_on or before.rests_on})
