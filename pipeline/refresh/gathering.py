"""What a night brings in: the records that are not what some profile has of them, and those that are new.

Records that are as every profile has them are looked at and let go, so that memory does not grow with their number.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz

from pipeline.models.profile import Reference
from pipeline.models.sources import Article, Label, Notice, NoticeKind
from pipeline.profiles import reference_of
from pipeline.refresh.changes import mark, standing
from pipeline.refresh.memory import Memory, Row, Watched
from pipeline.refresh.reading import Asking, window
from pipeline.sources.collect import Progress
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record
from pipeline.sources.pubmed_xml import records as records_of
from pipeline.sources.update_files import md5_of, wanted_records

FILE_BATCH = 200  # records of an update file that are looked at together
RETRACTED = '"Retracted Publication"[pt]'
ABSENT_NIGHTS = 3  # nights in a row on which a record is not sent before it counts as deleted
_SAME_TITLE = 90.0  # of 100: titles of one paper under two PMIDs
_SYNTHESES = frozenset({"Meta-Analysis", "Systematic Review"})
_ENTITLED = re.compile(r"\b(?:meta-?analys[ei]s|systematic review)\b", re.IGNORECASE)
_REFERENCES = re.compile(rb"<ReferenceList>.*</ReferenceList>", re.DOTALL)
_CITED = re.compile(rb'<ArticleId IdType="pubmed">\s*(\d{1,9})\s*</ArticleId>')


@dataclass
class Gathered:
    """What a night brought in. Mappings are by source key, but `hits`, which are by profile.

    `changed` are the records that differ from what some profile has, with the rows that they differ from; `fresh` all
    records that a profile's query found and the profile does not know. `gone` says of a record how NLM or PubMed said
    that it is deleted, `merged` under which record it goes on; `missing` for how many nights a record was not sent.
    `rests` are the retracted papers of each review whose reference list is known.
    """

    changed: dict[str, Record] = field(default_factory=dict)
    differing: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    fresh: dict[str, Record] = field(default_factory=dict)
    hits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    merged: dict[str, Record] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    errata: dict[str, Article] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    rests: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Sieve:
    """Takes records as they come and keeps those that matter to a profile of `chosen`.

    `fresh` are keys to keep although no profile has them.
    """

    memory: Memory
    library: Library
    chosen: Collection[str]
    gathered: Gathered
    today: date
    fresh: Collection[str] = frozenset()

    def take(self, records: Sequence[Record]) -> None:
        """Keep what is new or changed, in the library too."""
        self.library.add(self.judge(records), fetched_at=self.today)

    def judge(self, records: Sequence[Record]) -> list[Record]:
        """Keep what is new or changed, note the reference lists of reviews, and give what the library lacks."""
        rows = defaultdict[str, list[Row]](list)
        for row in self.memory.citing([record.article.key for record in records]):
            if row.slug in self.chosen:
                rows[row.key].append(row)
        for record in records:
            key, now = record.article.key, reference_of(record.article)
            differing = [row for row in rows[key] if _differs(row, now)]
            if differing:
                self.gathered.changed[key] = record
                self.gathered.differing[key] = differing
            if key in self.fresh:
                self.gathered.fresh[key] = record
            if is_synthesis(record.article) and any(row.relied for row in rows[key]):
                self.memory.include(key, included(record.xml))
            self.gathered.gone.pop(key, None)
        self.memory.look((r.article.key, r.article.affected_by(NoticeKind.RETRACTION)) for r in records)
        absent = set(self.library.missing([record.article.key for record in records]))
        news = self.gathered.changed.keys() | self.gathered.fresh.keys() | absent
        return [record for record in records if record.article.key in news]


def _differs(row: Row, now: Reference) -> bool:
    return standing(now) != row.standing if row.synopsis else mark(now) != row.mark


def is_synthesis(article: Article) -> bool:
    """True for a review that says which studies it includes."""
    return bool(_SYNTHESES & set(article.publication_types)) or bool(_ENTITLED.search(article.title))


def included(xml: bytes) -> frozenset[str]:
    """The PMIDs in the reference list of a record, where PubMed has that list; NLM takes it from PubMed Central."""
    listed = _REFERENCES.search(xml)
    return frozenset(pmid.decode() for pmid in _CITED.findall(listed.group())) if listed else frozenset()


def by_files(
    paths: Sequence[Path], watched: Collection[str], memory: Memory, library: Library, today: date, progress: Progress
) -> tuple[Gathered, int, tuple[str, ...]]:
    """What some update files of NLM say of the records of profiles, how many of these they hold, and what to note.

    The files are taken in the order of their names, which is that of time. Raises FormatError for a damaged one, or one
    that does not match its .md5; nothing of it is kept.
    """
    gathered, wanted, read = Gathered(), memory.numbers(), 0
    sieve = Sieve(memory, library, watched, gathered, today)
    notes = []
    for number, path in enumerate(sorted(paths, key=lambda path: path.name)):
        progress(f"reading {path.name}", number, len(paths))
        deleted, news = list[str](), list[Record]()
        for part in _parts(wanted_records(path, wanted, deleted), FILE_BATCH):
            parsed = [record for raw in part for record in records_of(io.BytesIO(raw))]
            read += len(parsed)
            news += sieve.judge(parsed)
        if md5_of(path) is None:
            notes.append(f"{path.name} was not held against a checksum: there is no {path.name}.md5 beside it")
        library.add(news, fetched_at=today)
        gathered.gone |= {key: "deleted by NLM" for key in deleted if int(key) in wanted}
    named = {n.id for record in gathered.changed.values() for n in record.article.notices if _is_erratum(n) and n.id}
    gathered.errata = library.get(named)
    gathered.rests = memory.rests()
    return gathered, read, tuple(notes)


def _parts(raw: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    for one in raw:
        part.append(one)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def by_asking(
    asking: Asking, watched: Mapping[str, Watched], memory: Memory, library: Library, *, keep: bool
) -> tuple[Gathered, dict[str, str]]:
    """What PubMed says tonight of some profiles, and of those it could not be asked about, why not, by slug.

    `keep` is false for a night that leaves nothing behind: absences are then not counted.
    """
    gathered = Gathered()
    last = memory.last("asked", before=asking.today)
    since = {slug: last.get(slug, profile.drafted) for slug, profile in watched.items()}
    hits, unasked = asking.search(list(watched.values()), since)
    relied = {key for slug, key in memory.relied() if slug in watched and key.isdecimal()}
    for slug, noted in memory.found().items():
        if slug in watched:
            hits[slug] = (*hits.get(slug, ()), *sorted(noted - set(hits.get(slug, ()))))
    known = {slug: memory.keys(slug) for slug, found in hits.items() if found}
    gathered.hits = {slug: tuple(key for key in hits[slug] if key not in known[slug]) for slug in known}
    fresh = {key for found in gathered.hits.values() for key in found}
    wanted = sorted({*relied, *(key for found in hits.values() for key in found)}, key=int)
    sieve = Sieve(memory, library, watched.keys(), gathered, asking.today, fresh)
    asking.fetch(wanted, sieve.take)
    _absences(asking, gathered, sieve, relied, keep=keep)
    _errata(asking, gathered, library)
    _second_hop(asking, memory)
    gathered.rests = memory.rests()
    return gathered, unasked


def _absences(asking: Asking, gathered: Gathered, sieve: Sieve, relied: set[str], *, keep: bool) -> None:
    """What became of the records that were not sent: merged into another, or missing for some nights."""
    missing = asking.missing & relied
    held = sieve.library.get(missing)
    others = dict(asking.others)
    for key in sorted(missing):
        article = held.get(key)
        found = next((record for record in others.values() if article and _same_paper(article, record.article)), None)
        if found is None and article is not None and article.doi and asking.down is None:
            found = _under_its_doi(asking, article)
        if found is not None:
            gathered.merged[key] = found
            sieve.library.add([found], fetched_at=asking.today)
    left = missing - gathered.merged.keys()
    gathered.missing = sieve.memory.missed(left, asking.sent, asking.today) if keep else dict.fromkeys(left, 1)
    nights = f"not sent by PubMed on {ABSENT_NIGHTS} nights in a row"
    gathered.gone = {key: nights for key, count in gathered.missing.items() if count >= ABSENT_NIGHTS}


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
    return alike and one.pmid != other.pmid and (one.doi == other.doi or one.year == other.year)


def _errata(asking: Asking, gathered: Gathered, library: Library) -> None:
    """The records of errata that the changed papers name, to learn what they correct."""
    named = {n.id for record in gathered.changed.values() for n in record.article.notices if _is_erratum(n) and n.id}
    gathered.errata = library.get(named)
    wanted = sorted(pmid for pmid in named - gathered.errata.keys() if pmid.isdecimal())

    def take(records: Sequence[Record]) -> None:
        library.add(records, fetched_at=asking.today)
        gathered.errata.update({record.article.key: record.article for record in records})

    if wanted:
        asking.fetch(wanted, take)


def _is_erratum(notice: Notice) -> bool:
    return notice.kind is NoticeKind.ERRATUM and notice.role == "affected"


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
