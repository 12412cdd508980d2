"""BibTeX and BibLaTeX, read by bibtexparser; an entry that is broken is a citation without parts."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import suppress

from pipeline.models.references import Citation
from pipeline.models.sources import Author
from pipeline.references.entries import PMID, citation_of
from pipeline.references.strings import LONGEST


def read_bibtex(text: str) -> Iterator[Citation]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").setLevel(
        logging.CRITICAL
    )  # what it cannot read is told as a citation of no parts
    for block in parse_string(text).blocks:
        entry = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else block
        line = (block.start_line or 0) + 1
        if isinstance(entry, Entry):
            yield _entry(entry.raw or "", line, {f.key.lower(): str(f.value) for f in entry.fields})
        elif isinstance(entry, ParsingFailedBlock):
            yield Citation(raw=(block.raw or "").strip()[:LONGEST] or "@", line=line)


def _entry(raw: str, line: int, fields: dict[str, str]) -> Citation:
    values = {key: _unlatexed(value) for key, value in fields.items() if key not in ("author", "abstract", "file")}
    names = [name.strip() for name in _authors_of(fields.get("author", ""))]
    groups = {name for name in names if name.startswith("{") and name.endswith("}")}
    first = next((values[key] for key in ("journal", "journaltitle", "fjournal", "booktitle") if values.get(key)), None)
    notes = " ".join(values.get(key, "") for key in ("note", "url", "eprint", "annote"))
    pmid = values.get("pmid") or next((match[1] for match in PMID.finditer(notes)), None)
    citation = citation_of(
        raw,
        line,
        [_unlatexed(name) for name in names if name not in groups],
        {
            "title": values.get("title"),
            "journal": first,
            "year": values.get("year") or values.get("date"),
            "volume": values.get("volume"),
            "issue": values.get("number") or values.get("issue"),
            "pages": re.sub(r"-+", "-", values.get("pages") or values.get("eid") or values.get("article-number") or ""),
            "doi": values.get("doi") or (values.get("url") if "doi.org" in values.get("url", "") else None),
            "pmid": pmid,
        },
    )
    collective = tuple(Author(collective=_unlatexed(name)) for name in names if name in groups)
    return citation.model_copy(update={"authors": (*citation.authors, *collective)}) if collective else citation


def _authors_of(text: str) -> list[str]:
    """The names between `and`, where that is not inside braces."""
    parts, depth = [""], 0
    for piece in re.split(r"([{}]|\s+and\s+)", text):
        depth += (piece == "{") - (piece == "}")
        if depth <= 0 and piece.strip() == "and":
            parts.append("")
        else:
            parts[-1] += piece
    return [part for part in parts if part.strip()]


def _unlatexed(text: str) -> str:
    if "\\" in text or "$" in text:
        from pylatexenc.latex2text import LatexNodes2Text

        with suppress(ValueError, IndexError, RecursionError):  # LaTeX that is none stays as it was written
            text = LatexNodes2Text(math_mode="text").latex_to_text(text[:LONGEST])
    return " ".join(text.replace("{", "").replace("}", "").replace("~", " ").split())
