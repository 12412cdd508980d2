"""What a profile tells of drug labels: all of a bundled one; of openFDA's long ones a choice, and what it leaves out.

Of a label as openFDA gives it the boxed warning and the contraindications are told whole, and so is a short section.
Of any other a few sentences are: first those that forbid, then those that advise, then those that name a risk; where
none does, the first two. They keep the label's own order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.drafting.claims import claim, quoted
from pipeline.drafting.dossier import Dossier
from pipeline.drafting.wording import capital, listed
from pipeline.identifiers import evidence_id, source_address
from pipeline.models.profile import Claim
from pipeline.models.sources import Label
from pipeline.models.studies import Evidence
from pipeline.profiles import short_digest
from pipeline.sources.labels import NEVER_ANSWERED
from pipeline.text import any_of, normal

# How many sentences of a section are told, with the section's subject in words. What is not named is told whole.
MOST = {
    "warning": (6, "warnings"),
    "overdose": (2, "overdose"),
    "interaction": (4, "interactions"),
    "pregnancy": (3, "pregnancy"),
    "lactation": (2, "breast-feeding"),
    "paediatric": (2, "use in children"),
    "hepatic": (2, "hepatic impairment"),
    "renal": (2, "renal impairment"),
    "adverse_reaction": (4, "adverse reactions"),
    "approved_use": (3, "indications"),
}
SHORTEST, LONGEST = 4, 70  # words of a sentence that is told where others can be
LONGEST_HEADING = 12  # words
UNTOLD = 2  # sentences of a section in which none is telling
# The most telling first.
TELLING = (
    any_of(
        r"\bcontraindicated\b",
        r"\b(?:must|do|should) not\b",
        r"\b(?:fatal|deaths?|life-threatening|suicid\w+)\b",
        r"\bmost (?:common|frequent)(?:ly reported)? (?:adverse|side)\b",
    ),
    any_of(
        r"\bavoid\w*", r"\b(?:discontinu|interrupt|withh[eo]ld)\w*", r"\bnot recommended\b", r"\bindicated (?:for|in)\b"
    ),
    any_of(
        r"\b(?:increas|decreas|reduc|precipitat)\w*",
        r"\brisks?\b",
        r"\bmonitor\w*",
        r"\b(?:may|can) cause\b",
        r"\bno (?:adequate|available|human) (?:[\w-]+ ){0,3}(?:studies|data)\b",
        r"\bnot been (?:established|studied)\b",
    ),
)
_FIGURE = re.compile(r"[\d%<>=±()/.,*†‡-]+")


def label_claims(dossier: Dossier, section: str, kinds: Sequence[str]) -> list[Claim]:
    """A claim for each sentence to tell of the labels' sections of some kinds, in the order of `kinds`, then of labels.

    What two labels say in the same words is one claim that cites both.
    """
    said: dict[str, list[Evidence]] = {}
    told = [(kind, label) for kind in kinds for label in dossier.labels]
    for kind, label in sorted(told, key=lambda each: _place(dossier, kinds, *each)):
        for sentence in told_of(dossier, label, kind):
            said.setdefault(sentence.text, []).append(sentence)
    claims = []
    for sentences in said.values():
        first = sentences[0]
        lead, role, named = "", str(first.number), tuple[str, ...]()
        if first.source in dossier.live_labels:  # its sentences move with every version
            lead, role = _lead(dossier, first), f"{(first.section or '').replace('_', '-')}-{mark_of(first.text)}"
            named = (evidence_id(first.source, 0),) if _products(dossier) else ()
        quotations = dossier.quote(*named, *(sentence.id for sentence in sentences))
        claims.append(claim(section, first.source, role, capital(lead + quoted(dossier, first.id)), quotations))
    return claims


def mark_of(text: str) -> str:
    """A few hex digits that tell the sentences of a section apart, whatever their order."""
    return short_digest(text).removeprefix("sha256:")[:6]


def _lead(dossier: Dossier, sentence: Evidence) -> str:
    """What stands before a sentence of openFDA's labels: that it is a boxed warning, and whose of several products."""
    boxed = "Boxed warning" if sentence.section == "boxed_warning" else ""
    title = next(label.title for label in dossier.labels if label.key == sentence.source)
    product = title.removeprefix("US prescribing information, ") if _products(dossier) else ""
    said = ", ".join(part for part in (boxed, product) if part)
    return f"{said}: " if said else ""


