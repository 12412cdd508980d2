"""RIS and NBIB, the tagged formats of reference managers and of PubMed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pipeline.errors import FormatError
from pipeline.identifiers import parse_doi
from pipeline.models.references import Citation
from pipeline.models.sources import Article
from pipeline.references.entries import PMID, citation_of
from pipeline.references.strings import LONGEST
from pipeline.sources import nbib

NBIB = re.compile(r"^PMID ?- ?\d", re.MULTILINE)
_FIELD = re.compile(r"\s*([A-Z][A-Z0-9]) {1,2}- ?(.*)")


def read_ris(text: str) -> Iterator[Citation]:
    start, lines, fields = 1, list[str](), dict[str, list[str]]()
    tag = ""
    for number, line in enumerate([*text.splitlines(), "TY  - "], 1):
        match = _FIELD.fullmatch(line)
        if match and match[1] == "TY":
            if fields:
                yield _record("\n".join(lines), start, fields)
            start, lines, fields = number, [], {}
        if match:
            tag = match[1]
            fields.setdefault(tag, []).append(match[2].strip())
        elif fields and line.strip():
            fields[tag][-1] += " " + line.strip()
        lines.append(line)


def _record(raw: str, line: int, fields: dict[str, list[str]]) -> Citation:
    def first(*tags: str) -> str | None:
        return next((value for tag in tags for value in fields.get(tag, ()) if value), None)

    notes = " ".join(value for tag in ("AN", "UR", "N1", "M1", "L2", "C2") for value in fields.get(tag, ()))
    pmid = PMID.search(notes)
    number = first("AN", "PM")
    return citation_of(
        raw,
        line,
        [*fields.get("AU", ()), *fields.get("A1", ())],
        {
            "title": first("TI", "T1"),
            "journal": first("JO", "JF", "T2", "JA", "J2", "J1"),
            "year": first("PY", "Y1", "DA"),
            "volume": first("VL"),
            "issue": first("IS"),
            "pages": _pages(first("SP", "C7"), first("EP")),
            "doi": first("DO") or next((value for value in fields.get("UR", ()) if "doi.org/" in value), None),
            "pmid": pmid[1] if pmid else number if number and number.isdigit() else None,
        },
    )


def read_nbib(text: str) -> Iterator[Citation]:
    starts = [match.start() for match in NBIB.finditer(text)]
    line, counted = 1, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line, counted = line + text.count("\n", counted, start), start
        raw = text[start:end]
        try:
            (record,) = nbib.records(io.BytesIO(raw.encode()))
        except (FormatError, ValueError):
            yield Citation(raw=raw.strip()[:LONGEST], line=line)
        else:
            yield _of_record(raw.strip()[:LONGEST], line, record.article)


def _of_record(raw: str, line: int, article: Article) -> Citation:
    return Citation(
        raw=raw,
        line=line,
        authors=article.authors,
        et_al=not article.authors_complete,
        title=article.title or None,
        journal=article.journal or article.journal_title,
        year=article.published,
        volume=article.volume,
        issue=article.issue,
        pages=article.pages,
        pmid=article.pmid,
        doi=parse_doi(article.doi or ""),
    )


def _pages(first: str | None, last: str | None) -> str | None:
    first, last = (first or "").strip(), (last or "").strip()
    return f"{first}-{last}" if first and last and last != first and "-" not in first else first or None
