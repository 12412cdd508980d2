"""A profile as JSON-LD in the words of schema.org: a page on a substance, and the works that it cites.

What the works found is left out on purpose: a structured statement of an effect would be read without its evidence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.models.profile import Claim, DoseRow, Profile, Reference
from pipeline.models.sources import Article, Author, Label, NoticeKind
from pipeline.references.vancouver import authors
from pipeline.render.exports import cited as of
from pipeline.render.words import visible

Node = dict[str, Any]

CONTEXT = "https://schema.org"
_PMC = "https://pmc.ncbi.nlm.nih.gov/articles/"
# What `creativeWorkStatus` says of a work that a notice is about; an erratum is a `correction`.
_STATUS = {
    NoticeKind.RETRACTION: "Retracted",
    NoticeKind.CONCERN: "Expression of concern",
    NoticeKind.REPUBLICATION: "Republished",
    NoticeKind.UPDATE: "Updated",
    NoticeKind.DELETED: "No longer in PubMed",
}
_UNSAFE = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def jsonld(profile: Profile, references: Mapping[str, Reference]) -> str:
    """The graph of a profile as a file."""
    return json.dumps(graph(profile, references), ensure_ascii=False, indent=2) + "\n"


def graph(
    profile: Profile,
    references: Mapping[str, Reference],
    *,
    claims: Sequence[Claim | DoseRow] = (),
    reviewed: date | None = None,
    url: str | None = None,
) -> Node:
    """The page on a compound. `claims` are those that it shows: only what they cite is then named; () are all.

    `reviewed` is the day on which a person last looked it through; without one the page does not say that any did.
    Papers and books are a `citation`, labels and notes what the page `isBasedOn`; nothing stands in both.
    """
    quotations = [quotation for claim in claims for quotation in claim.evidence] if claims else None
    found = of.cited(profile, references, quotations)
    return _filled(
        {
            "@context": CONTEXT,
            "@type": "MedicalWebPage",
            "@id": url,
            "url": url,
            "name": visible(profile.name),
            "description": visible(profile.tagline or ""),
            "inLanguage": "en",
            "lastReviewed": reviewed.isoformat() if reviewed else None,
            "mainEntity": _substance(profile, references),
            "usageInfo": _filled({"@type": "CreativeWork", "text": visible(profile.footer)}),
            "citation": [_work(one, one.article) for one in found if one.article],
            "isBasedOn": [_document(one, one.label) for one in found if one.label and not one.article],
        }
    )


def embedded(graph: Node) -> str:
    """A graph as the content of a `script` element: nothing in it ends the element or is markup."""
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)


def _substance(profile: Profile, references: Mapping[str, Reference]) -> Node:
    """A drug where a label of it is cited; else a substance, which nobody need have approved."""
    labelled = any(one.label and one.key.startswith("label-") for one in of.cited(profile, references))
    names = [name for name in map(visible, profile.aliases) if name != visible(profile.name)]
    kind = "Drug" if labelled else "Substance"
    return _filled({"@type": kind, "name": visible(profile.name), "alternateName": names})


def _work(reference: Reference, article: Article) -> Node:
    doi = of.doi(article)
    pmcid = visible(article.pmcid or "")
    identifiers = {"PMID": visible(article.pmid or ""), "PMCID": pmcid, "DOI": doi}
    same = [of.address(key) for key in (article.pmid, doi) if key] + ([_PMC + pmcid + "/"] if pmcid.isalnum() else [])
    work = {"article": "ScholarlyArticle", "book": "Book" if of.is_whole_book(article) else "Chapter"}[article.kind]
    return _filled(
        {
            "@type": work,
            "@id": of.address(reference.key),
            "url": of.address(reference.key),
            "name": visible(article.title),
            "alternateName": visible(article.vernacular_title or ""),
            "creativeWorkStatus": _statuses(article),
            "correction": [mark for mark in of.told(reference) if mark.startswith("Erratum")],
            "author": [_author(author) for author in article.authors if author.name],
            "creditText": visible(authors(article)) if not article.authors_complete else None,
            "datePublished": _published(article),
            "isPartOf": _within(article),
            "pagination": "" if of.is_whole_book(article) else visible(article.pages or ""),
            "inLanguage": list(of.languages(article)),
            "identifier": [
                {"@type": "PropertyValue", "propertyID": name, "value": value}
                for name, value in identifiers.items()
                if value
            ],
            "sameAs": same,
        }
    )


def _statuses(article: Article) -> list[str]:
    kinds = [notice.kind for notice in article.notices if notice.role == "affected"]
    return [words for kind, words in _STATUS.items() if kind in kinds]


def _author(author: Author) -> Node:
    if of.group(author):
        return {"@type": "Organization" if author.collective else "Person", "name": of.group(author)}
    return _filled(
        {
            "@type": "Person",
            "name": visible(author.name),
            "familyName": of.family(author),
            "givenName": of.initials(author),
            "honorificSuffix": visible(author.suffix or ""),
        }
    )


def _published(article: Article) -> str | None:
    """The date as far as it is known, in the form of ISO 8601: the issue's, else that of electronic publication."""
    months = of.months(article)
    if not article.published or article.published > 9999:
        return None
    if len(months) != 1:
        return f"{article.published:04}"
    day = f"-{article.day:02}" if article.day and not article.medline_date else ""
    return f"{article.published:04}-{months[0]:02}{day}"


def _within(article: Article) -> Node | None:
    """The journal, in the volume and the issue where these are known; or the book of a chapter."""
    full, short = of.container(article)
    if article.kind == "book":
        return {"@type": "Book", "name": full} if full and not of.is_whole_book(article) else None
    journal = {"@type": "Periodical", "name": full, "alternateName": short, "issn": visible(article.issn or "")}
    place = _filled(journal) if full else None
    for kind, field, number in (
        ("PublicationVolume", "volumeNumber", article.volume),
        ("PublicationIssue", "issueNumber", article.issue),
    ):
        if number:
            place = _filled({"@type": kind, field: visible(number), "isPartOf": place})
    return place


def _document(reference: Reference, label: Label) -> Node:
    """A label or a note. One that openFDA took back says so; a note has no address of its own."""
    place = of.address(reference.key)
    return _filled(
        {
            "@type": "WebPage" if place else "CreativeWork",
            "@id": place,
            "url": place,
            "name": visible(label.title),
            "version": visible(label.version or ""),
            "creativeWorkStatus": "; ".join(of.told(reference)),
            "datePublished": label.effective.isoformat() if label.effective else None,
            "description": "; ".join(of.remarks(reference.model_copy(update={"withdrawn": False}))),
        }
    )


def _filled(node: Node) -> Node:
    """A node without the properties that have no value."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}
