"""What every rendering shares: text that is seen; sources, grades and new evidence in a few words."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from pipeline.identifiers import is_document, source_address
from pipeline.models.profile import Claim, Waiting, cited_sources
from pipeline.models.sources import Article, Label
from pipeline.models.studies import Direction, Grade, Level

_UNSEEN = ("Cc", "Cf", "Cs", "Co")
# In which way newer evidence speaks against a claim.
CHALLENGES = {
    "better": "a stronger study",
    "opposite": "found otherwise",
    "results": "the results of that plan",
    "version": "a newer version",
}
MOST_WAITING = 20  # new records that a profile lists


def visible(text: str) -> str:
    """Text on one line, with a replacement character for each that is not seen: control, bidi, zero-width, private."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join("\ufffd" if unicodedata.category(c) in _UNSEEN or _is_no_character(ord(c)) else c for c in line)


def _is_no_character(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def origin_word(source: Article | Label | None) -> str:
    """What the cited sentences of a source are of: "Abstract", "Label" or "Synopsis"."""
    return {"synopsis": "Synopsis", "label": "Label"}.get(source.text_origin if source else "", "Abstract")


def encoded_address(key: str) -> str | None:
    """The public address of a source, or None; what could end a link early is percent-encoded."""
    address = source_address(key)
    safe = "/:;,.-_~@%" + "?=" * is_document(key)  # a DOI may hold these, the address of a label does
    return quote(address, safe=safe) if address else None


def same_study(claim: Claim, following: Claim | None) -> bool:
    """True for two claims on one paper, which stand in one paragraph; the sentences of a label stand apart."""
    keys = cited_sources(claim.evidence)
    return (
        isinstance(following, Claim)
        and len(keys) == 1
        and not is_document(keys[0])
        and cited_sources(following.evidence) == keys
    )


def grade_words(grade: Grade) -> str:
    """The badge in words: "Gold, conflicting", or "none" where no study was found."""
    return "none found" if grade.level is Level.NONE else f"{grade.level.value}, {grade.direction}"


def waiting_words(record: Waiting) -> str:
    """What a record that waits is: "Fibromyalgia: randomised trial, n = 96, no difference"."""
    size = f", n = {record.n:,}" if record.n else ""
    found = "" if record.direction is Direction.UNCLEAR else f", {record.direction.value}"
    about = f"{', '.join(record.topics)}: " if record.topics else ""
    return f"{about}{record.design.value}{size}{found}{', on harm' if record.harm else ''}"
