"""From one study to its claims: a frame of verified facts, and the result as the source states it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

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
from pipeline.models.studies import Evidence, Study
from pipeline.profiles import claim_hash
from pipeline.text import any_of, normal

MOST_FURTHER = 2
LEAST_FINDING = 1.0
FOUND = any_of(
    r"\b(?:found|showed?n?|reported|observed|judged|concluded?|estimated|suggests?|indicates?|remained)\b",
    r"\b(?:was|were|is|are|had) (?:\w+ )?(?:not|higher|lower|better|worse|blocked|too|\d|about|associated|found)\b",
    r"\b(?:increased|decreased|reduced|inhibited|blocked|restored|raised|lowered|prevented|required|needed)\b",
    r"\b(?:half-(?:time|life)|bioavailability|blockade|occupancy) [^.]{0,40}\b(?:was|were)\b",
)
NOT_FOUND = any_of(
    r"\b(?:aim(?:ed|s)?|objective|purpose|hypothesi[sz]ed|investigated|examined|evaluated|assessed|measured|compared)\b",
    r"\b(?:received|was given|were given|searched|search|included|sources seen|will be|enrolled|to determine)\b",
)


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
    words = (study.population, study.animals, study.kind, study.uncontrolled)
    return tuple(f.evidence for f in (*facts, *words) if f is not None and f.evidence is not None)


def fact_ids(study: Study) -> tuple[str, ...]:
    """The sentences on which a study's whole frame stands: design, size and treatment."""
    facts = (*study.doses[:MOST_DOSES], study.route, study.frequency, study.duration, study.combined)
    return design_ids(study) + tuple(f.evidence for f in facts if f is not None and f.evidence is not None)


def quoted(dossier: Dossier, identifier: str) -> str:
    """A cited sentence as it goes into a claim: in quotation marks where the words are the paper's own."""
    sentence = dossier.sentences[identifier]
    article = dossier.articles.get(sentence.source)
    own_words = article is None or article.text_origin == "synopsis"
    return run_on(sentence.text, dossier.compound.name) if own_words else f"“{sentence.text}”"


def result_claims(dossier: Dossier, section: str, study: Study, *, counted: bool = True) -> tuple[Claim, ...]:
    """What a study found, framed by what it was; then, each as a claim of its own, what else its results say.

    `counted` is false for a study that the section's grade leaves out, and then the claim says so. Empty for a study
    without a sentence on results.
    """
    name = dossier.compound.name
    results = findings(dossier, study)
    if not results:
        return ()
    design = design_words(study)
    if study.design.value in SYNTHESES:
        frame, told = f"{article_for(design)}{sample_words(study)}", "reported"
    else:
        frame = f"{article_for(design)} of {regimen_words(study, name)}{sample_words(study)}"
        told = verdict_words(study, name)
    main, *further = results
    lead = frame[0].upper() + frame[1:] if counted else f"Not counted towards the grade: {frame}"
    text = f"{lead} {told}: {quoted(dossier, main)}"
    claims = [claim(section, study.source, "result", text, dossier.quote(*fact_ids(study), main))]
    for number, identifier in enumerate(further[:MOST_FURTHER], 1):
        text = f"In the same study: {quoted(dossier, identifier)}"
        claims.append(claim(section, study.source, f"also-{number}", text, dossier.quote(identifier)))
    return tuple(claims)


def findings(dossier: Dossier, study: Study) -> tuple[str, ...]:
    """The evidence ids of what a study found: the main outcome, what did not differ, the rest.

    Where the rules on outcomes found none (a review, a study of mechanism), the sentence that most plainly states a
    finding serves. A closing sentence that only repeats the result is left out after others.
    """
    sentences = dossier.evidence[study.source]
    if study.results:
        last = sentences[-1].id
        ordered = dict.fromkeys((study.results[0], *study.nulls, *study.results[1:]))
        return tuple(i for i in ordered if not i.endswith(":0") and (i != last or i == study.results[0]))
    if study.aim == "safety" and study.harms:
        return study.harms
    facts = set(fact_ids(study))
    best = max(sentences[1:], key=lambda s: (_states_a_finding(s, facts), -s.number), default=None)
    return (best.id,) if best is not None and _states_a_finding(best, facts) >= LEAST_FINDING else ()


def _states_a_finding(sentence: Evidence, facts: Collection[str]) -> float:
    text = normal(sentence.text)
    label = (sentence.section or "").lower()
    score = 2.0 * ("result" in label or "finding" in label) + 1.0 * ("conclusion" in label)
    score += 1.0 * bool(FOUND.search(text)) + 0.5 * bool(re.search(r"\d", text))
    return score - 3.0 * bool(NOT_FOUND.search(text)) - 2.0 * (sentence.id in facts)


def protocol_claim(dossier: Dossier, section: str, study: Study) -> Claim:
    """That a trial is planned or under way and has no results here."""
    text = f"Planned or under way, without results in this record: {quoted(dossier, f'{study.source}:1')}"
    return claim(section, study.source, "protocol", text, dossier.quote(study.design.evidence, f"{study.source}:1"))
