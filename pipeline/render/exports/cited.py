"""What every export says of a cited source in the same words: which are cited, by what key, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count
from urllib.parse import quote

from pipeline.identifiers import footnote_place, is_document, parse_doi, slug, source_address
from pipeline.models.profile import Profile, Quotation, Reference, cited_sources
from pipeline.models.sources import Article, Author, Label
from pipeline.references.vancouver import fates
from pipeline.render.words import visible

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_INITIALS = 5
_RANGE = re.compile(r"([^\s,;-]+)-([^\s,;-]+)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
# MEDLINE's codes (ISO 639-2/B) of the languages of most papers, as the web names them (BCP 47).
_LANGUAGES = dict(
    pair.split(":")
    for pair in (
        "eng:en fre:fr ger:de spa:es ita:it por:pt rus:ru chi:zh jpn:ja kor:ko pol:pl dut:nl swe:sv dan:da nor:no"
        " fin:fi cze:cs slo:sk hrv:hr srp:sr slv:sl hun:hu rum:ro bul:bg gre:el tur:tr ukr:uk ara:ar heb:he"
        " per:fa lit:lt"
    ).split()
)


def cited(
    profile: Profile, references: Mapping[str, Reference], quotations: Iterable[Quotation] | None = None
) -> tuple[Reference, ...]:
    """The references that a profile cites (or that `quotations` of it do) and whose record is held.

    In the order of the footnotes of `profile.md`, so that one more reference moves no other.
    """
    keys = cited_sources(profile.quotations if quotations is None else quotations)
    held = (references.get(key) for key in sorted(keys, key=footnote_place))
    return tuple(one for one in held if one is not None and one.source)


def missing(profile: Profile, references: Mapping[str, Reference]) -> tuple[str, ...]:
    """The keys of what a profile cites and no record is held of."""
    held = {one.key for one in cited(profile, references)}
    return tuple(key for key in cited_sources(profile.quotations) if key not in held)


def keyed(references: Iterable[Reference]) -> dict[str, Reference]:
    """The references by their citation keys, such as `younger2009_19453963`: each is its own, and ASCII."""
    found: dict[str, Reference] = {}
    for reference in references:
        key = _key(reference)
        found[next(one for n in count(1) if (one := key if n == 1 else f"{key}-{n}") not in found)] = reference
    return found


def _key(reference: Reference) -> str:
    article = reference.article
    first = (
        next((author.family or author.collective for author in article.authors if author.name), "") if article else ""
    )
    dated = f"{slug(first or '').replace('-', '')}{(article and article.published) or ''}"
    return "_".join(part for part in (dated, slug(reference.key)) if part) or "source"


def initials(author: Author) -> str:
    """The given names as programs read them: `JP` is `J. P.`, since `JP` alone would be shortened to `J`."""
    given = visible(author.initials or "")
    if given.isalpha() and given.isupper() and len(given) <= _MOST_INITIALS:
        return " ".join(f"{letter}." for letter in given)
    return given


def family(author: Author) -> str:
    """The family name with its particle as the record says: where one ends is not known."""
    return visible(author.family or "")


def group(author: Author) -> str:
    """The name of a group, or of a person without a family name; empty for a person with one."""
    return "" if author.family and not author.collective else visible(author.name)


def doi(article: Article) -> str | None:
    """The DOI as it is written everywhere: bare, in lower case."""
    return parse_doi(visible(article.doi or ""))


def address(key: str) -> str | None:
    """The public address of a source as an IRI, or None where it has none."""
    found = source_address(key)
    return quote(found, safe="/:;,.-_~@%()" + "?=" * is_document(key)) if found else None


def container(article: Article) -> tuple[str, str]:
    """The full title of the journal or book, and its abbreviation where that is another; each may be empty."""
    short, full = visible(article.journal or ""), visible(article.journal_title or "")
    return (full, short if short != full else "") if full else (short, "")


def is_whole_book(article: Article) -> bool:
    """True for a book, false for a chapter of one and for a paper."""
    return article.kind == "book" and article.journal_title in (None, article.title)


def months(article: Article) -> tuple[int, ...]:
    """The month of the issue by its number, or the first and the last of `Jul-Aug`; none where neither is given."""
    named = (article.month or "").split("-") if article.year else []
    found = tuple(MONTHS.index(name) + 1 for name in named if name in MONTHS)
    return found if len(found) == len(named) and (len(found) == 1 or found[:1] < found[1:2]) else ()


def year(article: Article) -> int | None:
    """The year of the issue as it is given or printed, else that of electronic publication."""
    dated = _YEAR.search(article.medline_date or "")
    return article.year or (int(dated[0]) if dated else None) or article.year_electronic


def ends(article: Article) -> tuple[str, str] | None:
    """The first and the last page of a plain range as the record writes them; None for whatever else stands there."""
    found = _RANGE.fullmatch(article.pages or "")
    return (found[1], found[2]) if found else None


def printed(article: Article) -> str:
    """The date as the issue prints it, where that is more than a year, months and a day; else empty."""
    if article.medline_date:
        return visible(article.medline_date)
    return visible(f"{article.year} {article.month}") if article.year and article.month and not months(article) else ""


def languages(article: Article) -> tuple[str, ...]:
    """The languages of a paper, by the codes of the web where they are known and MEDLINE's own else."""
    return tuple(visible(_LANGUAGES.get(code, code)) for code in article.languages)


def told(reference: Reference) -> list[str]:
    """What a reader must know of a source, the gravest first: a retraction, a label that was withdrawn.

    Records are named as `PubMed 123`: programs take "PMID" in a note for the number of the paper itself.
    """
    said = (visible(fate).replace("(PMID ", "(PubMed ").replace(", PMID ", ", ") for fate in fates(reference))
    return list(said)


def remarks(reference: Reference) -> list[str]:
    """`told`, and what the fields of a format have no place for."""
    return [*told(reference), *(_on_paper(reference.article) if reference.article else _on_label(reference.label))]


def _on_paper(article: Article) -> list[str]:
    said = []
    if article.vernacular_title and article.vernacular_title != article.title:
        said.append(f"Original title: {visible(article.vernacular_title)}")
    if not article.authors_complete:
        said.append("The list of authors is not whole")
    if article.year_electronic and article.year_electronic != article.year:
        ahead = "" if article.year or article.medline_date else ", ahead of print"
        said.append(f"Published electronically in {article.year_electronic}{ahead}")
    return said


def _on_label(label: Label | None) -> list[str]:
    if label is None:
        return []
    if label.set_id:
        version = [f"Version {visible(label.version)}"] if label.version else []
        return [*version, f"Set id {visible(label.set_id)}"]
    pages = {url for section in label.sections for url in section.urls if url.startswith("http")}
    read = f" from {len(pages)} public page{'s'[: len(pages) > 1]}, listed in its sources.yaml" if pages else ""
    return [f"Synopsis written for this profile{read}"] if label.text_origin == "synopsis" else []
