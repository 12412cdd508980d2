"""The marks of a reference: short hashes of all that a night looks at, so that an unchanged record costs nothing.

`changes` looks at the same things: two references of one source have the same mark exactly where nothing that matters
differs. Dates of revision, status, comments and identifiers that no reference prints are not looked at: NLM touches
records every night without changing what they say.
"""

from __future__ import annotations

import re

from pipeline.models.profile import Reference
from pipeline.models.sources import Article, Notice, NoticeKind
from pipeline.profiles import short_digest
from pipeline.references.vancouver import authors

PRINTED = ("title", "journal", "year", "month", "year_electronic", "medline_date", "volume", "issue", "pages", "doi")
WATCHED = frozenset(NoticeKind) - {NoticeKind.COMMENT, NoticeKind.OTHER}
NOTICE_TYPES = frozenset(
    {
        "Retracted Publication",
        "Retraction of Publication",
        "Retraction Notice",
        "Partial Retraction",
        "Expression of Concern",
        "Published Erratum",
        "Corrected and Republished Article",
        "Duplicate Publication",
    }
)
_TOLD = re.compile(rb"<ArticleTitle\b.*?</ArticleTitle>|<AbstractText\b.*?</AbstractText>", re.DOTALL)
_ASIDE = re.compile(
    rb"<Affiliation>.*?</Affiliation>|<Grant>.*?</Grant>|<(?:LastName|ForeName|CollectiveName|CoiStatement)>[^<]*",
    re.DOTALL,
)
_PARTIAL = re.compile(r"partial(?:ly)?[ -]?retract", re.IGNORECASE)


def mark(reference: Reference) -> str:
    """A short hash of all that `changes` looks at, so that an unchanged record is known without its files."""
    article = reference.article
    if article is None:
        parts = [f"{kind} {part}" for kind, part in sorted(reference.parts.items())] or [reference.hash]
        return short_digest("\n".join([*parts, "withdrawn" if reference.withdrawn else ""]))
    printed = [str(getattr(article, field)) for field in PRINTED]
    types = sorted(set(article.publication_types) - NOTICE_TYPES)
    parts = [reference.hash, reference.headings or "", authors(article), *printed, "types", *types, standing(reference)]
    return short_digest("\n".join(parts))


def standing(reference: Reference) -> str:
    """A short hash of what notices say of a paper: all that a synopsis and the real record can be compared by."""
    notices = affecting(reference.article) if reference.article else ()
    told = sorted(f"{n.kind.value} {n.id} {'' if n.id else n.citation} {is_partial(n)}" for n in notices)
    return short_digest("\n".join(told))


def affecting(article: Article) -> tuple[Notice, ...]:
    """The notices on a paper itself that a night looks at."""
    return tuple(n for n in article.notices if n.role == "affected" and n.kind in WATCHED)


def is_partial(notice: Notice) -> bool:
    """True for a partial retraction, which NLM counts among the errata."""
    return notice.kind is NoticeKind.ERRATUM and bool(_PARTIAL.search(f"{notice.ref_type} {notice.citation}"))


def is_aside(old: bytes, new: bytes) -> bool:
    """True where two versions of a record (XML) differ in affiliations, names or funding, and not in what they tell."""
    return _parts(_TOLD, old) == _parts(_TOLD, new) and _parts(_ASIDE, old) != _parts(_ASIDE, new)


def _parts(pattern: re.Pattern[bytes], xml: bytes) -> list[bytes]:
    return [b" ".join(found.split()) for found in pattern.findall(xml)]
