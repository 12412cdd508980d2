"""References in the formats that people keep them in: BibTeX, RIS, NBIB, CSL-JSON, and plain text.

The format is found from the content, and from the name of the file only where the content leaves it open. An entry that
cannot be read is kept as a citation without parts; a file that cannot be read at all is a FormatError.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.errors import FormatError
from pipeline.identifiers import parse_doi, parse_pmid
from pipeline.models.references import Citation
from pipeline.models.sources import Article, Author
from pipeline.references.lists import entries
from pipeline.references.names import is_group, read_names
from pipeline.references.strings import LONGEST, read_string
from pipeline.sources import nbib

_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*(?:\{|\]))")
_RIS = re.compile(r"^\s*TY {1,2}- ?", re.MULTILINE)
_NBIB = re.compile(r"^PMID ?- ?\d", re.MULTILINE)
_BIBTEX = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE)
_RIS_FIELD = re.compile(r"\s*([A-Z][A-Z0-9]) {1,2}- ?(.*)")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PMID = re.compile(
    r"(?:PMID\b\W*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)([1-9]\d{0,8})", re.IGNORECASE
)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"{}]+")
_OTHERS = ("others", "et al", "et. al")
_SPACE = re.compile(r"\s*")


def read_references(text: str, name: str) -> tuple[Citation, ...]:
    """The references of a file, in order, each with the line on which it begins.

    Raises FormatError where the text holds none, or is JSON that cannot be read.
    """
    if "\0" in text:
        raise FormatError(
            f"{name} is not a text file", "give a file of references: text, BibTeX, RIS, NBIB or CSL-JSON"
        )
    text = text.removeprefix("\ufeff")
    citations = tuple(_reader(text, name)(text))
    if not citations:
        raise FormatError(f"{name} holds no reference", "give one reference a line, or BibTeX, RIS, NBIB or CSL-JSON")
    return citations


def _reader(text: str, name: str) -> Callable[[str], Iterator[Citation]]:
    suffix = name.lower().rpartition(".")[2]
    if _JSON.match(text) or suffix == "json":
        return lambda text: _csl(text, name)
    for pattern, ending, reader in ((_RIS, "ris", _ris), (_NBIB, "nbib", _nbib), (_BIBTEX, "bib", _bibtex)):
        if pattern.search(text) and (suffix == ending or pattern.match(text.lstrip()) or suffix not in ("txt", "md")):
            return reader
    return _plain


def _plain(text: str) -> Iterator[Citation]:
    return (read_string(entry.text, entry.line) for entry in entries(text))


def _pages(first: str | None, last: str | None) -> str | None:
    first, last = (first or "").strip(), (last or "").strip()
    return f"{first}-{last}" if first and last and last != first and "-" not in first else first or None


def _people(names: list[str]) -> tuple[tuple[Author, ...], bool]:
    """Authors given one by one, as `Family, Given, Suffix`, `Given Family` or a group."""
    people: list[Author] = []
    et_al = False
    for name in (" ".join(name.split()) for name in names):
        if name.lower().rstrip(".") in _OTHERS:
            et_al = True
        elif "," in name:
            family, given, *suffix = [part.strip() for part in name.split(",")]
            if suffix and len(given) <= 4 and given.rstrip(".") in ("Jr", "Sr", "II", "III", "IV"):
                given, suffix = suffix[0], [given]
            people.append(Author(family=family, initials=given or None, suffix=suffix[0] if suffix else None))
        elif name:
            read, more = read_names(name)
            people += [Author(collective=name)] if is_group(name) else read
            et_al = et_al or more
    return tuple(people), et_al


def _citation(raw: str, line: int, names: list[str], fields: dict[str, str | None]) -> Citation:
    """A citation of fields that a format names; identifiers are cleaned, empty fields are None."""
    authors, et_al = _people(names)
    given = {key: " ".join(value.split()) or None for key, value in fields.items() if value}
    year, doi, pmid = (given.pop(key, None) for key in ("year", "doi", "pmid"))
    found = _YEAR.search(year or "")
    named = _DOI.search(doi or "")
    return Citation(
        raw=raw[:LONGEST].strip(),
        line=line,
        authors=authors,
        et_al=et_al,
        year=int(found[0]) if found else None,
        doi=parse_doi(named[0]) if named else None,
        pmid=parse_pmid(pmid) if pmid else None,
        **given,
    )


# --- BibTeX ------------------------------------------------------------------------------------------------


def _bibtex(text: str) -> Iterator[Citation]:
    import bibtexparser
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").setLevel(
        logging.CRITICAL
    )  # what it cannot read is told as a citation of no parts
    for block in bibtexparser.parse_string(text).blocks:
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
    pmid = values.get("pmid") or next((match[1] for match in _PMID.finditer(notes)), None)
    citation = _citation(
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

        try:
            text = LatexNodes2Text(math_mode="text").latex_to_text(text[:LONGEST])
        except (ValueError, IndexError, RecursionError):  # LaTeX that is none stays as it was written
            pass
    return " ".join(text.replace("{", "").replace("}", "").replace("~", " ").split())


# --- RIS and NBIB ------------------------------------------------------------------------------------------


def _ris(text: str) -> Iterator[Citation]:
    start, lines, fields = 1, list[str](), dict[str, list[str]]()
    tag = ""
    for number, line in enumerate([*text.splitlines(), "TY  - "], 1):
        match = _RIS_FIELD.fullmatch(line)
        if match and match[1] == "TY":
            if fields:
                yield _ris_record("\n".join(lines), start, fields)
            start, lines, fields = number, [], {}
        if match:
            tag = match[1]
            fields.setdefault(tag, []).append(match[2].strip())
        elif fields and line.strip():
            fields[tag][-1] += " " + line.strip()
        lines.append(line)


def _ris_record(raw: str, line: int, fields: dict[str, list[str]]) -> Citation:
    def first(*tags: str) -> str | None:
        return next((value for tag in tags for value in fields.get(tag, ()) if value), None)

    notes = " ".join(value for tag in ("AN", "UR", "N1", "M1", "L2", "C2") for value in fields.get(tag, ()))
    pmid = _PMID.search(notes)
    number = first("AN", "PM")
    return _citation(
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


def _nbib(text: str) -> Iterator[Citation]:
    starts = [match.start() for match in _NBIB.finditer(text)]
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


# --- CSL-JSON ----------------------------------------------------------------------------------------------


def _csl(text: str, name: str) -> Iterator[Citation]:
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
    note = _PMID.search(_text(item.get("note")) or "")
    citation = _citation(
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
    more = tuple(author for author in authors if (author.collective or "").lower().rstrip(".") in _OTHERS)
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
