"""From one study to its claims: a frame of verified facts, and the result as the source states it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.drafting.dossier import Dossier
from pipeline.drafting.statements import fact_ids, findings
from pipeline.drafting.wording import (
    article_for,
    capital,
    design_words,
    regimen_words,
    run_on,
    sample_words,
    verdict_words,
)
from pipeline.identifiers import footnote_label
from pipeline.models.profile import Claim, Quotation
from pipeline.models.studies import SYNTHESES, Study
from pipeline.profiles import claim_hash

MOST_FURTHER = 2


def claim(section: str, source: str, role: str, text: str, evidence: Sequence[Quotation]) -> Claim:
    """A claim with its stable id `<section>/<source>-<role>` and the hash of its text as drafted."""
    return Claim(
        id=f"{section}/{footnote_label(source)}-{role}",
        text=text,
        evidence=tuple(evidence),
        drafted=claim_hash(text, [quotation.id for quotation in evidence]),
    )


def quoted(dossier: Dossier, identifier: str) -> str:
    """A cited sentence as it goes into a claim: in quotation marks where the words are the source's own."""
    sentence = dossier.sentences[identifier]
    article = dossier.articles.get(sentence.source)
    own_words = article.text_origin == "synopsis" if article else sentence.source not in dossier.live_labels
    return run_on(sentence.text, dossier.compound.name, dossier.common) if own_words else f"“{sentence.text}”"


def frame_words(study: Study, name: str) -> str:
    """What a study was, in words: its design, treatment and sample as far as they are known."""
    design = article_for(design_words(study))
    if study.design.value in SYNTHESES:
        return f"{design}{sample_words(study)}"
    return f"{design} of {regimen_words(study, name)}{sample_words(study)}"


def result_claims(dossier: Dossier, section: str, study: Study, *, counted: bool = True) -> tuple[Claim, ...]:
    """What a study found, framed by what it was; then, each as a claim of its own, what else its results say.

    `counted` is false for a study that the section's grade leaves out, and then the claim says so. Empty for a study
    without a sentence on results.
    """
    name = dossier.compound.name
    results = findings(dossier, study)
    if not results:
        return ()
    frame = frame_words(study, name)
    told = "reported" if study.design.value in SYNTHESES else verdict_words(study, name)
    main, *further = results
    lead = capital(frame) if counted else f"Not counted towards the grade: {frame}"
    text = f"{lead} {told}: {quoted(dossier, main)}"
    claims = [claim(section, study.source, "result", text, dossier.quote(*fact_ids(study), main))]
    for number, identifier in enumerate(further[:MOST_FURTHER], 1):
        text = f"In the same study: {quoted(dossier, identifier)}"
        claims.append(claim(section, study.source, f"also-{number}", text, dossier.quote(identifier)))
    return tuple(claims)


def protocol_claim(dossier: Dossier, section: str, study: Study) -> Claim:
    """That a trial is planned or under way and has no results here."""
    text = f"Planned or under way, without results in this record: {quoted(dossier, f'{study.source}:1')}"
    return claim(section, study.source, "protocol", text, dossier.quote(study.design.evidence, f"{study.source}:1"))
