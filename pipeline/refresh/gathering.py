"""What a night brings in: the records that are not what some profile has of them, and those that are new.

Records that are as every profile has them are looked at and let go, so that memory does not grow with their number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pipeline.config import Settings
from pipeline.models.sources import Article, Label, NoticeKind
from pipeline.profiles import reference_of
from pipeline.refresh.marks import is_aside, mark, standing
from pipeline.refresh.memory import Memory, Row, Watched
from pipeline.sources.collect import Progress
from pipeline.sources.library import Library
from pipeline.sources.pubmed_xml import Record

NEWS = "what is new"
ABSENT_NIGHTS = 3  # nights in a row on which a record is not sent before it counts as deleted
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

    def forget(self, key: str) -> None:
        """Take back that a record is another one than profiles have."""
        self.changed.pop(key, None)
        self.differing.pop(key, None)


class Sought(NamedTuple):
    """What was brought in tonight, and for each profile that was not answered for, what was not asked and why."""

    gathered: Gathered
    read: int
    requests: int
    unanswered: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Tonight:
    """What every part of a night works with.

    `watched` are the profiles that are refreshed, by slug. `keep` is false for a night that leaves nothing behind.
    """

    settings: Settings
    memory: Memory
    library: Library
    watched: Mapping[str, Watched]
    today: date
    progress: Progress
    keep: bool = True


@dataclass
class Sieve:
    """Takes records as they come and keeps those that matter to a watched profile.

    `fresh` are keys to keep although no profile has them.
    """

    tonight: Tonight
    gathered: Gathered
    fresh: Collection[str] = frozenset()

    def take(self, records: Sequence[Record]) -> None:
        """Keep what is new or changed, in the library too."""
        self.tonight.library.add(self.judge(records), fetched_at=self.tonight.today)

    def judge(self, records: Sequence[Record]) -> list[Record]:
        """Keep what is new or changed, note the reference lists of reviews, and give what the library lacks."""
        rows = defaultdict[str, list[Row]](list)
        for row in self.tonight.memory.citing([record.article.key for record in records]):
            if row.slug in self.tonight.watched:
                rows[row.key].append(row)
        for record in records:
            key, reference = record.article.key, reference_of(record.article)
            now, stands = mark(reference), standing(reference)  # once, however many profiles cite the record
            differing = [row for row in rows[key] if (row.standing != stands if row.synopsis else row.mark != now)]
            if differing:
                self.gathered.changed[key] = record
                self.gathered.differing[key] = differing
                # The library's version is about to be replaced, so that this is the last moment to compare the two.
                if is_aside(self.tonight.library.xml(key) or b"", record.xml):
                    self.tonight.memory.set_aside(key, now)
            else:  # of several answers on one record the last holds
                self.gathered.forget(key)
            if key in self.fresh:
                self.gathered.fresh[key] = record
            if is_synthesis(record.article) and any(row.relied for row in rows[key]):
                self.tonight.memory.include(key, included(record.xml))
            self.gathered.gone.pop(key, None)
        self.tonight.memory.look((r.article.key, r.article.affected_by(NoticeKind.RETRACTION)) for r in records)
        absent = set(self.tonight.library.missing([record.article.key for record in records]))
        news = self.gathered.changed.keys() | self.gathered.fresh.keys() | absent
        return [record for record in records if record.article.key in news]


def is_synthesis(article: Article) -> bool:
    """True for a review that says which studies it includes."""
    return bool(_SYNTHESES & set(article.publication_types)) or bool(_ENTITLED.search(article.title))


def included(xml: bytes) -> frozenset[str]:
    """The PMIDs in the reference list of a record, where PubMed has that list; NLM takes it from PubMed Central."""
    listed = _REFERENCES.search(xml)
    return frozenset(pmid.decode() for pmid in _CITED.findall(listed.group())) if listed else frozenset()


def errata_of(gathered: Gathered) -> set[str]:
    """The PMIDs of the errata that the changed papers name."""
    listed = (n for record in gathered.changed.values() for n in record.article.notices)
    return {n.id for n in listed if n.kind is NoticeKind.ERRATUM and n.role == "affected" and n.id}
