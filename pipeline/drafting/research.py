"""The research sections: evidence by topic with its grade, mechanism, and the table of doses that were studied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.drafting.claims import protocol_claim, result_claims
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.statements import fact_ids, findings
from pipeline.drafting.wording import animals, capital, design_words, dose_words, frequency_words
from pipeline.grading import counts_as_efficacy
from pipeline.identifiers import footnote_label, slug, source_words
from pipeline.models.profile import Claim, DoseRow, Point, Section
from pipeline.models.sources import NoticeKind
from pipeline.models.studies import SYNTHESES, Design, Direction, Study
from pipeline.quantities import show

MOST_PER_TOPIC = 12
MOST_REVIEWS = 3
MOST_MECHANISM = 8
MOST_OTHERS = 10

# The order in which a careful reader wants designs: trials, syntheses, other people, cases, animals, reviews.
READING_ORDER = {
    design: rank
    for rank, design in enumerate(
        (
            Design.RANDOMISED,
            Design.META_ANALYSIS,
            Design.SYSTEMATIC_REVIEW,
            Design.CONTROLLED,
            Design.SINGLE_ARM,
            Design.COHORT,
            Design.CASE_CONTROL,
            Design.CROSS_SECTIONAL,
            Design.CASE_SERIES,
            Design.CASE_REPORT,
            Design.UNCLEAR,
            Design.ANIMAL,
            Design.IN_VITRO,
            Design.REVIEW,
            Design.PROTOCOL,
        )
    )
}


def in_reading_order(dossier: Dossier, studies: Iterable[Study]) -> list[Study]:
    """Strong designs first, those that bear on efficacy before others, then the larger and the newer study."""

    def place(study: Study) -> tuple[object, ...]:
        year = dossier.articles[study.source].published or 0
        rank = READING_ORDER.get(study.design.value, len(READING_ORDER))
        return not counts_as_efficacy(study), rank, -study.size, -year, study.source

    return sorted(studies, key=place)


def without_repeats(claims: Iterable[Claim], told: set[str]) -> tuple[Claim, ...]:
    """The claims whose result, the last sentence they cite, was not told before; `told` is added to."""
    kept = []
    for claim in claims:
        result = claim.evidence[-1].id
        if result not in told:
            told.add(result)
            kept.append(claim)
    return tuple(kept)


def topic_section(dossier: Dossier, topic: str, told: set[str]) -> Section:
    """A topic: its grade, then its studies, the most decisive first whatever they found; planned trials last.

    `told` holds the sentences told in earlier sections and is added to, so that none stands twice in a profile.
    """
    section = f"evidence/{slug(topic)}"
    studies = in_reading_order(dossier, dossier.by_topic[topic])
    usable = [
        s
        for s in studies
        if not (s.retracted or s.superseded) and s.design.value not in (Design.PROTOCOL, Design.IN_VITRO)
    ]
    reviews = [s for s in usable if s.design.value is Design.REVIEW]
    primary = [s for s in usable if s.design.value is not Design.REVIEW and s.aim != "pharmacokinetics"]
    claims: list[Claim] = []
    for study in primary[:MOST_PER_TOPIC] + reviews[: MOST_REVIEWS if not primary else 1]:
        counted = counts_as_efficacy(study) or study.design.value is Design.REVIEW
        claims.extend(result_claims(dossier, section, study, counted=counted))
    claims.extend(protocol_claim(dossier, section, s) for s in studies if s.design.value is Design.PROTOCOL)
    kept = without_repeats(claims, told)
    note = None
    if not kept:
        seen = ", ".join(sorted({source_words(s.source) for s in studies}))
        note = dossier.nothing_found
        if seen:
            note = f"The records on this topic ({seen}) are told elsewhere in this profile or give no result."
    return Section(id=section, title=capital(topic), grade=dossier.grades[topic], note=note, claims=kept)


def evidence_sections(dossier: Dossier, told: set[str]) -> tuple[Section, ...]:
    """The heading of the research evidence and a section for each topic, in the author's order, then as discovered."""
    note = None if dossier.topics else f"No topic was found in the sources searched on {dossier.date.isoformat()}."
    head = Section(id="evidence", title="Research evidence", note=note)
    return (head, *(topic_section(dossier, topic.name, told) for topic in dossier.topics))


def other_section(dossier: Dossier, told: set[str]) -> Section | None:
    """Studies that show an effect or its absence and belong to no topic, told but not graded.

    Those in animals are told only where no topic was found. None where there is nothing to tell.
    """
    placed = {s.source for studies in dossier.by_topic.values() for s in studies}
    free = (s for s in dossier.studies.values() if s.source not in placed and counts_as_efficacy(s))
    loose = [s for s in free if s.aim == "efficacy" and s.direction.value is not Direction.UNCLEAR]
    people = [s for s in loose if s.design.value is not Design.ANIMAL]
    chosen = in_reading_order(dossier, people or ([] if dossier.topics else loose))[:MOST_OTHERS]
    claims = without_repeats((c for s in chosen for c in result_claims(dossier, "others", s)), told)
    note = "Not graded: these studies belong to no topic of this profile."
    return Section(id="others", title="Other studies of effect", note=note, claims=claims) if claims else None


