"""One profile's night: what became of its sources, the profile drawn again from them, and what to tell of it.

A profile is drawn from the records that it knew, as they are now. New ones wait beside it until an author drafts again,
so a night changes nothing but what its reports name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.decisions import approved, read_decisions
from pipeline.drafting.dossier import Dossier, dossier
from pipeline.drawing import Drawn, drawn, files_of
from pipeline.identifiers import source_words
from pipeline.models.nights import Change, Item, Kind, Touched
from pipeline.models.profile import Reference, Waiting, cited_sources
from pipeline.models.review import Decision
from pipeline.models.sources import Article, Label
from pipeline.profiles import is_edited, reference_of
from pipeline.refresh.gathering import Gathered, Tonight
from pipeline.refresh.known import Fetch, Known, known_of
from pipeline.refresh.touching import Approvals, item, regrades, remains, touched
from pipeline.refresh.triage import Weighed, weighed
from pipeline.render.words import waiting_words
from pipeline.sources.collect import quiet


class Matter(NamedTuple):
    """All that a night has of a profile to which something happened; `fresh` are the records that it does not know."""

    known: Known
    fresh: tuple[Article, ...]
    decisions: tuple[Decision, ...]
    today: date


class Outcome(NamedTuple):
    """What a night came to for one profile: what to tell, its files by name as they are to be, and its labels now.

    `names` are those under which the library keeps the labels. They go there after the files are written, since until
    then the library's are the old ones, with which the new are compared.
    """

    items: tuple[Item, ...] = ()
    files: Mapping[str, str] = {}
    labels: tuple[Label, ...] = ()
    names: tuple[str, ...] = ()


def matter_of(slug: str, gathered: Gathered, tonight: Tonight, fetch: Fetch) -> Matter | None:
    """What a night has of a profile, None where nothing happened to it. `fetch` gets records that the library lacks,
    where that is allowed.

    Raises ProfileError where the profile cannot be drawn again since records are not held.
    """
    known = known_of(slug, gathered, tonight, fetch)
    fresh = [gathered.fresh[key].article for key in gathered.hits.get(slug, ()) if key in gathered.fresh]
    if not known.changes and not fresh:
        return None
    return Matter(known, (*fresh, *known.moved), read_decisions(known.directory), tonight.today)


def night_of(matter: Matter) -> Outcome:
    """What a night is to a profile: values in, values out, as a draft is."""
    known, fresh, decisions, today = matter
    drawn_from = dossier(known.compound, known.collection())
    new = _weighed(known, drawn_from, fresh)
    waiting = tuple(each.waiting for each in new)
    listed = {each.source for each in waiting}
    changed = [known.articles[key] for key in sorted(known.waits & known.changes.keys() & known.articles.keys())]
    references = {**known.references, **{a.key: reference_of(a) for a in (*fresh, *changed) if a.key in listed}}
    old = known.profile.model_copy(update={"waiting": waiting})
    made = drawn(drawn_from, old, references, decisions, progress=quiet)
    if made.profile == known.profile and _only_headings(known):
        return Outcome()
    made = _answerable(known, made)
    told = (*_told(known, made, decisions, today), *_news(known, made, new, today))
    labels = tuple(label for label in known.labels if label.key in known.changes)
    return Outcome(told, made.files if told else {}, labels, known.compound.names)


# What becomes of a source without touching what its study is and found.
_APART = (Kind.BIBLIOGRAPHY, Kind.NOTICE, Kind.RESTS)


def _only_headings(known: Known) -> bool:
    return all(change.kind is Kind.HEADINGS for found in known.changes.values() for change in found)


def _weighed(known: Known, before: Dossier, fresh: Sequence[Article]) -> tuple[Weighed, ...]:
    """Everything that waits, old and new, held against the profile as it was and what it is drawn from, `before`."""
    keys = [*(key for key in known.waits if key in known.articles), *(article.key for article in fresh)]
    if not keys:
        return ()
    return weighed(before, dossier(known.compound, known.collection(fresh)), keys, known.profile)


def _answerable(known: Known, made: Drawn) -> Drawn:
    """The draft in which what waits challenges only claims that are still there."""
    claims = {claim.id for claim in made.profile.claims}

    def kept(record: Waiting) -> Waiting:
        standing = tuple(challenge for challenge in record.challenges if challenge.claim in claims)
        return record.model_copy(update={"challenges": standing})

    waiting = tuple(map(kept, made.profile.waiting))
    if waiting == made.profile.waiting:
        return made
    profile = made.profile.model_copy(update={"waiting": waiting})
    files = files_of(profile, made.references, known.compound)
    return made._replace(profile=profile, files=files)


def _told(known: Known, made: Drawn, decisions: Sequence[Decision], today: date) -> list[Item]:
    """The items on changed sources."""
    slug = known.compound.slug
    was = approved(known.profile, known.before, decisions)
    still = approved(made.profile, made.references, decisions)
    written = {claim.id for claim in known.profile.claims if is_edited(claim)}
    people = Approvals(was, still, frozenset(made.lapsed) & written)
    found = []
    for key, told in known.changes.items():
        for change in told:
            claims = _named_anew(change, touched(key, change, known.profile, made.profile, people), key, made)
            quiet = change.kind in _APART or change.numbers is False or key in known.waits
            found.append(
                item(
                    slug,
                    key,
                    change,
                    today,
                    title=_title(made.references.get(key) or known.references[key]),
                    claims=claims,
                    grades=[] if quiet else list(regrades(key, known.profile, made.profile)),
                    left=list(remains(claims, made.profile)),
                    findings=[] if key in known.waits else made.report.findings,
                    todo="it waits to be weighed: look at this before you draft again" if key in known.waits else None,
                )
            )
    return found


def _named_anew(change: Change, claims: Sequence[Touched], key: str, made: Drawn) -> tuple[Touched, ...]:
    """A claim whose source goes on under another PMID is told anew under that one's id."""
    if change.kind is not Kind.MERGED or change.by is None:
        return tuple(claims)
    now = {claim.id for claim in made.profile.claims} | {row.id for row in made.profile.doses}
    return tuple(
        claim.model_copy(update={"became": "told anew"}) if claim.claim.replace(key, change.by) in now else claim
        for claim in claims
    )


