"""PUB: what became of the papers that a page lists."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.rule import Rule
from pipeline.checks.status import published_results
from pipeline.identifiers import source_words
from pipeline.models.findings import Severity
from pipeline.models.pages import PageReference
from pipeline.models.sources import Article, NoticeKind
from pipeline.models.studies import Design
from pipeline.text import any_of, normal

SAID = any_of(r"\bretract\w*|\bwithdrawn\b|\bexpression of concern\b")
CORRECTED = any_of(r"\berrat(?:um|a)\b|\bcorrect(?:ed|ion)\b|\bcorrigend\w+")


def _cited(audit: Audit) -> Iterator[tuple[PageReference, Article]]:
    for number, entry in enumerate(audit.page.references):
        key = audit.record(number)
        if key is not None:
            yield entry, audit.cited[key]


def _noticed(audit: Audit, kind: NoticeKind) -> Iterator[tuple[PageReference, Article, str]]:
    for entry, article in _cited(audit):
        if article.affected_by(kind):
            notice = next(n for n in article.notices if n.kind is kind and n.role == "affected")
            by = ", ".join(part for part in (notice.date, source_words(notice.id) if notice.id else None) if part)
            yield entry, article, f" ({by})" if by else ""


def retracted_support(audit: Audit) -> Hits:
    """A page cites a retracted paper.

    Why: a retracted result is not evidence, however often it is cited.
    Fix: drop what stands on it, or say that it was retracted.
    """
    for entry, article, by in _noticed(audit, NoticeKind.RETRACTION):
        if not SAID.search(normal(entry.raw)):
            yield Hit(f"{source_words(article.key)} was retracted{by}", entry.raw, article.key, line=entry.line)


def doubted_support(audit: Audit) -> Hits:
    """A page cites a paper with an expression of concern.

    Why: the journal itself warns of the result.
    Fix: say so on the page, or cite another source.
    """
    for entry, article, by in _noticed(audit, NoticeKind.CONCERN):
        if not SAID.search(normal(entry.raw)):
            said = f"{source_words(article.key)} carries an expression of concern{by}"
            yield Hit(said, entry.raw, article.key, line=entry.line)


def correction_not_named(audit: Audit) -> Hits:
    """A page cites a corrected paper and does not name the correction.

    Why: the number that was cited may be the one that was wrong.
    Fix: read the correction, and name it beside the reference.
    """
    for entry, article, by in _noticed(audit, NoticeKind.ERRATUM):
        if not CORRECTED.search(normal(entry.raw)):
            said = f"{source_words(article.key)} was corrected{by}, which is not named"
            yield Hit(said, entry.raw, article.key, line=entry.line)


def superseded_support(audit: Audit) -> Hits:
    """A page cites a source that a later one replaced: an older version, or a plan whose results are held.

    Why: what the later paper says may be the opposite, and it is the one that counts.
    Fix: cite the newer version.
    """
    results = published_results(audit.held.studies, audit.held.articles)
    for entry, article in _cited(audit):
        study = audit.studies.get(article.key)
        notice = next((n for n in article.notices if n.kind is NoticeKind.UPDATE and n.role == "affected"), None)
        if notice is not None:
            newer = f" by {source_words(notice.id)}" if notice.id else ""
            yield Hit(f"{source_words(article.key)} was replaced{newer}", entry.raw, article.key, line=entry.line)
        elif study is not None and study.design.value is Design.PROTOCOL:
            told = {results[number] for number in article.registrations if number in results}
            if told:
                said = f"{source_words(article.key)} is a plan whose results are in {source_words(min(told))}"
                yield Hit(said, entry.raw, article.key, line=entry.line)


def notice_cited(audit: Audit) -> Hits:
    """A page cites a record that is itself a notice, an erratum or a comment on another paper.

    Why: it holds no data of its own; what it says is about somebody else's.
    Fix: cite the paper that it is about.
    """
    for entry, article in _cited(audit):
        study = audit.studies.get(article.key)
        if study is not None and study.design.value in (Design.NOTICE, Design.COMMENT):
            said = f"{source_words(article.key)} is a {study.design.value.value}, not a study"
            yield Hit(said, entry.raw, article.key, line=entry.line)


RULES = (
    Rule("PUB001", Severity.ERROR, page=retracted_support),
    Rule("PUB002", Severity.WARNING, page=doubted_support),
    Rule("PUB003", Severity.WARNING, page=correction_not_named),
    Rule("PUB004", Severity.WARNING, page=superseded_support),
    Rule("PUB006", Severity.WARNING, page=notice_cited),
)
