"""REF: the references of a page are the papers that they say, each once, and each is cited."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Rule
from pipeline.models.findings import Severity
from pipeline.models.pages import PageReference
from pipeline.models.references import CheckedReference, RefStatus
from pipeline.text import any_of, normal

DOCUMENT = any_of(
    r"https?://", r"\bwww\.\w", r"\b(?:prescribing information|package insert|label|monograph|guideline|website)\b"
)
PAPER = any_of(r"\bdoi\b|\b10\.\d{4,9}/|\bPMID\b|pubmed", r"(?:19|20)\d{2}\s*;|\d+\s*\(\d+\)\s*:|\bvol\b|\bet al\b")


def _checked(audit: Audit, status: RefStatus) -> Iterator[tuple[PageReference, CheckedReference]]:
    for entry, checked in zip(audit.page.references, audit.references, strict=True):
        if checked is not None and checked.status is status:
            yield entry, checked


def _belongs_elsewhere(checked: CheckedReference) -> bool:
    fields = {difference.field for difference in checked.differences}
    return "title" in fields or bool(fields & {"pmid", "doi"})


def _differences(checked: CheckedReference) -> str:
    return ", ".join(f"{d.field} {d.given} → {d.found}" for d in checked.differences)


def _of_record(checked: CheckedReference) -> str:
    return " ".join((checked.suggestion or "").split("\n"))


def is_no_paper(raw: str) -> bool:
    """True for an entry that is an address or a label and no paper, which no index of papers can hold."""
    return DOCUMENT.search(raw) is not None and PAPER.search(raw) is None


def identifier_of_another(audit: Audit) -> Hits:
    """The identifier of a reference belongs to another paper than the one it describes.

    Why: a reader who follows the reference lands at a paper that says something else.
    Fix: give the identifier of the paper that is described, or describe the paper that is meant.
    """
    for entry, checked in _checked(audit, RefStatus.MISMATCH):
        if _belongs_elsewhere(checked):
            yield Hit(
                f"the identifier and the words of this reference are of two papers: {_differences(checked)}",
                entry.raw,
                checked.id,
                _of_record(checked),
                entry.line,
            )


def reference_differs(audit: Audit) -> Hits:
    """A reference of a page differs from the record of its paper.

    Why: a wrong year, volume or page sends the reader to another paper or to none.
    Fix: use the record's citation.
    """
    for entry, checked in _checked(audit, RefStatus.MISMATCH):
        if not _belongs_elsewhere(checked):
            yield Hit(
                f"the reference does not match the record: {_differences(checked)}",
                entry.raw,
                checked.id,
                _of_record(checked),
                entry.line,
            )


def reference_ambiguous(audit: Audit) -> Hits:
    """A reference of a page fits several papers.

    Why: twins (a pilot and its trial, two versions of a review) say different things.
    Fix: add what tells them apart: year, volume, pages or an identifier.
    """
    for entry, checked in _checked(audit, RefStatus.AMBIGUOUS):
        yield Hit("this reference fits more than one paper", entry.raw, checked.id, _of_record(checked), entry.line)


def reference_not_found(audit: Audit) -> Hits:
    """A reference of a page was not found in what was consulted.

    Why: it may not exist, be misspelt, or simply not be held; none of these is known.
    Fix: look it up in PubMed, and correct or replace it; or let PubMed be asked by setting NCBI_EMAIL.
    """
    for entry, checked in _checked(audit, RefStatus.NOT_FOUND):
        if is_no_paper(entry.raw):
            continue
        where = " and ".join(checked.consulted) or "what is held"
        said = f"not found in {where}; that does not mean that the paper does not exist"
        yield Hit(said, entry.raw, None, checked.suggestion, entry.line)


def marker_without_reference(audit: Audit) -> Hits:
    """A marker of a page points at no reference, or a reference is cited nowhere.

    Why: nobody can tell which sentence stands on which paper.
    Fix: add the missing entry, or put the marker of the entry behind the sentence that it bears out.
    """
    numbered = bool(audit.page.references)
    cited = {number for sentence in audit.page.sentences for number in sentence.references}
    cited |= {n for section in audit.page.sections for marker in section.markers for n in marker.references}
    for sentence in audit.page.sentences:
        for marker in sentence.markers:
            if marker.dangling:
                listed = "the page lists no references" if not numbered else "no entry of that name is listed"
                yield Hit(
                    f"the marker {marker.text} points at no reference ({', '.join(marker.dangling)}): {listed}",
                    sentence.text,
                    line=marker.line,
                    severity=Severity.ERROR,
                )
    for number, entry in enumerate(audit.page.references):
        if number not in cited and entry.listed:
            yield Hit("no sentence of the page cites this reference", entry.raw, audit.record(number), line=entry.line)


def listed_twice(audit: Audit) -> Hits:
    """The list of references of a page names the same paper twice.

    Why: one paper then looks like two.
    Fix: keep one entry and renumber the markers.
    """
    seen: dict[str, PageReference] = {}
    for number, entry in enumerate(audit.page.references):
        key = audit.record(number) or re.sub(r"\W+", " ", normal(entry.raw).lower()).strip()
        held = seen.setdefault(key, entry)
        if held is not entry and entry.listed:
            yield Hit(
                f"the same paper as the entry in line {held.line}", entry.raw, audit.record(number), line=entry.line
            )


RULES = (
    Rule("REF002", Severity.ERROR, page=identifier_of_another),
    Rule("REF003", Severity.ERROR, page=reference_differs),
    Rule("REF004", Severity.WARNING, page=reference_ambiguous),
    Rule("REF005", Severity.WARNING, page=reference_not_found),
    Rule("REF006", Severity.WARNING, page=marker_without_reference),
    Rule("REF007", Severity.WARNING, page=listed_twice),
)
