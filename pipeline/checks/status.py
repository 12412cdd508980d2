"""PUB and SRC: what became of a cited paper, and whether its real text was read."""

from __future__ import annotations

from pipeline.checks.rule import Hit, Hits, Review, Rule
from pipeline.models.findings import Severity
from pipeline.models.profile import cited_sources
from pipeline.models.sources import Article, NoticeKind


def _notices(review: Review, kind: NoticeKind) -> Hits:
    words = {NoticeKind.RETRACTION: "was retracted", NoticeKind.CONCERN: "carries an expression of concern"}
    for cited in review.cited:
        for key in sorted(cited_sources(cited.evidence)):
            source = review.sources.get(key)
            if isinstance(source, Article) and source.affected_by(kind):
                yield Hit(f"the cited paper {key} {words[kind]}", cited.id, key)


def retracted_support(review: Review) -> Hits:
    """A claim stands on a retracted paper.

    Why: a retracted result is not evidence, however often it is cited.
    Fix: drop the claim, or let it stand on a source that was not retracted.
    """
    yield from _notices(review, NoticeKind.RETRACTION)


def doubted_support(review: Review) -> Hits:
    """A claim stands on a paper with an expression of concern.

    Why: the journal itself warns of the result.
    Fix: say so in the claim, or cite another source.
    """
    yield from _notices(review, NoticeKind.CONCERN)


def synopsis_support(review: Review) -> Hits:
    """The profile stands on synopses instead of the papers' own abstracts.

    Why: a synopsis was written for this project from verified facts; only the abstract is what the authors said.
    Fix: set NCBI_EMAIL and run `monograph draft` again, so that the real abstracts are fetched, before publishing.
    """
    keys = cited_sources(review.profile.quotations)
    read = [source for key in keys if isinstance(source := review.sources.get(key), Article)]
    held = [source for source in read if source.text_origin == "synopsis"]
    if held:
        yield Hit(f"{len(held)} cited records are synopses, not abstracts: this draft is not to be published")


RULES = (
    Rule("PUB001", Severity.ERROR, retracted_support),
    Rule("PUB002", Severity.WARNING, doubted_support),
    Rule("SRC001", Severity.WARNING, synopsis_support),
)
