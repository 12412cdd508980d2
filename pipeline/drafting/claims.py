"""From one study to its claims: a frame of verified facts, and the result as the source states it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.drafting.dossier import Dossier
from pipeline.drafting.wording import (
    MOST_DOSES,
    SYNTHESES,
    article_for,
    design_words,
    regimen_words,
    run_on,
    sample_words,
    verdict_words,
)
from pipeline.identifiers import footnote_label
from pipeline.models.profile import Claim, Quotation
from pipeline.models.studies import Study
from pipeline.profiles import claim_hash


def claim(section: str, source: str, role: str, text: str, evidence: Sequence[Quotation]) -> Claim:
    """A claim with its stable id `<section>/<source>-<role>` and the hash of its text as drafted."""
    return Claim(
        id=f"{section}/{footnote_label(source)}-{role}",
        text=text,
        evidence=tuple(evidence),
        drafted=claim_hash(text, [quotation.id for quotation in evidence]),
    )


def design_ids(study: Study) -> tuple[str, ...]:
    """The sentences on which the words for a study's design and size stand."""
    facts = (study.design, study.blinding, study.control, study.crossover, study.pilot, study.trials, study.n)
    words = (study.population, study.animals, study.kind)
    return tuple(f.evidence for f in (*facts, *words) if f is not None and f.evidence is not None)


def fact_ids(study: Study) -> tuple[str, ...]:
    """The sentences on which a study's whole frame stands: design, size and treatment."""
    facts = (*study.doses[:MOST_DOSES], study.route, study.frequency, study.duration)
    return design_ids(study) + tuple(f.evidence for f in facts if f is not None and f.evidence is not None)


def quoted(dossier: Dossier, identifier: str) -> str:
    """A cited sentence as it goes into a claim: in quotation marks where the words are the paper's own."""
    sentence = dossier.sentences[identifier]
    article = dossier.articles.get(sentence.source)
    own_words = article is None or article.text_origin == "synopsis"
    return run_on(sentence.text, dossier.compound.name) if own_words else f"“{sentence.text}”"


def result_claims(dossier: Dossier, section: str, study: Study) -> tuple[Claim, ...]:
    """What a study found, framed by what it was; then, as a claim of its own, what did not differ in it.

    Empty for a study without a sentence on results. Each sentence of the source is used once.
    """
    name = dossier.compound.name
    if not study.results:
        return ()
    design = design_words(study)
    if study.design.value in SYNTHESES:
        frame = f"{article_for(design)}{sample_words(study)}"
        told = "reported"
    else:
        frame = f"{article_for(design)} of {regimen_words(study, name)}{sample_words(study)}"
        told = verdict_words(study, name)
    frame = frame[0].upper() + frame[1:]
    used = fact_ids(study)
    main = study.results[0]
    text = f"{frame} {told}: {quoted(dossier, main)}"
    claims = [claim(section, study.source, "result", text, dossier.quote(*used, main))]
    further = [i for i in dict.fromkeys((*study.nulls, *study.results[1:])) if i != main and not i.endswith(":0")]
    for number, identifier in enumerate(further[:2], 1):
        word = "Not different in the same study" if identifier in study.nulls else "Also in the same study"
        text = f"{word}: {quoted(dossier, identifier)}"
        claims.append(claim(section, study.source, f"also-{number}", text, dossier.quote(identifier)))
    return tuple(claims)


def protocol_claim(dossier: Dossier, section: str, study: Study) -> Claim:
    """That a trial is planned or under way and has no results here."""
    text = f"Planned or under way, without results in this record: {quoted(dossier, f'{study.source}:1')}"
    return claim(section, study.source, "protocol", text, dossier.quote(study.design.evidence, f"{study.source}:1"))
