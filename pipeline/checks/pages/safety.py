"""SAF: what may harm is not missing from a page."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.pages.audit import Audit
from pipeline.checks.pages.held import content
from pipeline.checks.rule import Rule
from pipeline.checks.safety import KINDS, REQUIRED
from pipeline.models.findings import Severity
from pipeline.models.studies import Evidence
from pipeline.text import any_of, normal

CAUTION = any_of(
    r"\bcontra-?indicat\w*|\bavoid\w*|\b(?:do|must|should|may|can) ?n[o']t\b|\bnot (?:be |to be )?(?:used|taken"
    r"|combined|given|suitable)\b",
    r"\bwarn\w*|\bcaution\w*|\brisks?\b|\bunsafe\b|\bdanger\w*|\bprecipitat\w*|\bwithdrawal\b|\binteract\w*"
    r"|\bpregnan\w*|\bbreast",
    r"\bliver\b|\bhepat\w*|\bharm\w*|\bfatal\w*|\bstop(?:ped)?\b|\ballerg\w*|\bhypersensitiv\w*|\bnever\b"
    r"|\bwithout\b",
)
# More words by which a page may speak of a kind, beside those of the rule for profiles.
ALSO = {
    "interactions": any_of(
        r"\b(?:combin\w+|concomitant\w*|co-?administ\w+|together|alongside) (?:[\w-]+ ){0,3}(?:with|of)\b",
        r"\bnot (?:be )?(?:taken|used|given) (?:[\w-]+ ){0,2}with\b",
    ),
    "adverse effects": any_of(
        r"\b(?:headaches?|nausea|dizziness|vomiting|diarrh\w+|insomnia|vivid dreams|rash(?:es)?|drowsiness"
        r"|constipation)\b",
        r"\binjection[- ]site\b",
    ),
}
DENIES = any_of(r"\b(?:shows?|has|carries|lists?) no\b|\bnot (?:listed|known|studied)\b|\bdo(?:es)? not list\b")
# What a statement of a label says by its kind alone, and so says nothing that tells it from others.
EXPECTED = frozenset().union(
    content(
        "contraindication contraindicated interaction interacts pregnancy pregnant warning boxed label listed labelling"
        " receiving current including taking positive category caution advised recommended directory entries products"
        " contain lists later older patient acute"
    )
)
WORDS = {
    "contraindication": "contraindication",
    "boxed_warning": "boxed warning",
    "interaction": "interaction",
    "pregnancy": "pregnancy",
}


def label_fact_missing(audit: Audit) -> Hits:
    """A contraindication, boxed warning, interaction or pregnancy statement of a label is not on the page.

    Why: the sentence that is missing is the one that harms.
    Fix: say so on the page, and cite the label.
    """
    cautions = [content(s.text) for s in audit.page.sentences if CAUTION.search(normal(s.text))]
    pregnancy = KINDS["pregnancy"].search(audit.text) is not None
    for kind in REQUIRED:
        facts = [s for s in audit.held.label_sentences(kind) if not DENIES.search(normal(s.text))]
        missing = [s for s in facts if not _told(audit, s, cautions)]
        if kind == "pregnancy" and pregnancy:
            continue
        if missing:
            text = " ".join(dict.fromkeys(s.text for s in missing[:3]))
            yield Hit(
                f"missing from the page ({WORDS[kind]}): {text}",
                source=missing[0].source,
                severity=Severity.ERROR if len(missing) == len(facts) else Severity.WARNING,
            )


def _told(audit: Audit, fact: Evidence, cautions: list[frozenset[str]]) -> bool:
    """True where a cautious sentence of the page names what the fact is about: at least one of its telling words."""
    names = content(" ".join(audit.compound.names)) if audit.compound else frozenset()
    telling = content(fact.text) - EXPECTED - names
    return any(telling & words for words in cautions)


def kind_missing(audit: Audit) -> Hits:
    """The page says nothing on a kind of safety fact: contraindications, interactions, pregnancy, harms, the liver.

    Why: a reader takes silence for "no risk".
    Fix: say what is known of it, or that nothing was found.
    """
    words = [s.text for s in audit.page.sentences] + [s.title for s in audit.page.sections if not s.empty]
    kinds = (*KINDS.items(), *ALSO.items())
    spoken = {kind for text in words for kind, pattern in kinds if pattern.search(normal(text))}
    missing = [kind for kind in KINDS if kind not in spoken]
    if missing:
        yield Hit(f"nothing is said of {', '.join(missing)}", suggestion=_known(audit, missing))


def _known(audit: Audit, missing: list[str]) -> str | None:
    """What is held on the kinds that are missing, a sentence of a label or a trial each."""
    sections = {
        "contraindications": ("contraindication", "boxed_warning"),
        "interactions": ("interaction",),
        "pregnancy": ("pregnancy", "lactation"),
        "adverse effects": ("adverse_effects", "adverse_reaction"),
        "the liver": ("hepatic",),
    }
    told = []
    for kind in missing:
        facts = audit.held.label_sentences(*sections.get(kind, ()))
        if facts:
            told.append(f"{kind}: {facts[0].text} ({facts[0].source})")
        elif kind == "adverse effects" and (harm := audit.first_harm()):
            told.append(f"{kind}: {harm}")
    return "held: " + " ".join(told) if told else None


RULES = (
    Rule("SAF001", Severity.ERROR, page=label_fact_missing),
    Rule("SAF002", Severity.WARNING, page=kind_missing),
)
