"""What became of a paper by its notices: retractions, concerns, corrections and newer versions that came or went."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.identifiers import source_words
from pipeline.models.nights import Change, Kind
from pipeline.models.sources import Article, Notice, NoticeKind
from pipeline.refresh.marks import affecting, is_partial

UNSAID = "what was corrected PubMed does not say"
_CAME = {
    NoticeKind.RETRACTION: (Kind.RETRACTED, "retracted"),
    NoticeKind.CONCERN: (Kind.CONCERN, "expression of concern"),
    NoticeKind.DELETED: (Kind.DELETED, "deleted"),
    NoticeKind.ERRATUM: (Kind.CORRECTED, "corrected"),
    NoticeKind.REPUBLICATION: (Kind.REPUBLISHED, "republished"),
    NoticeKind.UPDATE: (Kind.SUPERSEDED, "replaced by a newer version"),
}
_LAST_WENT = {
    NoticeKind.RETRACTION: "the retraction was taken back",
    NoticeKind.CONCERN: "the expression of concern was taken back",
    NoticeKind.DELETED: "PubMed holds the record again",
}


def notice_changes(known: Article, article: Article) -> Iterator[Change]:
    """What the notices of a record say now that they did not say, and what they say no more."""
    before, after = affecting(known), affecting(article)
    came = [notice for notice in after if not any(same(notice, other) for other in before)]
    went = [notice for notice in before if not any(same(notice, other) for other in after)]
    for notice in came:
        yield _new(notice, known)
    for notice in went:
        kind = notice.kind
        if is_partial(notice) and any(new.kind is NoticeKind.RETRACTION for new in came):
            continue  # the partial retraction became a whole one
        if kind in _LAST_WENT and not any(left.kind is kind for left in after):
            yield Change(kind=Kind.REINSTATED, words=_LAST_WENT[kind])
        else:
            yield Change(kind=Kind.NOTICE, words=f"{_named(notice)} is no longer listed", by=notice.id)
    if not came and not went:
        for notice in after:
            if notice.id and not any(same(notice, other) and other.id == notice.id for other in before):
                words = f"its {notice.kind.value} is {source_words(notice.id)}"
                yield Change(kind=Kind.NOTICE, words=words, since=notice.date, by=notice.id)
            elif not notice.id and any(same(notice, other) and other.id for other in before):
                yield Change(kind=Kind.NOTICE, words=f"its {notice.kind.value} is named without a PMID")


def same(one: Notice, other: Notice) -> bool:
    """True where two notices are one: by id, else by citation. NLM may add either later, and a publication type, which
    has neither, says only that there is one."""
    if one.kind is not other.kind or is_partial(one) != is_partial(other):
        return False
    if one.id and other.id:
        return one.id == other.id
    if one.citation and other.citation:
        return one.citation == other.citation
    return not (one.id or one.citation) or not (other.id or other.citation)


def _new(notice: Notice, known: Article) -> Change:
    kind, words = _CAME[notice.kind]
    if is_partial(notice):
        kind, words = Kind.PARTLY_RETRACTED, "partially retracted"
    elif "republished" in (notice.ref_type or "").lower() and notice.kind is NoticeKind.RETRACTION:
        words = f"retracted and republished{f' as {source_words(notice.id)}' if notice.id else ''}"
    elif notice.titled:
        words = f'its title says "{notice.titled}"'
    elif kind is Kind.SUPERSEDED and "Preprint" in known.publication_types:
        words = "the preprint was published"
    numbers = {"data": True, "other": False, None: None}[notice.about]
    if kind is Kind.CORRECTED and numbers is None:
        words = UNSAID
    return Change(kind=kind, words=words, since=notice.date, by=notice.id, numbers=numbers)


def _named(notice: Notice) -> str:
    what = "partial retraction" if is_partial(notice) else notice.kind.value
    return f"the {what}{f' {source_words(notice.id)}' if notice.id else ''}"
