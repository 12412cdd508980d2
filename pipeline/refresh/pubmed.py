"""What PubMed says on a night: one search for each profile, every cited record once, and what follows from those."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from rapidfuzz import fuzz

from pipeline.errors import PipelineError
from pipeline.identifiers import is_document
from pipeline.models.sources import Article
from pipeline.profiles import read_sources
from pipeline.refresh.gathering import ABSENT_NIGHTS, NEWS, Gathered, Sieve, Sought, Tonight, errata_of
from pipeline.refresh.labels import is_whole
from pipeline.refresh.memory import Memory
from pipeline.refresh.reading import Asking, window
from pipeline.sources.entrez import PubMed
from pipeline.sources.openfda import DrugLabels
from pipeline.sources.pubmed_xml import Record

RETRACTED = '"Retracted Publication"[pt]'
_SAME_TITLE = 90.0  # of 100: titles of one paper under two PMIDs


def by_asking(tonight: Tonight, pubmed: PubMed, drug_labels: DrugLabels | None) -> Sought:
    """What PubMed and openFDA say tonight of the watched profiles."""
    memory, watched = tonight.memory, tonight.watched
    asking = Asking(pubmed, tonight.today, tonight.progress)
    relied = [(slug, key) for slug, key in memory.relied() if slug in watched]
    gathered, unasked = _asked(tonight, asking, {key for _, key in relied if key.isdecimal()})
    unanswered = [(slug, NEWS, why) for slug, why in unasked.items()]
    unread: dict[str, list[str]] = {}
    for slug, key in relied:
        if key in asking.unread:
            unread.setdefault(slug, []).append(key)
    for slug, keys in unread.items():
        what = f"{len(keys)} cited record{'s'[: len(keys) != 1]}"
        unanswered.append((slug, what, asking.unread[keys[0]]))
    requests = pubmed.requests
    if drug_labels is not None:
        labelled = [(slug, key) for slug, key in relied if is_document(key)]
        why = _labels(tonight, drug_labels, sorted({key for _, key in labelled}), gathered)
        unanswered += [(slug, "its drug labels", why) for slug in sorted({slug for slug, _ in labelled}) if why]
        requests += drug_labels.requests
    notes = [
        f"{slug}: {count} records are synopses; `monograph draft {slug}` reads the real abstracts"
        for slug, count in memory.synopses(watched.keys()).items()
    ]
    bare = memory.without_pmid(watched.keys())
    notes += [f"{slug}: {count} records have no PMID and cannot be read again" for slug, count in bare.items()]
    return Sought(gathered, asking.read, requests, tuple(unanswered), tuple(notes))


def _labels(tonight: Tonight, drug_labels: DrugLabels, keys: Sequence[str], gathered: Gathered) -> str | None:
    """Read the cited labels as they are now; in words why that failed, else None."""
    if not keys:
        return None
    set_ids = {key.removeprefix("label-"): key for key in keys}
    try:
        found = drug_labels.read(list(set_ids))
    except PipelineError as error:
        return error.message
    held = tonight.library.labels(keys)
    sent = {set_ids[set_id]: label for set_id, label in found.items()}
    gathered.labels = {key: label for key, label in sent.items() if is_whole(label, held.get(key))}
    _missed(tonight, gathered, set(keys) - gathered.labels.keys(), gathered.labels.keys(), "openFDA")
    return None


def _missed(
    tonight: Tonight, gathered: Gathered, missing: Collection[str], sent: Collection[str], service: str
) -> None:
    """Count the nights on which some sources were not sent; after a few they count as gone."""
    keep = tonight.keep
    counts = tonight.memory.missed(missing, sent, tonight.today) if keep else dict.fromkeys(missing, 1)
    nights = f"not sent by {service} on {ABSENT_NIGHTS} nights in a row"
    gathered.missing |= counts
    gathered.gone |= {key: nights for key, count in counts.items() if count >= ABSENT_NIGHTS}


def _asked(tonight: Tonight, asking: Asking, relied: set[str]) -> tuple[Gathered, dict[str, str]]:
    """What PubMed says tonight of some profiles, and of those it could not be asked about, why not, by slug."""
    gathered, memory, watched = Gathered(), tonight.memory, tonight.watched
    last = memory.last("asked", before=tonight.today)
    since = {slug: last.get(slug, profile.drafted) for slug, profile in watched.items()}
    hits, unasked = asking.search(list(watched.values()), since)
    for slug, noted in memory.found().items():
        if slug in watched:
            hits[slug] = (*hits.get(slug, ()), *sorted(noted - set(hits.get(slug, ()))))
    known = {slug: memory.keys(slug) for slug, found in hits.items() if found}
    gathered.hits = {slug: tuple(key for key in hits[slug] if key not in known[slug]) for slug in known}
    fresh = {key for found in gathered.hits.values() for key in found}
    wanted = sorted({*relied, *(key for found in hits.values() for key in found)}, key=int)
    asking.fetch(wanted, Sieve(tonight, gathered, fresh).take, memory.gone())
    _absences(tonight, asking, gathered, relied)
    _errata(tonight, asking, gathered)
    _second_hop(asking, memory)
    gathered.rests = memory.rests()
    return gathered, unasked


def _absences(tonight: Tonight, asking: Asking, gathered: Gathered, relied: set[str]) -> None:
    """What became of the records that were not sent: merged into another, or missing for some nights."""
    missing = (asking.missing & relied) - tonight.memory.gone()
    for key in sorted(missing):
        article = _as_cited(tonight, key)
        if article is None:
            continue
        here = (*asking.others.values(), *gathered.fresh.values())
        found = next((record for record in here if _same_paper(article, record.article)), None)
        if found is None and article.doi and asking.down is None:
            found = _under_its_doi(asking, article)
        if found is not None:
            gathered.merged[key] = found
            gathered.fresh.pop(found.article.key, None)
            tonight.library.add([found], fetched_at=tonight.today)
    _missed(tonight, gathered, missing - gathered.merged.keys(), asking.sent, "PubMed")


def _as_cited(tonight: Tonight, key: str) -> Article | None:
    """A record as the profiles that cite it have it."""
    for row in tonight.memory.citing([key]):
        reference = read_sources(tonight.settings.profiles / row.slug).get(key)
        if reference is not None and reference.article is not None:
            return reference.article
    return None


def _under_its_doi(asking: Asking, article: Article) -> Record | None:
    """The record under which a paper that is not sent any more goes on, found by its DOI."""
    query = f'"{article.doi}"[doi]'
    search = asking.ask(partial(asking.pubmed.search, query, today=asking.today, limit=3))
    pmids = [pmid for pmid in (search.ids if search else ()) if pmid != article.pmid]
    batches = asking.ask(lambda: list(asking.pubmed.fetch(pmids))) if pmids else None
    records = [record for batch in batches or () for record in batch.records]
    return next((record for record in records if _same_paper(article, record.article)), None)


def _same_paper(one: Article, other: Article) -> bool:
    """True for one paper under two PMIDs; a notice on a paper may share its DOI, but not its title."""
    alike = fuzz.ratio(one.title.lower(), other.title.lower()) >= _SAME_TITLE
    placed = one.year == other.year and one.authors == other.authors
    return alike and one.pmid != other.pmid and (one.doi == other.doi if one.doi and other.doi else placed)


def _errata(tonight: Tonight, asking: Asking, gathered: Gathered) -> None:
    """The records of errata that the changed papers name, to learn what they correct."""
    named = errata_of(gathered)
    gathered.errata = tonight.library.get(named)
    wanted = sorted(pmid for pmid in named - gathered.errata.keys() if pmid.isdecimal())

    def take(records: Sequence[Record]) -> None:
        tonight.library.add(records, fetched_at=tonight.today)
        gathered.errata.update({record.article.key: record.article for record in records})

    if wanted:
        asking.fetch(wanted, take)


def _second_hop(asking: Asking, memory: Memory) -> None:
    """Learn which papers in the reference lists of cited reviews are retracted.

    Those of a review that is read for the first time are asked for by number; after that one search a night asks what
    was retracted since, whatever the number of reviews.
    """
    if not memory.reviews():
        return
    since = memory.last("hop", before=asking.today).get("*")
    if since is not None:
        search = asking.ask(lambda: asking.pubmed.search(window(RETRACTED, since), today=asking.today))
        if search is None:
            return
        memory.look((pmid, True) for pmid in search.ids)
    if unlooked := memory.unlooked():
        found = asking.ask(lambda: asking.pubmed.retracted(unlooked))
        if found is None:
            return
        memory.look((pmid, pmid in found) for pmid in unlooked)
    memory.note("hop", ["*"], asking.today)
