"""The bundled collections: real papers with a synopsis in our own words, for a machine without network or key.

A collection is a directory `bundled/<slug>/` with `records.yaml`, `labels.yaml` and `about.yaml`. Each record carries
verified bibliographic facts, what was left out because it could not be verified, and where the facts were read.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from pipeline.identifiers import parse_doi
from pipeline.models.base import Frozen
from pipeline.models.sources import (
    AbstractSection,
    Article,
    Author,
    Collection,
    Label,
    LabelSection,
    Notice,
    NoticeKind,
)

BUNDLED = Path(__file__).parent / "bundled"


class BundledNotice(Frozen):
    """A notice as a collection states it; `note` says in our words what the notice is about."""

    kind: NoticeKind
    id: str | None = None
    date: str | None = None
    note: str | None = None


class Added(Frozen):
    """A fact found beyond the verified fact base, and where."""

    fact: str
    source: str


class BundledRecord(Frozen):
    """One record of `records.yaml`."""

    pmid: str | None
    doi: str | None
    title: str
    authors: tuple[str, ...]
    authors_complete: bool
    journal: str | None
    year: int | None
    month: str | None
    year_electronic: int | None = None
    volume: str | None
    issue: str | None
    pages: str | None
    publication_types: tuple[str, ...]
    notices: tuple[BundledNotice, ...]
    synopsis: str = Field(min_length=40)
    added: tuple[Added, ...]
    left_out: tuple[str, ...]
    verified_from: tuple[str, ...]


class BundledLabelSection(Frozen):
    """One section of a label of `labels.yaml`."""

    kind: str
    text: str
    urls: tuple[str, ...]
    confidence: str | None = None
    unverified: tuple[str, ...] = ()


class BundledLabel(Frozen):
    """One document of `labels.yaml`."""

    key: str
    title: str
    version: str | None
    effective: date | None
    sections: tuple[BundledLabelSection, ...]
    left_out: tuple[str, ...] = ()


class About(Frozen):
    """`about.yaml`: the name under which the collection is found, and the day its facts were compiled."""

    name: str
    aliases: tuple[str, ...]
    compiled: date
    note: str


def _load(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _author(name: str) -> Author:
    """`Younger J` as family and initials; a name whose last word is not initials is a group."""
    family, _, initials = name.rpartition(" ")
    if family and initials.isupper() and len(initials) <= 4:
        return Author(family=family, initials=initials)
    return Author(collective=name)


def _article(record: BundledRecord) -> Article:
    return Article(
        pmid=record.pmid,
        doi=parse_doi(record.doi) if record.doi else None,
        title=record.title,
        authors=tuple(_author(name) for name in record.authors),
        authors_complete=record.authors_complete,
        journal=record.journal,
        year=record.year,
        month=record.month,
        year_electronic=record.year_electronic,
        volume=record.volume,
        issue=record.issue,
        pages=record.pages,
        publication_types=record.publication_types,
        notices=tuple(
            Notice(kind=n.kind, role=_role(record), id=n.id, date=n.date, citation=n.note) for n in record.notices
        ),
        abstract=(AbstractSection(text=" ".join(record.synopsis.split())),),
        text_origin="synopsis",
    )


def _role(record: BundledRecord) -> Literal["affected", "notice"]:
    """A record tagged Comment or Published Erratum is itself the notice; any other is the paper it is about."""
    return "notice" if {"Comment", "Published Erratum"} & set(record.publication_types) else "affected"


def _label(label: BundledLabel) -> Label:
    sections = (
        LabelSection(kind=s.kind, text=" ".join(s.text.split()), urls=s.urls, confidence=s.confidence)
        for s in label.sections
    )
    return Label(
        key=label.key,
        title=label.title,
        version=label.version,
        effective=label.effective,
        sections=tuple(sections),
        text_origin="synopsis",
    )


def bundled(slug: str) -> Collection | None:
    """The bundled collection of a compound, or None when there is none under this slug.

    Every article has `text_origin` "synopsis"; the date is the day on which the collection was compiled.
    """
    place = BUNDLED / slug
    if not slug or not (place / "about.yaml").is_file():
        return None
    return Collection(
        articles=tuple(_article(BundledRecord.model_validate(r)) for r in _load(place / "records.yaml")),
        labels=tuple(_label(BundledLabel.model_validate(r)) for r in _load(place / "labels.yaml")),
        date=about(slug).compiled,
    )


def about(slug: str) -> About:
    """What a bundled collection says of itself. Raises FileNotFoundError where there is none."""
    return About.model_validate(_load(BUNDLED / slug / "about.yaml"))


def names() -> dict[str, str]:
    """Every name and alias of the bundled collections, in lower case, with the slug of its collection."""
    found: dict[str, str] = {}
    for place in sorted(BUNDLED.iterdir()):
        if (place / "about.yaml").is_file():
            that = about(place.name)
            found |= {name.lower(): place.name for name in (that.name, *that.aliases)}
    return found
