"""New evidence, weighed against what a profile says: what is better or opposite names the claim it challenges.

Nothing new enters a profile here: an author takes it in with the next draft. Until then it waits in the profile, with
the claims it speaks against, and no grade counts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.drafting.dossier import Dossier
from pipeline.drafting.wording import capital
from pipeline.grading import counts_as_efficacy, grade_of
from pipeline.identifiers import slug
from pipeline.models.nights import Regraded
from pipeline.models.profile import Challenge, Profile, Waiting, cited_sources
from pipeline.models.sources import Article, NoticeKind
from pipeline.models.studies import CASES, OBSERVED, SYNTHESES, Design, Direction, Study
from pipeline.refresh.touching import regraded

# How much the design of a study can say of an effect in people: of two, the lower says more.
_STRENGTH = {
    **dict.fromkeys((Design.RANDOMISED, *SYNTHESES), 0),
    Design.CONTROLLED: 1,
    **dict.fromkeys((Design.SINGLE_ARM, *OBSERVED), 2),
    **dict.fromkeys(CASES, 3),
    Design.ANIMAL: 4,
}
_FIRM = frozenset({Direction.BENEFIT, Direction.NO_DIFFERENCE, Direction.HARM})
_PASSED_OVER = (Design.COMMENT, Design.NOTICE)
_REGISTERED = re.compile(r"\b(?:NCT\d{8}|ISRCTN\d{8}|ACTRN\d{14}|EUCTR\d{4}-\d{6}-\d{2}|ChiCTR[\w-]{8,20})\b")


class Weighed(NamedTuple):
    """A new record as it waits, the grades that it alone would change, the plans whose results it has, and the known
    records of which it is a newer version."""

    waiting: Waiting
    grades: tuple[Regraded, ...]
    plans: tuple[str, ...]
    versions: tuple[str, ...]


def weighed(before: Dossier, after: Dossier, new: Sequence[str], profile: Profile) -> tuple[Weighed, ...]:
    """The new records that are studies of the compound, as they wait beside `profile`: challenges first, then by key.

    `before` is what the profile was drawn from, `after` the same with the new records. A record that names the compound
    in passing, has no abstract, or is itself a comment or a notice is passed over.
    """
    found = []
    for key in sorted(new):
        study, article = after.studies.get(key), after.articles[key]
        if study is None or not article.abstract or study.retracted or study.superseded:
            continue
        if article.affected_by(NoticeKind.DELETED):
            continue
        if study.design.value not in _PASSED_OVER:
            found.append(_weigh(before, after, study, article, profile))
    return tuple(
        sorted(found, key=lambda each: (not each.waiting.challenges, not each.waiting.harm, each.waiting.source))
    )


def _weigh(before: Dossier, after: Dossier, study: Study, article: Article, profile: Profile) -> Weighed:
    topics = [topic.name for topic in after.topics if study in after.by_topic[topic.name]]
    versions = tuple(_versions(before, article))
    plans = tuple(_plans(before, study, article))
    challenges = [Challenge(claim=claim, how="version") for key in versions for claim in _claims(profile, key)]
    challenges += [Challenge(claim=claim, how="results") for key in plans for claim in _claims(profile, key)]
    if not versions:
        challenges += [c for topic in topics for c in _challenges(before, topic, study, profile)]
    articles = {**before.articles, article.key: article}
    grades = []
    for topic in topics:
        if counts_as_efficacy(study) and topic in before.grades:
            others = [known for known in before.by_topic[topic] if known.source not in versions]
            change = regraded(f"evidence/{slug(topic)}", before.grades[topic], grade_of((*others, study), articles))
            grades += [change] if change else []
    waiting = Waiting(
        source=study.source,
        topics=tuple(capital(topic) for topic in topics),
        design=study.design.value,
        n=study.n.value if study.n else None,
        direction=study.direction.value,
        harm=_is_about_harm(study),
        challenges=tuple({challenge.claim: challenge for challenge in reversed(challenges)}.values())[::-1],
    )
    return Weighed(waiting, tuple(grades), plans, versions)


def _is_about_harm(study: Study) -> bool:
    """True for a study of safety, one that found harm, and a case that tells of an adverse effect."""
    harm = study.aim == "safety" or study.direction.value is Direction.HARM
    return harm or (study.design.value in CASES and bool(study.harms))


def _versions(before: Dossier, article: Article) -> list[str]:
    """The known records that a new one says it replaces: an earlier version, a preprint."""
    kinds = (NoticeKind.UPDATE, NoticeKind.REPUBLICATION)
    named = {n.id for n in article.notices if n.role == "notice" and n.kind in kinds and n.id}
    return sorted(named & before.studies.keys())


def _challenges(before: Dossier, topic: str, study: Study, profile: Profile) -> Iterator[Challenge]:
    """The claims of a topic that a new study speaks against: by its direction, or by being the better one.

    A study of animals speaks against no study of people, nor a weaker design against a stronger one.
    """
    rank = _STRENGTH.get(study.design.value)
    if rank is None or not counts_as_efficacy(study) or topic not in before.by_topic:
        return
    section = f"evidence/{slug(topic)}"
    ranked = [
        (_STRENGTH[known.design.value], -known.size, known.source, known)
        for known in before.by_topic[topic]
        if known.design.value in _STRENGTH and counts_as_efficacy(known)
    ]
    ranked.sort(key=lambda each: each[:3])
    for strength, _, _, known in ranked:
        directions = {known.direction.value, study.direction.value}
        if strength >= rank and len(directions) == 2 and directions <= _FIRM:
            yield from (Challenge(claim=c, how="opposite") for c in _claims(profile, known.source, section)[:1])
    if ranked and study.direction.value is not Direction.UNCLEAR:
        strength, size, _, best = ranked[0]
        if rank < strength or (rank == strength and study.size > -size > 0):
            yield from (Challenge(claim=c, how="better") for c in _claims(profile, best.source, section)[:1])


def _claims(profile: Profile, source: str, section: str | None = None) -> list[str]:
    """The claims on a source, in one section or in all, in reading order."""
    return [
        claim.id
        for each in profile.sections
        if section in (None, each.id)
        for claim in each.claims
        if source in cited_sources(claim.evidence)
    ]


def _plans(before: Dossier, study: Study, article: Article) -> Iterator[str]:
    """The known protocols of trials whose results the new paper has, by the numbers under which they are registered."""
    if not study.results or study.design.value is Design.PROTOCOL:
        return
    numbers = _registrations(article)
    for key, known in sorted(before.studies.items()):
        if known.design.value is Design.PROTOCOL and numbers & _registrations(before.articles[key]):
            yield key


def _registrations(article: Article) -> set[str]:
    return {*article.registrations, *_REGISTERED.findall(article.text)}
