r"""References as BibTeX in UTF-8, for BibTeX, BibLaTeX and reference managers.

What TeX would obey is written as a command, a brace too: BibTeX counts `\{` as one when it looks for the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.models.profile import Profile, Reference
from pipeline.models.sources import Article, Author, Label
from pipeline.render.exports import cited as of
from pipeline.render.words import visible

Fields = Iterator[tuple[str, str]]

_ESCAPES = str.maketrans(
    {
        **{char: "\\" + char for char in "&%$#_"},
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
    }
)
# Pairs that TeX prints as one character, such as a dash or a quotation mark.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=[`?!])(?=`)|(?<=<)(?=<)|(?<=>)(?=>)|(?<=,)(?=,)")
_PARTING = re.compile(r",|\band\b|^others$", re.IGNORECASE)


def bibtex(profile: Profile, references: Mapping[str, Reference]) -> str:
    """The cited references, an entry each."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry, Field
    from bibtexparser.writer import BibtexFormat

    layout = BibtexFormat()  # type: ignore[no-untyped-call]
    layout.indent, layout.trailing_comma, layout.block_separator = "  ", True, "\n"
    entries: list[Block] = []
    for key, reference in of.keyed(of.cited(profile, references)).items():
        found = [(name, value) for name, value in _fields(reference) if value]
        fields = [Field(name, value, enclosing="no-enclosing" if name == "month" else "{") for name, value in found]
        entries.append(Entry(_kind(reference), key, fields))
    return write_string(Library(entries), bibtex_format=layout)


def tex(text: str) -> str:
    """Text on one line as TeX that prints it as it is."""
    return _LIGATURE.sub("{}", visible(text).translate(_ESCAPES))


def titled(text: str) -> str:
    """A title as TeX, with the words in braces that are not to lose their capitals: names, acronyms, compounds."""
    return " ".join(
        _kept(tex(word)) if any(letter.isupper() for letter in word[not place :]) else tex(word)
        for place, word in enumerate(visible(text).split(" "))
    )


def _kept(word: str) -> str:
    # BibTeX takes a brace before a backslash for an accented letter, and changes its case.
    return f"{{{{{word}}}}}" if word.startswith("\\") else f"{{{word}}}"


def _kind(reference: Reference) -> str:
    if reference.article is None:
        return "misc"
    if reference.article.kind == "article":
        return "article"
    return "book" if of.is_whole_book(reference.article) else "incollection"


def _fields(reference: Reference) -> Fields:
    remarks = of.remarks(reference)
    if reference.article is not None:
        yield from _paper(reference.article)
        if printed := of.printed(reference.article):
            remarks.append(f"Dated {printed}")
    else:
        yield from _label(reference.key, reference.label)
    yield "note", tex("; ".join(remarks))


def _paper(article: Article) -> Fields:
    full, short = of.container(article)
    yield "author", _authors(article)
    yield "title", titled(article.title)
    if article.kind == "article":
        yield "journal", tex(full)
        yield "shortjournal", tex(short)
    elif not of.is_whole_book(article):
        yield "booktitle", titled(full)
    yield from _day(of.year(article), of.months(article), article.day)
    yield "volume", tex(article.volume or "")
    yield "number", tex(article.issue or "")
    ends = of.ends(article)
    yield "pages", f"{tex(ends[0])}--{tex(ends[1])}" if ends else tex(article.pages or "")
    yield "issn", tex(article.issn or "")
    yield "language", tex(", ".join(of.languages(article)))
    yield from _identifiers(article)


def _label(key: str, label: Label | None) -> Fields:
    if label is not None:
        yield "title", titled(label.title)
        if day := label.effective:
            yield from _day(day.year, [day.month], day.day)
    yield "url", of.address(key) or ""


def _authors(article: Article) -> str:
    names = [_author(author) for author in article.authors if author.name]
    return " and ".join([*names, *(["others"] if names and not article.authors_complete else [])])


def _author(author: Author) -> str:
    """`Family, Suffix, G.`; a group, and a person of whom no more is known than a name of many words, in braces."""
    if name := of.group(author):
        return f"{{{tex(name)}}}"
    family, given, suffix = of.family(author), of.initials(author), visible(author.suffix or "")
    if not given:
        alone = " ".join(part for part in (family, suffix) if part)
        return _part(alone) if " " not in alone else f"{{{tex(alone)}}}"
    return ", ".join(_part(part) for part in (family, suffix, given) if part)


def _part(name: str) -> str:
    """A part of a name, in braces where it holds what parts names."""
    return f"{{{tex(name)}}}" if _PARTING.search(name) else tex(name)


def _day(year: int | None, months: Sequence[int], day: int | None) -> Fields:
    yield "year", str(year or "")
    yield "month", ' # "-" # '.join(of.MONTHS[month - 1].lower() for month in months)
    yield "day", str(day) if day and len(months) == 1 else ""


def _identifiers(article: Article) -> Fields:
    """The DOI as it is, since programs do not read TeX in it; one that would end the field is an address instead."""
    doi = of.doi(article) or ""
    fit = not set(doi) & set("{}\\")
    yield "doi", doi if fit else ""
    yield "url", "" if fit else of.address(doi) or ""
    yield "pmid", tex(article.pmid or "")
    yield "pmcid", tex(article.pmcid or "")
