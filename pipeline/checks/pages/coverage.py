"""COV: every sentence of a page that states a fact cites something for it."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.pages.statements import ANECDOTE, UNDER_WAY, is_dosing, is_efficacy, is_safety
from pipeline.checks.rule import Rule
from pipeline.models.findings import Severity
from pipeline.models.pages import PageSentence
from pipeline.models.studies import Design
from pipeline.text import any_of, normal

DOCUMENTED = {
    "approved_use": ("approv", "licen", "authori"),
    "contraindication": ("contraindic", "contra-indic", "must not", "should not", "not be taken", "withdrawal"),
    "interaction": ("interact",),
    "pregnancy": ("pregnan", "breast"),
    "hepatic": ("liver", "hepat"),
    "regulatory": ("off-label", "off label", "off-patent", "banned", "fda"),
    "availability": ("compounded", "formulation", "tablet", "capsule"),
}


# A document named in words, which is a source although no marker points at it.
NAMED_DOCUMENT = any_of(
    r"\([^()]*\b(?:label|labell?ing|prescribing information|package insert|SmPC)\b[^()]*\)",
    r"\b(?:according to|per|as stated (?:in|on)) (?:the|its) (?:[\w-]+ ){0,3}"
    r"(?:label|labell?ing|prescribing information|package insert|SmPC)\b",
)


def uncited_statement(audit: Audit) -> Hits:
    """A statement of a page cites nothing.

    Why: a sentence without a source cannot be checked, corrected or refreshed.
    Fix: cite the record that says so, or drop the sentence.
    """
    cited = {s.paragraph for s in audit.page.sentences if s.references}
    for sentence in audit.page.statements:
        if _cites(sentence) or _is_guidance(sentence):
            continue
        grave = is_efficacy(sentence.text) and sentence.paragraph not in cited
        yield Hit(
            _message(audit, sentence, cited),
            sentence.text,
            suggestion=_suggestion(audit, sentence),
            line=sentence.line,
            severity=Severity.ERROR if grave else Severity.WARNING,
        )


def uncited_dose_or_safety(audit: Audit) -> Hits:
    """A statement of a page on a dose or on safety cites nothing.

    Why: these are the sentences that people act on, and the ones that harm when they are wrong.
    Fix: cite the trial or the label that says so, with its dose and its people, or drop the sentence.
    """
    for sentence in audit.page.statements:
        if not _cites(sentence) and _is_guidance(sentence):
            what = "safety" if is_safety(sentence.text) else "a dose"
            yield Hit(
                f"this sentence on {what} cites nothing",
                sentence.text,
                suggestion=_suggestion(audit, sentence),
                line=sentence.line,
            )


def _cites(sentence: PageSentence) -> bool:
    return bool(sentence.markers) or NAMED_DOCUMENT.search(normal(sentence.text)) is not None


def _is_guidance(sentence: PageSentence) -> bool:
    return is_safety(sentence.text) or is_dosing(sentence.text)


def _message(audit: Audit, sentence: PageSentence, cited: set[int]) -> str:
    plain = normal(sentence.text)
    if UNDER_WAY.search(plain):
        return "this sentence says that studies are under way, and names none"
    if ANECDOTE.search(plain):
        return "this sentence tells of anecdotes, and names no source for them"
    if described := audit.described(sentence):
        return f"this sentence cites nothing; {audit.label(described[0])} is on its matter and is not cited for it"
    if sentence.paragraph in cited:
        return "this sentence cites nothing itself; a citation elsewhere in its paragraph may be meant"
    return "this sentence states a fact and cites nothing"


def _suggestion(audit: Audit, sentence: PageSentence) -> str | None:
    """What is held and says something on the matter: registered trials, labels, or the studies that fit best."""
    plain = normal(sentence.text).lower()
    if UNDER_WAY.search(plain):
        planned = [s for s in audit.held.studies.values() if s.design.value is Design.PROTOCOL]
        named = [
            s
            for s in planned
            if audit.matter(sentence) & set(audit.held.conditions_in(audit.held.articles[s.source].title))
        ]
        if named:
            return f"held and under way: {audit.held.described(named[:3])}"
    kinds = [kind for kind, words in DOCUMENTED.items() if any(word in plain for word in words)]
    labels = dict.fromkeys(s.source for s in audit.held.label_sentences(*kinds)) if kinds else {}
    told = [f"{key} ({', '.join(k.replace('_', ' ') for k in kinds)})" for key in list(labels)[:2]]
    fitting = audit.see(sentence) if not told or is_efficacy(sentence.text) else None
    parts = [*told, *([fitting] if fitting else [])]
    if is_dosing(sentence.text) and (doses := audit.doses(sentence)):
        return f"doses studied: {doses}"
    if parts:
        return f"held on this: {'; '.join(parts)}"
    if audit.held.studies:
        return "no held record speaks of this; find one, or drop the sentence"
    return None


RULES = (
    Rule("COV001", Severity.ERROR, page=uncited_statement),
    Rule("COV002", Severity.ERROR, page=uncited_dose_or_safety),
)
