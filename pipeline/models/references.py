"""A reference as somebody wrote it, and what came of holding it against the records."""

from __future__ import annotations

from enum import StrEnum

from pipeline.models.base import Frozen
from pipeline.models.sources import Author


class Citation(Frozen):
    """The parts of a written reference, each None where it is not given or could not be told apart.

    `raw` is the reference as written, `line` where it begins in its file (counted from 1). `et_al` is true where the
    list of authors says that it goes on. `plain` is true for running text, whose parts are told apart by reading; they
    are told apart again when the record is known, which says where the title begins and ends.
    """

    raw: str
    line: int | None = None
    authors: tuple[Author, ...] = ()
    et_al: bool = False
    title: str | None = None
    journal: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    pmid: str | None = None
    doi: str | None = None
    plain: bool = False


class RefStatus(StrEnum):
    """What is known of a reference. `not_found` never means that the paper does not exist."""

    MATCH = "match"
    MISMATCH = "mismatch"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"
    UNCHECKED = "unchecked"


class Difference(Frozen):
    """A field in which a reference and its record differ."""

    field: str
    given: str
    found: str


class NoticeMark(Frozen):
    """A notice on the paper that a reference names: retraction, concern, erratum, ..."""

    kind: str
    id: str | None = None
    date: str | None = None


class CheckedReference(Frozen):
    """The outcome for one reference: `id` is the record's key, `suggestion` the corrected reference in words,
    `consulted` where was looked ("library", "pubmed"), in order."""

    input: str
    status: RefStatus
    id: str | None = None
    differences: tuple[Difference, ...] = ()
    notices: tuple[NoticeMark, ...] = ()
    suggestion: str | None = None
    consulted: tuple[str, ...] = ()
