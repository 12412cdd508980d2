"""References as RIS, which every reference manager reads: one tag a line, a line never broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.models.profile import Profile, Reference
from pipeline.models.sources import Article, Author, Label
from pipeline.render.exports import cited as of
from pipeline.render.words import visible

Line = tuple[str, str]


def ris(profile: Profile, references: Mapping[str, Reference]) -> str:
    """The cited references, with a blank line after each."""
    records = of.keyed(of.cited(profile, references)).items()
    return "".join(f"{_record(key, one)}ER  - \n\n" for key, one in records)


def _record(key: str, reference: Reference) -> str:
    if reference.article:
        lines = list(_paper(key, reference.article))
    else:
        lines = list(_label(key, reference.key, reference.label))
    lines += [("N1", remark) for remark in of.remarks(reference)]
    return "".join(f"{tag}  - {visible(value)}\n" for tag, value in lines if value)


def _paper(key: str, article: Article) -> Iterator[Line]:
    whole = of.is_whole_book(article)
    full, short = of.container(article)
    yield "TY", "JOUR" if article.kind == "article" else "BOOK" if whole else "CHAP"
    yield "ID", key
    yield "TI", article.title
    for author in article.authors:
        yield "AU", _author(author)
    if not whole:
        yield "T2", full
        yield "J2", short
    yield from _dates(article)
    yield "VL", article.volume or ""
    yield "IS", article.issue or ""
    yield from _pages(article)
    yield "SN", article.issn or ""
    yield "LA", ", ".join(of.languages(article))
    yield "DO", of.doi(article) or ""
    if article.pmid:
        yield "AN", article.pmid
        yield "DB", "PubMed"
    yield "C2", article.pmcid or ""
    yield "UR", (of.address(article.key) or "").replace(";", "%3B")  # a semicolon stands between two addresses


def _label(key: str, place: str, label: Label | None) -> Iterator[Line]:
    """A page of DailyMed where the label has one; else of no kind, since it was published nowhere."""
    found = of.address(place)
    yield "TY", "ELEC" if found else "GEN"
    yield "ID", key
    if label is not None:
        yield "TI", label.title
        if label.effective:
            yield "PY", str(label.effective.year)
            yield "DA", label.effective.strftime("%Y/%m/%d/")
    yield "UR", found or ""


def _author(author: Author) -> str:
    """`Family, G., Suffix`; a group has no comma of ours, since what follows one is read as a given name."""
    if name := of.group(author):
        return name
    parts = [of.family(author), of.initials(author), visible(author.suffix or "")]
    return ", ".join(parts).rstrip(", ") if parts[1] else f"{parts[0]},, {parts[2]}" if parts[2] else parts[0]


def _dates(article: Article) -> Iterator[Line]:
    """`PY` is a year and `DA` is year/month/day/what else is printed, each part empty where it is not known."""
    printed, months, year = of.printed(article), of.months(article), of.year(article)
    if not year:
        return
    month = f"{months[0]:02}" if len(months) == 1 else ""
    day = f"{article.day:02}" if month and article.day else ""
    other = visible(article.month or "") if len(months) > 1 else printed
    yield "PY", f"{year:04}"
    if month or other:
        yield "DA", f"{year:04}/{month}/{day}/{other}"


def _pages(article: Article) -> Iterator[Line]:
    """The ends of a range; whatever else stands there, a range from a page to itself too, is kept whole."""
    first, last = of.ends(article) or ("", "")
    yield from (("SP", first), ("EP", last)) if first != last else (("SP", article.pages or ""),)
