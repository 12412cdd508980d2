"""What became of the cited papers, in words: above the page, and dated for the feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from pipeline.identifiers import source_words
from pipeline.models.profile import Reference
from pipeline.models.sources import Notice, NoticeKind
from pipeline.profiles import bears_on
from pipeline.render.html.text import short_form

WORDS = {
    NoticeKind.RETRACTION: "was retracted",
    NoticeKind.CONCERN: "is under an expression of concern",
    NoticeKind.ERRATUM: "was corrected",
    NoticeKind.REPUBLICATION: "was corrected and published again",
    NoticeKind.UPDATE: "was replaced by a newer version",
    NoticeKind.DELETED: "is no longer in PubMed",
}
GRAVE = (NoticeKind.RETRACTION, NoticeKind.CONCERN, NoticeKind.DELETED)
_PARTIAL = re.compile(r"partial(?:ly)?[ -]?retract", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATED = re.compile(r"((?:18|19|20)\d\d)(?:[ -]([A-Za-z]{3})[a-z]*\.?|[ -](\d\d?))?(?:[ -](\d\d?))?\b")


class Fate(NamedTuple):
    """What became of a cited source: in words, with the entry that it is about. `by` names the notice itself."""

    key: str
    anchor: str
    short: str
    words: str
    when: str | None
    by: str | None
    grave: bool

    @property
    def day(self) -> date | None:
        """The day of the notice, or the first day of what is given of it."""
        return day_of(self.when) if self.when else None


def fates(anchors: Mapping[str, str], references: Mapping[str, Reference]) -> tuple[Fate, ...]:
    """What a reader must know of the cited sources, whose `anchors` are given; the gravest first."""
    told = [fate for key, at in anchors.items() if key in references for fate in _fates(references[key], at)]
    return tuple(sorted(told, key=lambda fate: not fate.grave))


def _fates(reference: Reference, anchor: str) -> Iterable[Fate]:
    source = reference.source
    key = reference.key
    about = (key, anchor, short_form(key, source))
    if reference.withdrawn:
        yield Fate(*about, "is no longer held by openFDA", None, None, True)
    for notice in reference.article.notices if reference.article else ():
        if notice.kind in WORDS and bears_on(notice):
            grave = notice.kind in GRAVE or _is_partial(notice)
            by = source_words(notice.id) if notice.id else None
            yield Fate(*about, _words(notice), notice.date, by, grave)
    if reference.rests_on:
        papers = ", ".join(source_words(pmid) for pmid in reference.rests_on)
        yield Fate(*about, f"refers to retracted papers ({papers})", None, None, True)


def _words(notice: Notice) -> str:
    if notice.titled:
        return "was retracted, as its title says"
    return "was partially retracted" if _is_partial(notice) else WORDS[notice.kind]


def _is_partial(notice: Notice) -> bool:
    """True for a partial retraction, which PubMed lists with the errata."""
    told = f"{notice.ref_type or ''} {notice.citation or ''}"
    return notice.kind is NoticeKind.ERRATUM and _PARTIAL.search(told) is not None


def day_of(told: str) -> date | None:
    """The day that a date names (`2023 Nov 3`, `2023-11-03`, `2023`), its first where it names a month or year."""
    found = _DATED.match(told.strip())
    if found is None:
        return None
    year, name, number, day = found.groups()
    if name and name.lower() not in _MONTHS:
        return date(int(year), 1, 1)
    month = _MONTHS.index(name.lower()) + 1 if name else int(number or 1)
    try:
        return date(int(year), month, int(day or 1))
    except ValueError:
        return date(int(year), 1, 1)