def mechanism_section(dossier: Dossier, told: set[str]) -> Section:
    """What is known of how the compound works: studies of mechanism and pharmacokinetics, in people first."""
    chosen = {s.source: s for studies in dossier.by_mechanism.values() for s in studies}
    about = [s for s in dossier.studies.values() if s.aim in ("mechanism", "pharmacokinetics")]
    chosen |= {s.source: s for s in about}
    order = {"human": 0, "animal": 1, "in vitro": 2, None: 3}
    usable = [
        s
        for s in chosen.values()
        if not s.retracted and s.design.value not in (*SYNTHESES, Design.COMMENT, Design.PROTOCOL)
    ]
    named = {s.source for studies in dossier.by_mechanism.values() for s in studies}
    usable.sort(
        key=lambda s: (
            s.design.value is Design.REVIEW,
            s.source not in named,
            order[s.species.value if s.species else None],
            -(dossier.articles[s.source].published or 0),
            s.source,
        )
    )
    claims = [c for s in usable[:MOST_MECHANISM] for c in result_claims(dossier, "mechanism", s)]
    kept = without_repeats(claims, told)
    note = None if kept else dossier.nothing_found
    return Section(id="mechanism", title="Mechanism of action", note=note, claims=kept)


def _who(study: Study) -> str | None:
    number = f"{study.n.value:,} " if study.n else ""
    if study.species and study.species.value == "animal":
        return number + animals(study)
    return number + study.population.value if study.population else (f"n = {number.strip()}" if number else None)


def dose_rows(dossier: Dossier) -> tuple[DoseRow, ...]:
    """A row for each study that gave a stated dose to people or animals; people first, the larger study first."""
    given = [
        s
        for s in dossier.studies.values()
        if s.doses
        and not s.retracted
        and s.species is not None
        and s.species.value != "in vitro"
        and s.design.value not in (*SYNTHESES, Design.REVIEW, Design.COMMENT, Design.NOTICE)
    ]
    given.sort(
        key=lambda s: (
            s.species is None or s.species.value != "human",
            READING_ORDER.get(s.design.value, len(READING_ORDER)),
            -s.size,
            s.source,
        )
    )
    return tuple(_row(dossier, study) for study in given)


def _row(dossier: Dossier, study: Study) -> DoseRow:
    parts = (study.route.value if study.route else None, frequency_words(study))
    route = ", ".join(part for part in parts if part)
    planned = "protocol: no results" if study.design.value is Design.PROTOCOL else design_words(study)
    return DoseRow(
        id=f"doses/{footnote_label(study.source)}",
        source=study.source,
        dose=dose_words(study.doses),
        route=route or None,
        duration=show(study.duration.value) if study.duration else None,
        population=_who(study),
        design=planned,
        evidence=dossier.quote(*fact_ids(study)),
    )


def points(dossier: Dossier) -> tuple[Point, ...]:
    """The studies of the evidence map: each topic's studies that bear on efficacy and have a year."""
    return tuple(
        Point(
            source=study.source,
            row=capital(topic.name),
            year=year,
            n=study.n.value if study.n else None,
            design=study.design.value,
            direction=study.direction.value,
        )
        for topic in dossier.topics
        for study in sorted(dossier.by_topic[topic.name], key=lambda s: s.source)
        if counts_as_efficacy(study) and (year := dossier.articles[study.source].published) is not None
    )


def kept_out(dossier: Dossier, cited: Sequence[str]) -> dict[str, str]:
    """The records that were retrieved and are not cited, with the reason for each."""
    reasons = {}
    topics = {s.source for studies in dossier.by_topic.values() for s in studies}
    for key, article in dossier.articles.items():
        study = dossier.studies.get(key)
        if key in cited:
            continue
        if study is None:
            retracted = article.affected_by(NoticeKind.RETRACTION)
            reasons[key] = "retracted" if retracted else "names the compound only in passing"
            continue
        design = study.design.value
        if study.retracted or study.superseded:
            reasons[key] = "retracted" if study.retracted else "superseded by a newer version"
        elif design in (Design.COMMENT, Design.NOTICE):
            reasons[key] = f"a {design.value}, not a study"
        elif not article.abstract:
            reasons[key] = "no abstract in its record"
        elif not findings(dossier, study):
            reasons[key] = "its record states no result"
        elif design is Design.REVIEW:
            reasons[key] = "a narrative review; its primary sources are preferred"
        elif key not in topics:
            reasons[key] = "not about a topic of this profile"
        else:
            reasons[key] = "stronger, larger or newer studies of the same topic are cited"
    return reasons