def _place(dossier: Dossier, kinds: Sequence[str], kind: str, label: Label) -> tuple[bool, int, bool]:
    """Boxed warnings of openFDA's labels first, then the subjects in their order, openFDA's labels before others."""
    live = label.key in dossier.live_labels
    return not (live and kind == "boxed_warning"), kinds.index(kind), not live


def _products(dossier: Dossier) -> bool:
    """True where there are labels of several products, so that each sentence has to name its own."""
    return len(dossier.live_labels) > 1


def told_of(dossier: Dossier, label: Label, kind: str) -> Sequence[Evidence]:
    """The sentences of a label's section that are told, in the label's order."""
    sentences = _sentences(dossier, label, kind)
    most, _ = MOST.get(kind, (len(sentences), ""))
    if label.key not in dossier.live_labels or len(sentences) <= most:
        return sentences
    readable = [sentence for sentence in sentences if is_readable(sentence.text)] or sentences
    ranks = {sentence.id: _rank(sentence.text) for sentence in readable}
    telling = [sentence for sentence in readable if ranks[sentence.id] < len(TELLING)] or readable[:UNTOLD]
    ranked = sorted(telling, key=lambda sentence: (ranks[sentence.id], sentence.number))[:most]
    return sorted(ranked, key=lambda sentence: sentence.number)


def is_readable(text: str) -> bool:
    """False for what is no sentence to read: a heading, a row of a table, a paragraph without a full stop."""
    words = text.split()
    figures = sum(_FIGURE.fullmatch(word) is not None for word in words)
    return SHORTEST <= len(words) <= LONGEST and figures * 4 <= len(words) and text.endswith((".", "!", "?"))


def left_out(dossier: Dossier, kinds: Iterable[str]) -> str | None:
    """How much of openFDA's labels on some subjects is told and where the rest is; None where all of it is told."""
    told = []
    for label in dossier.labels:
        parts = []
        for kind in kinds:
            whole, shown = len(_sentences(dossier, label, kind)), len(told_of(dossier, label, kind))
            if shown < whole:
                parts.append(f"{shown} of {whole} sentences on {MOST[kind][1]}")
        if parts:
            where = source_address(label.key) or f"set id {label.set_id}"
            told.append(f"Shown of {label.title}: {listed(parts)}; the whole label: {where}")
    return ". ".join(told) + "." if told else None


def availability(dossier: Dossier) -> str | None:
    """What a reader has to know of the labels as a whole: that there is none, or that openFDA was asked in vain."""
    search = dossier.label_search
    told = []
    if not dossier.labels:
        told.append(
            "No drug label was available to this draft: contraindications, interactions and use in pregnancy are"
            " unknown here, which does not mean that there are none."
        )
    if search is not None and search.warnings == (NEVER_ANSWERED,):
        told.append("openFDA could not be asked for US drug labels; only labels that were held already are used.")
    elif search is not None and not search.found:
        told.append(f"openFDA listed no US drug label under the names of this compound on {search.date.isoformat()}.")
    if search is not None and search.warnings and search.warnings != (NEVER_ANSWERED,):
        told.append(f"openFDA could not be asked again; its answer is that of {search.date.isoformat()}.")
    return " ".join(told) or None


def _sentences(dossier: Dossier, label: Label, kind: str) -> list[Evidence]:
    """The sentences of a label's section; where not all of it has to be told, without its headings."""
    found = [sentence for sentence in dossier.evidence[label.key] if sentence.section == kind and sentence.number]
    if label.key not in dossier.live_labels or kind not in MOST:
        return found
    return [sentence for sentence in found if not _is_heading(sentence.text)] or found


def _is_heading(text: str) -> bool:
    return not text.endswith((".", "!", "?", ":", ";")) and len(text.split()) <= LONGEST_HEADING


def _rank(text: str) -> int:
    plain = normal(text)
    return next((rank for rank, pattern in enumerate(TELLING) if pattern.search(plain)), len(TELLING))
