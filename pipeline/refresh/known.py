"""A profile and its sources as they are tonight, beside what the profile has of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.compounds import resolve
from pipeline.errors import ProfileError
from pipeline.identifiers import source_words, split_evidence_id
from pipeline.models.compound import Compound
from pipeline.models.nights import Change, Kind
from pipeline.models.profile import Profile, Reference
from pipeline.models.sources import Article, Collection, Label, Notice, NoticeKind
from pipeline.profiles import read_profile, read_sources, reference_of
from pipeline.refresh.changes import changes
from pipeline.refresh.corrections import with_subjects
from pipeline.refresh.gathering import Gathered, Tonight
from pipeline.refresh.labels import is_older, label_change
from pipeline.refresh.marks import mark
from pipeline.refresh.memory import Memory
from pipeline.sources import synopses
from pipeline.sources.collect import in_order, outdated
from pipeline.sources.library import Library

Fetch = Callable[[Sequence[str]], None]  # gets records into the library


@dataclass(frozen=True)
class Known:
    """A profile as it lies on disk, and its sources as they are now.

    `before` are its references as they lie there, `references` the same with what only a night finds out.
    `articles` are the records of these by key, `moved` those into which some that wait were merged.
    """

    compound: Compound
    directory: Path
    profile: Profile
    before: Mapping[str, Reference]
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


def known_of(slug: str, gathered: Gathered, tonight: Tonight, fetch: Fetch) -> Known:
    """A profile as it lies on disk, with what became of each of its sources tonight.

    Raises ProfileError where there is none, or where records that it was drawn from cannot be had.
    """
    library = tonight.library
    compound, directory = resolve(slug, tonight.settings)
    profile, before = read_profile(directory), read_sources(directory)
    references = dict(before)
    if profile is None:
        raise ProfileError(f"there is no profile in {directory}", f"draft it: monograph draft {slug}")
    bundled = synopses.bundled(slug)
    papers = [key for key, reference in references.items() if reference.article is not None]
    merged = {key: gathered.merged[key].article for key in papers if key in gathered.merged}
    keys = [key for key in papers if key not in merged]
    articles = _held(keys, references, library, fetch, {a.key: a for a in bundled.articles} if bundled else {})
    found: dict[str, tuple[Change, ...]] = {key: (_into(article),) for key, article in merged.items()}
    for key in keys:
        article = _now(key, references[key], articles[key], gathered, tonight.memory)
        told = _became(key, references[key], article, gathered, profile)
        if told:
            found[key] = told
            articles[key] = article
        rests = gathered.rests.get(key, references[key].rests_on)
        references[key] = references[key].model_copy(update={"rests_on": rests})
    waits = {record.source for record in profile.waiting}
    moved = tuple(article for key, article in merged.items() if key in waits)
    articles |= {article.key: article for key, article in merged.items() if key not in waits}
    for key in gathered.changed.keys() & found.keys():  # a record that is sent again is deleted no more
        references[key] = _without_deletion(references[key])
    live = [key for key, reference in references.items() if reference.label and reference.label.set_id]
    labels = _labels(live, references, gathered, library)
    for key, now in labels.items():
        if change := _became_of_label(references[key], now, gathered, profile):
            found[key] = (change,)
            references[key] = references[key].model_copy(update={"withdrawn": change.kind is Kind.DELETED})
    every = (*(bundled.labels if bundled else ()), *labels.values())
    return Known(compound, directory, profile, before, references, articles, every, found, moved)


def _into(remaining: Article) -> Change:
    words = f"merged into {source_words(remaining.key)}"
    return Change(kind=Kind.MERGED, words=words, by=remaining.key)


def _labels(
    keys: Sequence[str], references: Mapping[str, Reference], gathered: Gathered, library: Library
) -> dict[str, Label]:
    """The live labels of a profile as they are now: as openFDA sent them tonight, else as the library holds them.

    A version older than the profile's is passed over. Where the library's is another one than the profile's, another
    profile or an earlier night brought it, and it is told as a change.
    """
    held, found = library.labels(keys), {}
    for key in keys:
        sent = gathered.labels.get(key)
        usable = [label for label in (sent, held.get(key)) if label and not is_older(label, references[key].label)]
        if not usable:
            raise ProfileError(
                f"the drug label {key} is not held as the profile has it",
                "set NCBI_EMAIL so that openFDA is asked, or draft the profile again",
            )
        found[key] = usable[0]
    return found


def _became_of_label(reference: Reference, now: Label, gathered: Gathered, profile: Profile) -> Change | None:
    if reference.key in gathered.gone:
        return None if reference.withdrawn else Change(kind=Kind.DELETED, words=gathered.gone[reference.key])
    if reference.withdrawn and reference.key not in gathered.labels:
        return None
    return label_change(reference, now, _quoted(profile, reference.key))


def _quoted(profile: Profile, key: str) -> dict[str, str]:
    """The sentences that a profile quotes from a source, by evidence id."""
    split = ((quotation, split_evidence_id(quotation.id)) for quotation in profile.quotations)
    return {quotation.id: quotation.text for quotation, at in split if at and at[0] == key}


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
    wanted = {key: references[key].article for key in keys if key not in synopses_read}
    if lacking := outdated(wanted, held):
        fetch(lacking)
        held = library.get(keys)
    if lacking := outdated(wanted, held):
        raise ProfileError(
            f"{len(lacking)} records of the profile are not held as it has them, such as {source_words(lacking[0])}",
            "set NCBI_EMAIL so that they can be fetched, or import them: monograph library import FILE",
        )
    found = {}
    for key in keys:
        article, kept = synopses_read.get(key) or held[key], references[key].article
        notices = kept.notices if kept and key in synopses_read else article.notices
        deleted = [n for n in (kept.notices if kept else ()) if n.kind is NoticeKind.DELETED and n not in notices]
        found[key] = article.model_copy(update={"notices": (*notices, *deleted)})
    return found


def _now(key: str, reference: Reference, article: Article, gathered: Gathered, memory: Memory) -> Article:
    """The record as it is tonight: as it was sent, marked as deleted, or as it was."""
    if key in gathered.gone and not article.affected_by(NoticeKind.DELETED):
        notice = Notice(kind=NoticeKind.DELETED, role="affected", ref_type=gathered.gone[key])
        return article.model_copy(update={"notices": (*article.notices, notice)})
    if key not in gathered.changed:
        return article
    sent = gathered.changed[key].article
    sent = with_subjects(sent, gathered.errata, aside=memory.is_aside(key, mark(reference_of(sent))))
    if article.text_origin == "synopsis":
        return article.model_copy(update={"notices": sent.notices})
    return article if reference.article and sent.is_older_than(reference.article) else sent


def _became(
    key: str, reference: Reference, article: Article, gathered: Gathered, profile: Profile
) -> tuple[Change, ...]:
    found = list(changes(reference, article, reference_of(article), _quoted(profile, key)))
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
