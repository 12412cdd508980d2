"""Which sentences of a study carry what: its facts, what it found, what it says of adverse effects."""

from __future__ import annotations

import re
from collections.abc import Collection

from pipeline.drafting.dossier import Dossier
from pipeline.drafting.wording import MOST_DOSES
from pipeline.models.studies import Evidence, Study
from pipeline.text import any_of, normal

LEAST_FINDING = 1.0
NO_FINDINGS = ("background", "introduction", "objective", "aim", "purpose", "method", "design", "setting")
FOUND = any_of(
    r"\b(?:found|showed?n?|reported|observed|judged|concluded?|estimated|suggests?|indicates?|remained)\b",
    r"\b(?:was|were|is|are|had) (?:\w+ )?(?:not|higher|lower|better|worse|blocked|too|\d|about|associated|found)\b",
    r"\b(?:increased|decreased|reduced|inhibited|blocked|restored|raised|lowered|prevented|required|needed)\b",
    r"\b(?:half-(?:time|life)|bioavailability|blockade|occupancy) [^.]{0,40}\b(?:was|were)\b",
)
NOT_FOUND = any_of(
    r"\b(?:aim(?:ed|s)?|objective|purpose|hypothesi[sz]ed|investigated|examined|evaluated|assessed|measured|compared)\b",
    r"\b(?:received|was given|were given|searched|search|included|sources seen|will be|to determine)\b",
    r"\b(?:enrolled|extracted|collected|recruited)\b",
    r"\b(?:may|might|can|could|warranted)\b",
    r"\b(?:is|was) (?:not )?(?:a (?:placebo-controlled )?trial|a review|based on|made in)\b",
)

HARM = any_of(
    r"\b(?:adverse|side effects?|serious|toler\w+|nausea|vomiting|insomnia|dreams|fatigue|toxicity|died|deaths?)\b",
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


def findings(dossier: Dossier, study: Study) -> tuple[str, ...]:
    """The evidence ids of what a study found: the main outcome, what did not differ, the rest.

    Where the rules on outcomes found none (a review, a study of mechanism), the sentence that most plainly states a
    finding on the compound serves. A closing sentence that only repeats the result is left out after others.
    """
    sentences = dossier.evidence[study.source]
    if study.results:
        last = sentences[-1].id
        ordered = dict.fromkeys((study.results[0], *study.nulls, *study.results[1:]))
        return tuple(i for i in ordered if not i.endswith(":0") and (i != last or i == study.results[0]))
    if study.aim == "safety" and study.harms:
        return tuple(i for i in [harm_of(dossier, study)] if i)
    facts = set(fact_ids(study))
    entitled = dossier.names.search(normal(sentences[0].text)) is not None
    named = [s for s in sentences[1:] if entitled or dossier.names.search(normal(s.text))]

    def worth(sentence: Evidence) -> float:
        return _states_a_finding(sentence, facts) + 0.4 * bool(dossier.names.search(normal(sentence.text)))

    best = max(named, key=lambda s: (worth(s), -s.number), default=None)
    if best is None or worth(best) < LEAST_FINDING:
        return ()
    return tuple(dict.fromkeys((best.id, *study.nulls)))


def harm_of(dossier: Dossier, study: Study) -> str | None:
    """The sentence that says most of a study's adverse effects; None where it has none beyond its own design."""
    facts = set(design_ids(study))
    scored = [
        (
            _states_a_finding(sentence, facts) + 2.0 * bool(HARM.search(normal(sentence.text))),
            -sentence.number,
            identifier,
        )
        for identifier in study.harms
        if identifier not in facts and (sentence := dossier.sentences[identifier])
    ]
    best = max(scored, default=None)
    return best[2] if best is not None and best[0] > 0 else None


def states_a_finding(study: Study, sentence: Evidence) -> bool:
    """True for a sentence that plainly says what was found."""
    return _states_a_finding(sentence, set(fact_ids(study))) >= LEAST_FINDING


def _states_a_finding(sentence: Evidence, facts: Collection[str]) -> float:
    text = normal(sentence.text)
    label = (sentence.section or "").lower()
    if any(part in label for part in NO_FINDINGS):
        return -2.0
    score = 2.0 * ("result" in label or "finding" in label) + 1.0 * ("conclusion" in label)
    score += 1.0 * bool(FOUND.search(text)) + 0.5 * bool(re.search(r"\d", text))
    return score - 3.0 * bool(NOT_FOUND.search(text)) - 2.0 * (sentence.id in facts)