def _news(known: Known, made: Drawn, new: Sequence[Weighed], today: date) -> list[Item]:
    """The items on records that are new tonight, and on plans whose results they have."""
    slug, found = known.compound.slug, []
    waiting = {record.source: record for record in made.profile.waiting}
    for each in new:
        record = waiting.get(each.waiting.source)
        before = next((r for r in known.profile.waiting if r.source == each.waiting.source), None)
        if record is None or (before is not None and before.challenges == record.challenges):
            continue
        claims = [Touched(claim=c.claim, became="challenged", how=c.how) for c in record.challenges]
        change = Change(kind=Kind.NEW, words=waiting_words(record), harm=record.harm)
        title = _title(made.references[record.source])
        found.append(item(slug, record.source, change, today, title=title, claims=claims, grades=each.grades))
        newer = dict.fromkeys(each.plans, ("results", "its results are in"))
        newer |= dict.fromkeys(each.versions, ("version", "a newer version is"))
        for key, (how, words) in newer.items():
            told = [c.id for c in made.profile.claims if key in cited_sources(c.evidence)]
            change = Change(kind=Kind.SUPERSEDED, words=f"{words} {source_words(record.source)}", by=record.source)
            claims = [Touched.model_validate({"claim": c, "became": "challenged", "how": how}) for c in told]
            found.append(item(slug, key, change, today, title=_title(made.references[key]), claims=claims))
    return found


def _title(reference: Reference) -> str:
    return reference.source.title if reference.source else ""
