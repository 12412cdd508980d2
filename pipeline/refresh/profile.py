"""One profile's night: what became of its sources, the profile drawn again from them, and what to tell of it.

A profile is drawn from the records that it knew, as they are now. New ones wait beside it until an author drafts again,
so a night changes nothing but what its reports name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipeline.authoring import Drawn, drawn, files_of
from pipeline.compounds import resolve
from pipeline.drafting.dossier import dossier
from pipeline.errors import ProfileError
from pipeline.identifiers import source_words, split_evidence_id
from pipeline.models.compound import Compound
from pipeline.models.nights import Change, Item, Kind, Touched
from pipeline.models.profile import Profile, Reference, Waiting, cited_sources
from pipeline.models.sources import Article, Collection, Label, Notice, NoticeKind
from pipeline.profiles import approved, read_profile, read_sources, reference_of
from pipeline.refresh.changes import changes, is_older
from pipeline.refresh.corrections import with_subjects
from pipeline.refresh.gathering import Gathered, Tonight
from pipeline.refresh.labels import label_change
from pipeline.refresh.touching import Approvals, item, regrades, remains, touched
from pipeline.refresh.triage import Weighed, weighed
from pipeline.render.markdown import waiting_words
from pipeline.sources import synopses
from pipeline.sources.collect import in_order
from pipeline.sources.library import Library

Fetch = Callable[[Sequence[str]], None]  # gets records into the library


class Outcome(NamedTuple):
    """What a night came to for one profile: what to tell, the files as they are to be, and the labels that it has now.

    `names` are those under which the library keeps the labels. They go there after the files are written, since until
    then the library's are the old ones, with which the new are compared.
    """

    items: tuple[Item, ...] = ()
    files: Mapping[Path, str] = {}
    labels: tuple[Label, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """A profile as it lies on disk, and its sources as they are now. `articles` are those of `references` by key.

    `moved` are the records into which some that wait were merged.
    """

    compound: Compound
    directory: Path
    profile: Profile
    references: Mapping[str, Reference]
    articles: Mapping[str, Article]
    labels: tuple[Label, ...]
    changes: Mapping[str, tuple[Change, ...]]
    moved: tuple[Article, ...] = ()

    @property
    def waits(self) -> frozenset[str]:
        """The records that wait to be weighed."""
        return frozenset(record.source for record in self.profile.waiting)

    def collection(self, more: Sequence[Article] | None = None) -> Collection:
        """What the profile is drawn from; with `more`, that and everything that waits."""
        known = [a for key, a in self.articles.items() if more is not None or key not in self.waits]
        return Collection(
            articles=in_order([*known, *(more or ())]),
            labels=self.labels,
            searches=self.profile.provenance.searches,
            label_search=self.profile.provenance.label_search,
            date=self.profile.provenance.date,
        )


def night_of(slug: str, gathered: Gathered, tonight: Tonight, fetch: Fetch) -> Outcome:
    """What a night is to a profile. `fetch` gets records that the library lacks, where that is allowed.

    Raises ProfileError where the profile cannot be drawn again since records are not held.
    """
    known = _known(slug, gathered, tonight, fetch)
    fresh = [gathered.fresh[key].article for key in gathered.hits.get(slug, ()) if key in gathered.fresh]
    if not known.changes and not fresh:
        return Outcome()
    fresh += known.moved
    new = _weighed(known, fresh)
    waiting = tuple(each.waiting for each in new)
    listed = {each.source for each in waiting}
    changed = [known.articles[key] for key in sorted(known.waits & known.changes.keys() & known.articles.keys())]
    references = {**known.references, **{a.key: reference_of(a) for a in (*fresh, *changed) if a.key in listed}}
    old = known.profile.model_copy(update={"waiting": waiting})
    made = drawn(known.compound, known.directory, known.collection(), old, references, progress=_quiet)
    if made.profile == known.profile and _only_headings(known):
        return Outcome()
    made = _answerable(known, made)
    told = (*_told(known, made, tonight.today), *_news(known, made, new, tonight.today))
    labels = tuple(label for label in known.labels if label.key in known.changes)
    return Outcome(told, made.files if told else {}, labels, known.compound.names)


# What becomes of a source without touching what its study is and found.
_APART = (Kind.BIBLIOGRAPHY, Kind.NOTICE, Kind.RESTS)


def _quiet(*_: object) -> None:
    """No progress to tell."""


def _only_headings(known: Known) -> bool:
    return all(change.kind is Kind.HEADINGS for found in known.changes.values() for change in found)


def _known(slug: str, gathered: Gathered, tonight: Tonight, fetch: Fetch) -> Known:
    library = tonight.library
    compound, directory = resolve(slug, tonight.settings)
    profile, references = read_profile(directory), read_sources(directory)
    if profile is None:
        raise ProfileError(f"there is no profile in {directory}", f"draft it: monograph draft {slug}")
    bundled = synopses.bundled(slug)
    keys = [key for key, reference in references.items() if reference.article is not None]
    articles = _held(keys, references, library, fetch, {a.key: a for a in bundled.articles} if bundled else {})
    found: dict[str, tuple[Change, ...]] = {}
    for key in keys:
        article = _now(key, references[key], articles[key], gathered)
        told = _became(key, references[key], article, gathered, profile)
        if told:
            found[key] = told
            articles[key] = article
        rests = gathered.rests.get(key, references[key].rests_on)
        references[key] = references[key].model_copy(update={"rests_on": rests})
    moved = []
    for key in sorted(gathered.merged.keys() & articles.keys()):
        remaining = gathered.merged[key].article
        del articles[key]
        if key in {record.source for record in profile.waiting}:
            moved.append(remaining)
        else:
            articles[remaining.key] = remaining
    for key in gathered.changed.keys() & found.keys():  # a record that is sent again is deleted no more
        references[key] = _without_deletion(references[key])
    live = [key for key, reference in references.items() if reference.label and reference.label.set_id]
    labels = _labels(live, gathered, library)
    for key, (held, _) in labels.items():
        if change := label_change(references[key], held, gathered.labels.get(key), gathered.gone.get(key)):
            found[key] = (change,)
            withdrawn = change.kind is Kind.DELETED
            references[key] = references[key].model_copy(update={"withdrawn": withdrawn})
    every = (*(bundled.labels if bundled else ()), *(now for _, now in labels.values()))
    return Known(compound, directory, profile, references, articles, every, found, tuple(moved))


def _labels(keys: Sequence[str], gathered: Gathered, library: Library) -> dict[str, tuple[Label | None, Label]]:
    """The live labels of a profile: as the library holds each, and as it is now."""
    held = library.labels(keys)
    if lacking := [key for key in keys if key not in held and key not in gathered.labels]:
        raise ProfileError(
            f"{len(lacking)} drug labels of the profile are not held, such as {lacking[0]}",
            "set NCBI_EMAIL so that openFDA is asked, then run again",
        )
    return {key: (held.get(key), gathered.labels.get(key) or held[key]) for key in keys}


def _held(
    keys: Sequence[str],
    references: Mapping[str, Reference],
    library: Library,
    fetch: Fetch,
    bundled: Mapping[str, Article],
) -> dict[str, Article]:
    """The records of a profile as it has them; a synopsis with what its reference says of notices."""
    held = library.get(keys)
    synopses_read = {
        key: bundled[key]
        for key in keys
        if key in bundled and (article := references[key].article) and article.text_origin == "synopsis"
    }
    if lacking := [key for key in keys if key not in held and key not in synopses_read]:
        fetch(lacking)
        held = library.get(keys)
    lacking = [key for key in keys if key not in held and key not in synopses_read]
    if lacking:
        raise ProfileError(
            f"{len(lacking)} records of the profile are not held, such as {source_words(lacking[0])}",
            "set NCBI_EMAIL so that they can be fetched, or import them: monograph library import FILE",
        )
    found = {}
    for key in keys:
        article, kept = synopses_read.get(key) or held[key], references[key].article
        notices = kept.notices if kept and key in synopses_read else article.notices
        deleted = [n for n in (kept.notices if kept else ()) if n.kind is NoticeKind.DELETED and n not in notices]
        found[key] = article.model_copy(update={"notices": (*notices, *deleted)})
    return found


def _now(key: str, reference: Reference, article: Article, gathered: Gathered) -> Article:
    """The record as it is tonight: as it was sent, marked as deleted, or as it was."""
    if key in gathered.gone and not article.affected_by(NoticeKind.DELETED):
        notice = Notice(kind=NoticeKind.DELETED, role="affected", ref_type=gathered.gone[key])
        return article.model_copy(update={"notices": (*article.notices, notice)})
    if key not in gathered.changed:
        return article
    sent = with_subjects(gathered.changed[key].article, gathered.errata)
    if article.text_origin == "synopsis":
        return article.model_copy(update={"notices": sent.notices})
    return article if reference.article and is_older(sent, reference.article) else sent


def _became(
    key: str, reference: Reference, article: Article, gathered: Gathered, profile: Profile
) -> tuple[Change, ...]:
    if key in gathered.merged:
        remaining = gathered.merged[key].article.key
        return (Change(kind=Kind.MERGED, words=f"merged into {source_words(remaining)}", by=remaining),)
    quoted = {q.id: q.text for q in profile.quotations if (split := split_evidence_id(q.id)) and split[0] == key}
    found = list(changes(reference, article, reference_of(article), quoted))
    rests = gathered.rests.get(key, reference.rests_on)
    if new := [pmid for pmid in rests if pmid not in reference.rests_on]:
        papers = ", ".join(source_words(pmid) for pmid in new)
        found.append(Change(kind=Kind.RESTS, words=f"its reference list holds {papers}, retracted", by=new[0]))
    elif rests != reference.rests_on:
        words = "a retraction in its reference list was taken back"
        found.append(Change(kind=Kind.REINSTATED, words=words))
    return tuple(found)


def _without_deletion(reference: Reference) -> Reference:
    if reference.article is None:
        return reference
    notices = tuple(n for n in reference.article.notices if n.kind is not NoticeKind.DELETED)
    return reference.model_copy(update={"article": reference.article.model_copy(update={"notices": notices})})


def _weighed(known: Known, fresh: Sequence[Article]) -> tuple[Weighed, ...]:
    """Everything that waits, old and new, held against the profile as it was."""
    keys = [*(key for key in known.waits if key in known.articles), *(article.key for article in fresh)]
    if not keys:
        return ()
    before, after = dossier(known.compound, known.collection()), dossier(known.compound, known.collection(fresh))
    return weighed(before, after, keys, known.profile)


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
    files = files_of(known.directory, profile, made.references, known.compound)
    return made._replace(profile=profile, files=files)


def _told(known: Known, made: Drawn, today: date) -> list[Item]:
    """The items on changed sources."""
    slug = known.profile.slug
    was = approved(known.directory, known.profile, read_sources(known.directory))
    still = approved(known.directory, made.profile, made.references)
    people = Approvals(was, still, frozenset(made.lapsed) - was)
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
    slug, found = known.profile.slug, []
    waiting = {record.source: record for record in made.profile.waiting}
    for each in new:
        record = waiting.get(each.waiting.source)
        before = next((r for r in known.profile.waiting if r.source == each.waiting.source), None)
        if record is None or (before is not None and before.challenges == record.challenges):
            continue
        claims = [Touched(claim=c.claim, became="challenged", how=c.how) for c in record.challenges]
        change = Change(kind=Kind.NEW, words=waiting_words(record), harm=record.harm)
        found.append(item(slug, record.source, change, today, claims=claims, grades=each.grades))
        for plan in each.plans:
            told = [c.id for c in made.profile.claims if plan in cited_sources(c.evidence)]
            words = f"its results are in {source_words(record.source)}"
            change = Change(kind=Kind.SUPERSEDED, words=words, by=record.source)
            claims = [Touched(claim=claim, became="challenged", how="results") for claim in told]
            found.append(item(slug, plan, change, today, claims=claims))
        for key in each.versions:
            told = [c.id for c in made.profile.claims if key in cited_sources(c.evidence)]
            change = Change(
                kind=Kind.SUPERSEDED, words=f"a newer version is {source_words(record.source)}", by=record.source
            )
            claims = [Touched(claim=claim, became="challenged", how="version") for claim in told]
            found.append(item(slug, key, change, today, claims=claims))
    return found
