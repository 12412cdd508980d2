"""References in the formats that people keep them in: BibTeX, RIS, NBIB, CSL-JSON, and plain text.

The format is found from the content, and from the name of the file only where the content leaves it open. An entry that
cannot be read is kept as a citation without parts; a file that cannot be read at all is a FormatError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.errors import FormatError
from pipeline.models.references import Citation
from pipeline.references.bibtex import read_bibtex
from pipeline.references.csl import read_csl
from pipeline.references.lists import entries
from pipeline.references.strings import LONGEST, read_string
from pipeline.references.tagged import NBIB, read_nbib, read_ris

_JSON = re.compile(r"\s*(?:\{\s*\"|\[\s*(?:\{|\]))")
_RIS = re.compile(r"^\s*TY {1,2}- ?", re.MULTILINE)
_BIBTEX = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE)


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
        return lambda text: read_csl(text, name)
    for pattern, ending, reader in ((_RIS, "ris", read_ris), (NBIB, "nbib", read_nbib), (_BIBTEX, "bib", read_bibtex)):
        if pattern.search(text) and (suffix == ending or pattern.match(text.lstrip()) or suffix not in ("txt", "md")):
            return reader
    return _plain


def _plain(text: str) -> Iterator[Citation]:
    return (read_string(entry.text[:LONGEST], entry.line) for entry in entries(text))
