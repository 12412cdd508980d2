"""CSL-JSON, as Zotero and Crossref give it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import FormatError
from pipeline.models.references import Citation
from pipeline.models.sources import Author
from pipeline.references.entries import OTHERS, PMID, citation_of
from pipeline.references.strings import LONGEST

_SPACE = re.compile(r"\s*")


def read_csl(text: str, name: str) -> Iterator[Citation]:
    """The items of a list, of `{"items": [...]}`, or one item."""
    decoder = json.JSONDecoder()
    try:
        start = _past_space(text, 0)
        if text[start : start + 1] != "[":
            found = decoder.decode(text)
            items = found.get("items", [found]) if isinstance(found, dict) else []
            yield from (_item(json.dumps(item, ensure_ascii=False), 1, item) for item in items)
            return
        at, line, counted = _past_space(text, start + 1), 1, 0
        while text[at : at + 1] != "]":
            line, counted = line + text.count("\n", counted, at), at
            item, end = decoder.raw_decode(text, at)
            yield _item(text[at:end], line, item)
            at = _past_space(text, end)
            if text[at : at + 1] == ",":
                at = _past_space(text, at + 1)
            elif text[at : at + 1] != "]":
                raise json.JSONDecodeError("Expecting ',' or ']'", text, at)
    except json.JSONDecodeError as error:
        raise FormatError(
            f"{name} is not whole JSON: line {error.lineno}, {error.msg}", "export the references as CSL-JSON again"
        ) from error
    except RecursionError as error:
        raise FormatError(f"{name} is JSON too deep to be references", "export them as CSL-JSON again") from error


def _past_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _item(raw: str, line: int, item: Any) -> Citation:
    if not isinstance(item, dict):
        return Citation(raw=raw[:LONGEST], line=line)
    people = [author for author in _listed(item.get("author")) if isinstance(author, dict)]
    authors = tuple(author for person in people if (author := _csl_author(person)))
    note = PMID.search(_text(item.get("note")) or "")
    citation = citation_of(
        raw,
        line,
        [],
        {
            "title": _text(item.get("title")),
            "journal": _text(item.get("container-title")) or _text(item.get("container-title-short")),
            "year": _csl_year(item),
            "volume": _text(item.get("volume")),
            "issue": _text(item.get("issue")),
            "pages": _text(item.get("page")) or _text(item.get("article-number")) or _text(item.get("number")),
            "doi": _text(item.get("DOI")),
            "pmid": _text(item.get("PMID")) or (note[1] if note else None),
        },
    )
    more = tuple(author for author in authors if (author.collective or "").lower().rstrip(".") in OTHERS)
    authors = tuple(author for author in authors if author not in more)
    return citation.model_copy(update={"authors": authors, "et_al": bool(more)})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    """A text or a number; of a list the first."""
    if isinstance(value, list):
        return _text(value[0]) if value else None
    return (
        str(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip()
        else None
    )


def _csl_author(person: dict[str, Any]) -> Author | None:
    family = _text(person.get("family"))
    if not family:
        name = _text(person.get("literal")) or _text(person.get("name"))
        return Author(collective=name) if name else None
    particle = _text(person.get("non-dropping-particle")) or _text(person.get("dropping-particle"))
    return Author(
        family=f"{particle} {family}" if particle else family,
        initials=_text(person.get("given")),
        suffix=_text(person.get("suffix")),
    )


def _csl_year(item: dict[str, Any]) -> str | None:
    for key in ("issued", "published-print", "published", "published-online"):
        date = item.get(key)
        if isinstance(date, dict):
            parts = _listed(date.get("date-parts"))
            year = _text(parts[0]) if parts else None
            if year := year or _text(date.get("raw")) or _text(date.get("literal")):
                return year
    return _text(item.get("year"))
