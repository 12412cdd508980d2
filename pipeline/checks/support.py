"""MOD: what a model wrote is shown by the sentences that it cites, or it does not stand."""

from __future__ import annotations

from pipeline.checks.hits import Hit, Hits
from pipeline.checks.injections import hidden_in, speaks_to_a_model
from pipeline.checks.rule import Cited, Review, Rule
from pipeline.identifiers import split_evidence_id
from pipeline.models.findings import Severity
from pipeline.text import any_of, normal, sentences

LONGEST = 500  # characters of a claim behind its lead
NOT_IN_A_CLAIM = any_of(
    r"\bPM(?:ID|CID|C\d)\b|\bdoi\b|\b10\.\d{4,9}/|\bNCT\d{6,}|https?:|\bwww\.|\[\^?\d{1,3}(?:[,;–-] ?\d{1,3})*\]",
    r"\bet al\b|\([A-Z][\w-]+(?: (?:and|&) [A-Z][\w-]+)?,? (?:19|20)\d\d[a-z]?\)",
    r"[<>]\s*/?[a-z]+[^<>]*>|[*_`|#\\{}]|\$\$",
    r"\b(?:you|your|yours|please|we recommend|as an ai)\b",
)


def not_shown(review: Review) -> Hits:
    """A claim that a model wrote is not shown by the sentences that it cites.

    Why: a model writes what is likely, and nobody has read it yet; what no rule can follow may be invented.
    Fix: edit the claim so that it says what its sentences say, and answer for it; or run `monograph draft`.
    """
    for cited in review.claims:
        if cited.drafter == "model" and (said := _doubt(review, cited)):
            yield Hit(said, cited.id, quote=cited.evidence[-1].text if cited.evidence else None)


def _doubt(review: Review, cited: Cited) -> str | None:
    """Why the cited sentences do not show a claim, or None where they do."""
    if len(cited.sources) != 1:
        return "a model's claim stands on the sentences of one source"
    held = [q.text for q in cited.evidence if (split := split_evidence_id(q.id)) and split[1]]
    from pipeline.verification.derivation import strays  # loaded for a model's claims only

    return strays(cited.told, held, (review.profile.name, *review.profile.aliases))


def not_a_claim(review: Review) -> Hits:
    """A claim that a model wrote holds what no claim has: a reference, an address, markup, an order, a second sentence.

    Why: a reference from a model is often invented, and an order may be one that a source planted.
    Fix: take it out; references are made from the record, and a profile gives no orders.
    """
    for cited in review.claims:
        if cited.drafter == "model" and (said := _foreign(cited.told)):
            yield Hit(said, cited.id)


def _foreign(text: str) -> str | None:
    plain = normal(text)
    if found := NOT_IN_A_CLAIM.search(plain):
        return f"'{found.group().strip()}' has no place in a claim"
    if speaks_to_a_model(text) or hidden_in(text):
        return "the claim speaks to a model, or holds what a reader does not see"
    if len(text) > LONGEST:
        return f"the claim has more than {LONGEST} characters"
    if len(sentences(plain)) != 1 or "\n" in text.strip():
        return "a claim is one sentence"
    return None


RULES = (
    Rule("MOD001", Severity.ERROR, not_shown),
    Rule("MOD002", Severity.ERROR, not_a_claim),
)
