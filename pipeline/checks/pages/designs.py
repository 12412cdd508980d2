"""DES: a page tells what the papers behind its sentences were, and whom they studied, as it was."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.pages.held import in_short
from pipeline.checks.pages.statements import unnegated
from pipeline.checks.rule import Rule
from pipeline.identifiers import source_words
from pipeline.models.findings import Severity
from pipeline.models.pages import PageSentence
from pipeline.models.studies import SYNTHESES, Design, Study
from pipeline.text import any_of

COMPARING = (Design.RANDOMISED, Design.CONTROLLED, *SYNTHESES)
# What a sentence may call a study, and the designs that may be called so.
CALLED = (
    (any_of(r"\bRCTs?\b", r"\brandomi[sz]ed\b", r"\brandomly assigned\b"), (Design.RANDOMISED, *SYNTHESES)),
    (any_of(r"\bplacebo[- ]controlled\b", r"\bcontrolled (?:clinical )?trials?\b"), COMPARING),
    (any_of(r"\bdouble[- ](?:blind(?:ed)?|masked)\b"), COMPARING),
    (any_of(r"\bmeta-?analys[ie]s\b"), (Design.META_ANALYSIS,)),
    (any_of(r"\bsystematic reviews?\b"), SYNTHESES),
)
PEOPLE = any_of(
    r"\b(?:patients?|people|persons?|humans?|women|men|adults|children|participants?|volunteers?|athletes|users)\b",
    r"\b(?:clinical(?:ly)? (?:trials?|proven|stud(?:y|ies)|shown))\b",
)
ANIMALS = any_of(
    r"\b(?:animals?|rats?|mice|mouse|murine|rodents?|rabbits?|dogs?|pigs?|monkeys?|preclinical|pre-clinical|in vitro"
    r"|cells?|cultured?|laboratory|bench)\b",
)


def design_not_so(audit: Audit) -> Hits:
    """A page calls a study more than the paper behind the sentence was.

    Why: a pilot that is called a randomised trial weighs like one.
    Fix: name the design as the paper does, or cite the trial that was meant.
    """
    told = {(sentence.line, sentence.text) for sentence in audit.page.statements if overstated(audit, sentence)}
    for hit in audit.told("DES002"):
        if (hit.line, hit.claim) not in told:
            yield hit
    for sentence in audit.page.statements:
        if over := overstated(audit, sentence):
            word, studies = over
            yield Hit(
                _words(audit, sentence, word, studies),
                sentence.text,
                studies[0].source,
                audit.better(sentence, {study.source for study in studies}),
                sentence.line,
            )


def behind(audit: Audit, sentence: PageSentence) -> list[Study]:
    """The studies behind a sentence: those it cites, else those of the list that it evidently describes."""
    keys = (
        audit.sources(sentence)
        if sentence.markers
        else tuple(key for number in audit.described(sentence) if (key := audit.record(number)) is not None)
    )
    return [audit.studies[key] for key in keys if key in audit.studies]


def overstated(audit: Audit, sentence: PageSentence) -> tuple[str, list[Study]] | None:
    """The word for a design that none of the studies behind a sentence is, with those studies."""
    if audit.supported(sentence):
        return None
    studies = [s for s in behind(audit, sentence) if s.design.value is not Design.UNCLEAR]
    for pattern, allowed in CALLED if studies else ():
        word = unnegated(pattern, sentence.text)
        if word and not any(_may_be_called(study, word, allowed) for study in studies):
            return word, studies
    return None


def _may_be_called(study: Study, word: str, allowed: tuple[Design, ...]) -> bool:
    if study.design.value not in allowed:
        return False
    if word.lower().startswith("double") and study.design.value not in SYNTHESES:
        return study.blinding is None or study.blinding.value == "double-blind"
    return True


def _words(audit: Audit, sentence: PageSentence, word: str, studies: list[Study]) -> str:
    what = "; ".join(in_short(study) for study in studies[:3])
    if sentence.markers:
        return f"'{word}' stands on a study that is none: {what}"
    numbers = [n for n in audit.described(sentence) if audit.record(n) == studies[0].source]
    named = audit.label(numbers[0]) if numbers else source_words(studies[0].source)
    more = f" ({what})" if len(studies) > 1 else f": it is a {what}"
    return f"{named} is not the trial that this sentence describes ('{word}'){more}"


def animals_as_people(audit: Audit) -> Hits:
    """A page tells a result in animals or cells as if it were of people.

    Why: most effects in animals are never seen in people.
    Fix: name the species or the laboratory, or cite a study of people.
    """
    seen: set[tuple[int, str]] = set()
    for hit in audit.told("DES001"):
        seen.add((hit.line or 0, hit.claim or ""))
        yield hit
    for sentence in audit.page.statements:
        studies = behind(audit, sentence)
        lab = [s for s in studies if s.species is not None and s.species.value != "human"]
        if not lab or len(lab) < len(studies) or (sentence.line, sentence.text) in seen or audit.supported(sentence):
            continue
        word = unnegated(PEOPLE, sentence.text)
        if word and not unnegated(ANIMALS, sentence.text):
            species = lab[0].animals.value if lab[0].animals else lab[0].design.value.value
            yield Hit(
                f"the sentence speaks of '{word}', and {source_words(lab[0].source)} is of {species}",
                sentence.text,
                lab[0].source,
                audit.see(sentence),
                sentence.line,
            )


RULES = (
    Rule("DES001", Severity.ERROR, page=animals_as_people),
    Rule("DES002", Severity.ERROR, page=design_not_so),
)
