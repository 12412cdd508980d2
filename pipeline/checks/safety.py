"""SAF: what may harm is not missing from the profile."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.rule import Review, Rule
from pipeline.models.findings import Severity
from pipeline.models.profile import cited_sources
from pipeline.models.sources import Label
from pipeline.models.studies import Design
from pipeline.text import any_of, normal

# The kinds of safety fact that a reader looks for, with the words by which a sentence or a heading speaks of one.
KINDS = {
    "contraindications": any_of(r"contra-?indicat", r"\bmust not be\b", r"\bboxed warning"),
    "interactions": any_of(r"\binteract"),
    "pregnancy": any_of(r"\bpregnan", r"\bbreast-?feed", r"\blactat"),
    "adverse effects": any_of(r"\badverse\b", r"\bside[- ]effects?\b", r"\bundesirable effects?\b"),
    "the liver": any_of(r"\bliver\b", r"\bhepat"),
}
TRIALS = (Design.RANDOMISED, Design.CONTROLLED, Design.SINGLE_ARM)
REQUIRED = ("contraindication", "boxed_warning", "interaction", "pregnancy")
# What is required whole of a label as openFDA gives it, which may run to hundreds of sentences; of the rest something.
WHOLE = ("contraindication", "boxed_warning")


def label_fact_missing(review: Review) -> Hits:
    """A contraindication, boxed warning, interaction or pregnancy statement of a label is not in the profile.

    Why: the sentence that is missing is the one that harms.
    Fix: run `monograph draft`, or restore the claim that cites the label.
    """
    quoted = {quotation.id for claim in review.profile.claims for quotation in claim.evidence}
    sentences = review.sentences
    told = {(sentences[i].source, sentences[i].section) for i in quoted & sentences.keys()}
    for sentence in sentences.values():
        label = review.sources.get(sentence.source)
        if not isinstance(label, Label) or sentence.section not in REQUIRED or sentence.id in quoted:
            continue
        part = (sentence.source, sentence.section)
        if label.set_id is None or sentence.section in WHOLE or part not in told:
            told.add(part)
            yield Hit(f"missing from the profile ({sentence.section}): {sentence.text}", source=sentence.source)


def kind_missing(review: Review) -> Hits:
    """The profile says nothing on a kind of safety fact: contraindications, interactions, pregnancy, harms, the liver.

    Why: a reader takes silence for "no risk".
    Fix: say what is known of it, or that nothing was found.
    """
    sections = [s for s in review.profile.sections if s.id.partition("/")[0] == "safety"]
    filled = [s for s in sections if s.note or s.claims]
    words = [text for s in filled for text in (s.title, s.note or "", *(claim.text for claim in s.claims))]
    text = normal("\n".join(words))
    for kind, pattern in KINDS.items() if filled else ():
        if not pattern.search(text):
            yield Hit(f"nothing is said of {kind}")


def harms_not_told(review: Review) -> Hits:
    """Trials that the profile cites for their effect report harms, and the profile tells none of them.

    Why: the benefit is read as free.
    Fix: cite the sentences on adverse effects beside those on benefit.
    """
    quoted = {quotation.id for quotation in review.profile.quotations}
    cited = [review.studies[key] for key in cited_sources(review.profile.quotations) if key in review.studies]
    people = [s for s in cited if s.species is None or s.species.value == "human"]
    trials = [s for s in people if s.harms and s.design.value in TRIALS]
    if trials and not any(quoted & set(study.harms) for study in people):
        sentence = review.sentences.get(trials[0].harms[0])
        yield Hit(
            f"{len(trials)} cited trials report harms, and none is told",
            source=trials[0].source,
            quote=sentence.text if sentence else None,
        )


RULES = (
    Rule("SAF001", Severity.ERROR, label_fact_missing),
    Rule("SAF002", Severity.WARNING, kind_missing),
    Rule("SAF003", Severity.WARNING, harms_not_told),
)
