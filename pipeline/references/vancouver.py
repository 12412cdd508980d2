"""References in Vancouver style (NLM, Citing Medicine), rendered from the record and never from a model."""

from __future__ import annotations

from pipeline.identifiers import source_words
from pipeline.models.profile import Reference
from pipeline.models.sources import Article, Label, NoticeKind

MOST_AUTHORS = 6
MARKED = (
    NoticeKind.RETRACTION,
    NoticeKind.CONCERN,
    NoticeKind.ERRATUM,
    NoticeKind.REPUBLICATION,
    NoticeKind.UPDATE,
    NoticeKind.DELETED,
)
WORDS = {
    NoticeKind.RETRACTION: "RETRACTED",
    NoticeKind.CONCERN: "EXPRESSION OF CONCERN",
    NoticeKind.ERRATUM: "Erratum published",
    NoticeKind.REPUBLICATION: "Republished",
    NoticeKind.UPDATE: "Updated",
    NoticeKind.DELETED: "NO LONGER IN PUBMED",
}


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


def authors(article: Article) -> str:
    """The first six authors, with "et al." where there are more or the record's list is not whole; may be empty."""
    names = [author.name for author in article.authors if author.name]
    more = len(names) > MOST_AUTHORS or not article.authors_complete
    return ", ".join([*names[:MOST_AUTHORS], *(["et al"] if more and names else [])])


def place(article: Article) -> str:
    """Journal, date, volume, issue and pages, as far as the record gives them: `Pain Med. 2009 Apr;10(4):663-72`."""
    ahead = f"{article.year_electronic} (ahead of print)" if article.year_electronic else ""
    printed = " ".join(str(part) for part in (article.year, article.month) if part)
    when = printed or article.medline_date or ahead
    where = f"{article.volume or ''}{f'({article.issue})' if article.issue else ''}"
    dated = ";".join(part for part in (when, ":".join(part for part in (where, article.pages) if part)) if part)
    return " ".join(
        part for part in (_ended(article.journal) if article.journal else "", _ended(dated) if dated else "") if part
    )


def marks(article: Article) -> list[str]:
    """What a reader must know of a paper before its findings, such as a retraction, a concern or a newer version."""
    told = []
    for notice in article.notices:
        if notice.kind in MARKED and notice.role == "affected":
            by = f" (PMID {notice.id})" if notice.id and notice.id.isdigit() else f" ({notice.id})" if notice.id else ""
            word = f"{notice.titled.partition(' ')[0]} (says its title)" if notice.titled else WORDS[notice.kind]
            told.append(word + (f" {notice.date}" if notice.date else "") + by)
    return told


def reference(source: Article | Label) -> str:
    """One reference as a single line, without `marks`. Fields that the record lacks are left out, never guessed."""
    if isinstance(source, Label) and source.set_id is not None:
        given = [f"version {source.version}" if source.version else ""]
        given += [f"effective {source.effective.isoformat()}" if source.effective else "", f"set id {source.set_id}"]
        told = ", ".join(part for part in given if part)
        return f"{_ended(source.title)} {_ended(told[:1].upper() + told[1:])}"
    if isinstance(source, Label):
        told = described(source)
        return f"{told.removesuffix('.')}, listed in sources.yaml." if _read_from(source) else told
    parts = [
        described(source),
        f"PMID {source.pmid}." if source.pmid else "",
        f"doi:{source.doi}" if source.doi else "",
    ]
    return " ".join(part for part in parts if part)


def fates(reference: Reference) -> list[str]:
    """What a reader must know of a reference before what it says: `marks`, and what only a night finds out."""
    told = marks(reference.article) if reference.article else []
    told += ["NO LONGER HELD BY openFDA"] if reference.withdrawn else []
    if reference.rests_on:
        told.append(f"Rests on a retracted paper ({', '.join(source_words(pmid) for pmid in reference.rests_on)})")
    return told


def described(source: Article | Label) -> str:
    """The reference of a paper without its identifiers, that of a note without a word on where its pages are listed."""
    if isinstance(source, Label):
        if source.set_id is not None:
            return reference(source)
        dated = f" Effective {source.effective.isoformat()}." if source.effective else ""
        count = _read_from(source)
        return f"{_ended(source.title)}{dated}" + (
            f" Read from {count} public page{'s'[: count > 1]}." if count else ""
        )
    title = f"[{source.title.rstrip('.')}]." if source.vernacular_title else _ended(source.title)
    parts = [_ended(named) if (named := authors(source)) else "", title, place(source)]
    return " ".join(part for part in parts if part)


def _read_from(label: Label) -> int:
    """How many public pages a note was read from."""
    return len({url.split(" ")[0] for s in label.sections for url in s.urls if url.startswith("http")})
