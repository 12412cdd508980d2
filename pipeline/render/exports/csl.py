"""References as CSL-JSON, which Zotero, pandoc and citation processors read (schema 1.0.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipeline.models.profile import Profile, Reference
from pipeline.models.sources import Article, Author, Label, NoticeKind
from pipeline.render.exports import cited as of
from pipeline.render.words import visible

Item = dict[str, Any]


def csl(profile: Profile, references: Mapping[str, Reference]) -> str:
    """The cited references as a list of CSL items."""
    found = of.keyed(of.cited(profile, references)).items()
    return json.dumps([_item(key, one) for key, one in found], ensure_ascii=False, indent=2) + "\n"


def _item(key: str, reference: Reference) -> Item:
    fields = _paper(reference.article) if reference.article else _label(reference.label, reference.key)
    item = {"id": key, **fields, "note": "; ".join(of.remarks(reference))}
    return {name: value for name, value in item.items() if value}


def _paper(article: Article) -> Item:
    full, short = of.container(article)
    whole = of.is_whole_book(article)
    return {
        "type": "article-journal" if article.kind == "article" else "book" if whole else "chapter",
        "title": visible(article.title),
        "original-title": visible(article.vernacular_title or ""),
        "author": [_author(author) for author in article.authors if author.name],
        "container-title": "" if whole else full,
        "container-title-short": "" if whole else short,
        "issued": _issued(article),
        "available-date": _year(article.year_electronic)
        if article.year not in (None, article.year_electronic)
        else None,
        "volume": visible(article.volume or ""),
        "issue": visible(article.issue or ""),
        "page": visible(article.pages or ""),
        "DOI": of.doi(article),
        "PMID": visible(article.pmid or ""),
        "PMCID": visible(article.pmcid or ""),
        "ISSN": visible(article.issn or ""),
        "language": ", ".join(of.languages(article)),
        "status": _status(article),
    }


def _label(label: Label | None, key: str) -> Item:
    """A page of DailyMed where the label has one; else a document of no other kind, since it was published nowhere."""
    if label is None:
        return {"type": "document"}
    place = of.address(key)
    day = label.effective
    return {
        "type": "webpage" if place else "document",
        "title": visible(label.title),
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "version": visible(label.version or ""),
        "URL": place,
    }


def _author(author: Author) -> Item:
    if name := of.group(author):
        return {"literal": name}
    parts = {"family": of.family(author), "given": of.initials(author), "suffix": visible(author.suffix or "")}
    return {name: value for name, value in parts.items() if value}


def _issued(article: Article) -> Item | None:
    """The date of the issue in parts, or as it is printed where it is more than that; else the electronic year."""
    if printed := of.printed(article):
        return {"literal": printed}
    months = of.months(article)
    if article.year and months:
        day = [article.day] if article.day and len(months) == 1 else []
        return {"date-parts": [[article.year, month, *day] for month in months]}
    return _year(article.published)


def _year(year: int | None) -> Item | None:
    return {"date-parts": [[year]]} if year else None


def _status(article: Article) -> str | None:
    """The gravest that a style may print; `note` says all."""
    if article.affected_by(NoticeKind.RETRACTION):
        return "retracted"
    ahead = article.year_electronic and not (article.year or article.medline_date)
    return "advance online publication" if ahead else None
