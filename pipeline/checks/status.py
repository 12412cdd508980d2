"""PUB and SRC: what became of a cited paper, and whether its real text was read."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.identifiers import source_words
from pipeline.models.findings import Severity
from pipeline.models.profile import cited_sources
from pipeline.models.sources import Article, Notice, NoticeKind, Source
from pipeline.models.studies import Design, Study


def _notices(review: Review, kind: NoticeKind) -> Hits:
    words = {NoticeKind.RETRACTION: "was retracted", NoticeKind.CONCERN: "carries an expression of concern"}
    for cited in review.cited:
        for key in sorted(cited_sources(cited.evidence)):
            source = review.sources.get(key)
            if isinstance(source, Article) and source.affected_by(kind):
                yield Hit(f"the cited paper {source_words(key)} {words[kind]}", cited.id, key)


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


def correction_not_named(review: Review) -> Hits:
    """A cited paper was corrected, and the profile does not name the correction.

    Why: the number that was cited may be the one that was wrong.
    Fix: run `monograph draft`, which prints the correction beside the reference; then read it.
    """
    for key in cited_sources(review.profile.quotations):
        source, reference = review.sources.get(key), review.references.get(key)
        told = reference and reference.article and reference.article.affected_by(NoticeKind.ERRATUM)
        if isinstance(source, Article) and source.affected_by(NoticeKind.ERRATUM) and not told:
            named = ", ".join(n.id for n in source.notices if n.kind is NoticeKind.ERRATUM and n.id)
            yield Hit(f"{key} was corrected{f' by {named}' if named else ''}, which is not named", source=key)


def superseded_support(review: Review) -> Hits:
    """A claim stands on a source that a later one replaced: an older version, a preprint, a plan with known results.

    Why: what the later paper says may be the opposite, and it is the one that counts.
    Fix: cite the newer version; fetch it first where it is not held.
    """
    results = published_results(review.studies, review.sources)
    for cited in review.cited:
        for key in cited.sources:
            source, study = review.sources.get(key), review.studies.get(key)
            if not isinstance(source, Article):
                continue
            later = next((n for n in source.notices if n.role == "affected" and _replaces(n)), None)
            told = {results[number] for number in source.registrations if number in results} - {key}
            if later is not None:
                newer = f" by {source_words(later.id)}" if later.id else ""
                yield Hit(f"{source_words(key)} was replaced{newer}", cited.id, key)
            elif told and study is not None and study.design.value is Design.PROTOCOL:
                yield Hit(
                    f"{source_words(key)} is a plan whose results are in {source_words(min(told))}", cited.id, key
                )


def published_results(studies: Mapping[str, Study], sources: Mapping[str, Source]) -> dict[str, str]:
    """The registrations of trials whose results are held, each with the key of the paper that has them."""
    return {
        number: key
        for key, study in studies.items()
        if study.results and study.design.value is not Design.PROTOCOL
        if isinstance(source := sources.get(key), Article)
        for number in source.registrations
    }


def _replaces(notice: Notice) -> bool:
    """True for a newer version, or a corrected one; a mere reprint replaces nothing."""
    corrected = notice.kind is NoticeKind.REPUBLICATION and (notice.ref_type or "").lower().startswith("corrected")
    return notice.kind is NoticeKind.UPDATE or corrected


def notice_cited(review: Review) -> Hits:
    """A claim stands on a record that is itself a notice, an erratum or a comment on another paper.

    Why: it holds no data of its own; what it says is about somebody else's.
    Fix: cite the paper that it is about, or drop the claim.
    """
    for cited in review.cited:
        for key in cited.sources:
            study = review.studies.get(key)
            if study is not None and study.design.value in (Design.NOTICE, Design.COMMENT):
                yield Hit(f"{source_words(key)} is a {study.design.value}, not a study", cited.id, key)


def challenged(review: Review) -> Hits:
    """Newer evidence waits to be weighed that speaks against a claim.

    Why: a reader would take the claim for the state of knowledge, and it may be so no more.
    Fix: read the new record, then run `monograph draft`, which takes it in.
    """
    claims = {claim.id for claim in review.profile.claims}
    for record in review.profile.waiting:
        for challenge in record.challenges:
            if challenge.claim in claims:
                yield Hit(f"{source_words(record.source)} {_CHALLENGES[challenge.how]}", challenge.claim, record.source)


_CHALLENGES = {
    "better": "is a stronger study of the same, and waits to be weighed",
    "opposite": "found otherwise, and waits to be weighed",
    "results": "has the results of this plan, and waits to be weighed",
    "version": "is a newer version of what is cited, and waits to be weighed",
}


def retracted_within(review: Review) -> Hits:
    """A claim stands on a review whose reference list holds a retracted paper.

    Why: the review's result may rest on data that were withdrawn since.
    Fix: look whether the review included that paper's data; if so say it in the claim, or cite another source.
    """
    for cited in review.cited:
        for key in cited.sources:
            reference = review.references.get(key)
            if reference is not None and reference.rests_on:
                papers = ", ".join(source_words(pmid) for pmid in reference.rests_on)
                yield Hit(f"{source_words(key)} refers to {papers}, retracted", cited.id, key)


def deleted_support(review: Review) -> Hits:
    """A claim stands on a record that PubMed, or a label that openFDA, does not hold any more.

    Why: nobody can look it up; a label goes with its product, a record that stood there twice or by mistake is deleted.
    Fix: find the paper under another PMID or by its DOI, or let the claim stand on another source.
    """
    for cited in review.cited:
        for key in cited.sources:
            reference = review.references.get(key)
            if reference and reference.article and reference.article.affected_by(NoticeKind.DELETED):
                yield Hit(f"{source_words(key)} was deleted from PubMed", cited.id, key)
            elif reference and reference.withdrawn:
                yield Hit(f"{source_words(key)} is held by openFDA no more", cited.id, key)


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
    Rule("PUB003", Severity.WARNING, correction_not_named),
    Rule("PUB004", Severity.WARNING, superseded_support),
    Rule("PUB006", Severity.WARNING, notice_cited),
    Rule("PUB007", Severity.WARNING, challenged),
    Rule("PUB008", Severity.WARNING, retracted_within),
    Rule("PUB009", Severity.WARNING, deleted_support),
    Rule("SRC001", Severity.WARNING, synopsis_support),
)
