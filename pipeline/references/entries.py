"""A citation from the fields that a format names, cleaned in one way for all of them."""

from __future__ import annotations

import re

from pipeline.identifiers import parse_doi, parse_pmid
from pipeline.models.references import Citation
from pipeline.models.sources import Author
from pipeline.references.names import is_group, read_names
from pipeline.references.strings import LONGEST

OTHERS = ("others", "et al", "et. al")  # what stands in a list of authors for those left out
PMID = re.compile(
    r"(?:PMID\b\W*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)([1-9]\d{0,8})", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"{}]+")


def people(names: list[str]) -> tuple[tuple[Author, ...], bool]:
    """Authors given one by one, as `Family, Given, Suffix`, `Given Family` or a group."""
    found: list[Author] = []
    et_al = False
    for name in (" ".join(name.split()) for name in names):
        if name.lower().rstrip(".") in OTHERS:
            et_al = True
        elif "," in name:
            family, given, *suffix = [part.strip() for part in name.split(",")]
            if suffix and len(given) <= 4 and given.rstrip(".") in ("Jr", "Sr", "II", "III", "IV"):
                given, suffix = suffix[0], [given]
            found.append(Author(family=family, initials=given or None, suffix=suffix[0] if suffix else None))
        elif name:
            read, more = read_names(name)
            found += [Author(collective=name)] if is_group(name) else read
            et_al = et_al or more
    return tuple(found), et_al


def citation_of(raw: str, line: int, names: list[str], fields: dict[str, str | None]) -> Citation:
    """A citation of fields that a format names; identifiers are cleaned, empty fields are None."""
    authors, et_al = people(names)
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
