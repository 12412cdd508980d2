"""What PubMed says happened to a paper: retractions, concerns, errata, and the links between versions.

Two places say it: `CommentsCorrections` links, and publication types. The *In* forms of a link sit on the affected
paper; *Of*, *For*, *From* and *On* mean that this record is the notice. Source: NLM, "Errata, Retractions, and Other
Linked Citations in PubMed".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal
from xml.etree.ElementTree import Element

from pipeline.identifiers import parse_doi
from pipeline.models.sources import TITLED, Notice, NoticeKind
from pipeline.sources.pubmed_markup import plain

# The stem of `RefType` before In, Of, For, From or On, in lower case.
_KINDS = {
    "retraction": NoticeKind.RETRACTION,
    "retractedandrepublished": NoticeKind.RETRACTION,
    "partialretraction": NoticeKind.ERRATUM,
    "expressionofconcern": NoticeKind.CONCERN,
    "erratum": NoticeKind.ERRATUM,
    "correctedandrepublished": NoticeKind.REPUBLICATION,
    "republished": NoticeKind.REPUBLICATION,
    "update": NoticeKind.UPDATE,
    "comment": NoticeKind.COMMENT,
}

Role = Literal["affected", "notice"]
_TYPES: dict[str, tuple[NoticeKind, Role]] = {
    "retracted publication": (NoticeKind.RETRACTION, "affected"),
    "retraction of publication": (NoticeKind.RETRACTION, "notice"),
    "retraction notice": (NoticeKind.RETRACTION, "notice"),
    "partial retraction": (NoticeKind.ERRATUM, "notice"),
    "expression of concern": (NoticeKind.CONCERN, "notice"),
    "published erratum": (NoticeKind.ERRATUM, "notice"),
}

_RETITLED = re.compile(r"\W*(retracted(?: article| paper)?|withdrawn(?: article| paper)?)\s*[:.\]-]", re.IGNORECASE)

_REF_TYPE = re.compile(r"(.+?)(in|of|for|from|on)")
_PARTIAL = re.compile(r"\bpartial(?:ly)?\s+retract", re.IGNORECASE)
_DOI = re.compile(r"\bdoi:\s*(10\.\S+)", re.IGNORECASE)
_DATE = re.compile(r"\b((?:1[89]|20)\d\d(?: [A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?(?: \d{1,2})?)?);")


def notices(links: Iterable[Element], publication_types: Iterable[str]) -> Iterator[Notice]:
    """The notices of one record, from its `CommentsCorrections` elements and its publication types.

    `Cites` is left out. A partial retraction is an erratum, as NLM counts it. A publication type adds a notice without
    an id where no link says the same: it is NLM's own word, and links may lag behind it.
    """
    said: set[tuple[NoticeKind, str]] = set()
    for link in links:
        if link.get("RefType") != "Cites":
            notice = _linked(link)
            said.add((notice.kind, notice.role))
            yield notice
    for publication_type in publication_types:
        meaning = _TYPES.get(publication_type.lower())
        if meaning and meaning not in said:
            said.add(meaning)
            yield Notice(kind=meaning[0], role=meaning[1], ref_type=publication_type)


def entitled(title: str, said: Iterable[Notice]) -> Iterator[Notice]:
    """What a title says of its paper where the notices (`said`) do not: publishers set "RETRACTED:" before it.

    A notice may repeat the title of the retracted paper with that word; it is told by its own publication type.
    """
    word = _RETITLED.match(title)
    if word and not any(notice.kind is NoticeKind.RETRACTION for notice in said):
        yield Notice(kind=NoticeKind.RETRACTION, role="affected", ref_type=f"{TITLED}{word[1].upper()}")


def _linked(link: Element) -> Notice:
    """One `CommentsCorrections` element. `date` is that of the notice, so only the affected side can know it."""
    ref_type = link.get("RefType", "")
    match = _REF_TYPE.fullmatch(ref_type.lower())
    kind = _KINDS.get(match[1] if match else "", NoticeKind.OTHER)
    affected = match is not None and match[2] == "in"
    citation = plain(link.find("RefSource"))
    if kind is NoticeKind.RETRACTION and _PARTIAL.search(f"{citation} {plain(link.find('Note'))}"):
        kind = NoticeKind.ERRATUM
    doi = _DOI.search(citation)
    date = _DATE.search(citation) if affected else None
    return Notice(
        kind=kind,
        role="affected" if affected else "notice",
        id=plain(link.find("PMID")) or (parse_doi(doi[1]) if doi else None),
        citation=citation or None,
        date=date[1] if date else None,
        ref_type=ref_type or None,
    )
