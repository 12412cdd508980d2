"""What became of references, as people and programs read it."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from pipeline.identifiers import source_words
from pipeline.models.references import CheckedReference, Citation, NoticeMark, RefStatus
from pipeline.render.terminal import plain, say

WIDTH = 80
LABEL = 11  # the columns before what a label names
MOST = 600  # characters of a reference that are shown
_STATUS = {
    RefStatus.MATCH: ("ok", "green", "", "reference is as the record says"),
    RefStatus.MISMATCH: ("error", "bold red", "REF003", "reference does not match the record"),
    RefStatus.AMBIGUOUS: ("warning", "yellow", "REF004", "reference fits more than one paper"),
    RefStatus.NOT_FOUND: (
        "warning",
        "yellow",
        "REF005",
        "no paper was found that fits; that does not say there is none",
    ),
    RefStatus.UNCHECKED: ("warning", "yellow", "REF005", "reference could not be checked"),
}
_RETRACTED = ("error", "bold red", "PUB001", "the paper was retracted")
_WORDS = {
    "retraction": "RETRACTED",
    "concern": "expression of concern",
    "erratum": "erratum",
    "republication": "republished",
    "update": "newer version",
}


def as_json(checked: Sequence[CheckedReference]) -> str:
    """The outcomes as one JSON document; plain ASCII."""
    return json.dumps({"references": [one.model_dump(mode="json") for one in checked]}, indent=2)


def status_of(checked: Sequence[CheckedReference]) -> int:
    """1 where a reference differs from its record or names a retracted paper; 2 where none could be checked; else 0."""
    if any(one.status is RefStatus.MISMATCH or _retracted(one) for one in checked):
        return 1
    return 2 if checked and all(one.status is RefStatus.UNCHECKED for one in checked) else 0


def show(path: Path, citations: Sequence[Citation], checked: Sequence[CheckedReference], *, asked: bool) -> None:
    """Every reference that is not simply right, what its record says, and what would mend it; then the count."""
    for citation, one in zip(citations, checked, strict=True):
        if one.status is not RefStatus.MATCH or one.notices or one.suggestion:
            say(_block(path.name, citation, one))
    counts = Counter(one.status for one in checked)
    said = [f"{counts[status]} {status.value.replace('_', ' ')}" for status in RefStatus if counts[status]]
    said += [f"{retracted} retracted"] if (retracted := sum(map(_retracted, checked))) else []
    say(f"checks  {len(checked)} reference{'s'[: len(checked) != 1]}: {', '.join(said)}")
    if not asked:
        say("        PubMed was not asked; consulted: the library and the bundled papers")


def _retracted(one: CheckedReference) -> bool:
    return any(notice.kind == "retraction" for notice in one.notices)


def _block(name: str, citation: Citation, one: CheckedReference) -> Text:
    word, colour, code, message = _STATUS[one.status]
    if one.status is RefStatus.MATCH and _retracted(one):
        word, colour, code, message = _RETRACTED
    elif one.status is RefStatus.MATCH:
        word, code = "info", ""
    block = Text(plain(f"{name}:{citation.line or 1}  ")).append(word, colour)
    block.append(f"  {code}  {message}\n" if code else f"  {message}\n")
    for label, said in _lines(citation, one):
        block.append(plain(_wrapped(label, said)) + "\n")
    return block


def _lines(citation: Citation, one: CheckedReference) -> Iterator[tuple[str, str]]:
    yield "given", written(citation)
    record, *remarks = (one.suggestion or "").split("\n")
    if one.status is RefStatus.MATCH:
        yield from [("record", record)] if record else [("record", source_words(one.id or ""))]
    elif one.status is RefStatus.MISMATCH:
        yield "record", record
        yield "", ", ".join(f"{d.field} {d.given} → {d.found}" for d in one.differences)
        remarks = ["use the record's citation", *remarks]
    elif record:
        yield "see", record
    for notice in one.notices:
        yield "notice", _notice(notice)
    label = "fix" if one.status is RefStatus.MISMATCH else "note" if one.status is RefStatus.MATCH else ""
    if remarks and one.status is RefStatus.MISMATCH:
        yield label, "; ".join(remarks)
    else:
        yield from ((label, remark) for remark in remarks)


def _notice(notice: NoticeMark) -> str:
    by = f" ({source_words(notice.id)})" if notice.id else ""
    return f"{_WORDS.get(notice.kind, notice.kind)}{f' {notice.date}' if notice.date else ''}{by}"


def _wrapped(label: str, text: str) -> str:
    """A label and its text, within 80 columns."""
    head = f"   {label}".ljust(LABEL)
    said = text if len(text) <= MOST else f"{text[:MOST]}..."
    lines = textwrap.wrap(said, WIDTH, initial_indent=head, subsequent_indent=" " * LABEL, break_on_hyphens=False)
    return "\n".join(lines) or head.rstrip()


def written(citation: Citation) -> str:
    """A reference as a person reads it: running text as it stands, the fields of a format in one line."""
    if citation.plain or not (citation.title or citation.authors):
        return " ".join(citation.raw.split())
    names = ", ".join([*(author.name for author in citation.authors), *(["et al"] if citation.et_al else [])])
    where = f"{citation.volume or ''}{f'({citation.issue})' if citation.issue else ''}"
    when = ";".join(str(part) for part in (citation.year, where) if part)
    place = ":".join(part for part in (when, citation.pages) if part)
    ids = [f"PMID {citation.pmid}" if citation.pmid else "", f"doi:{citation.doi}" if citation.doi else ""]
    parts = [part.rstrip(".") for part in (names, citation.title, citation.journal, place, *ids) if part]
    return ". ".join(parts)
