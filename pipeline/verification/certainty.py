"""The slot of certainty: how sure, how general and how causal a claim is, against what its source says."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.directions.words import stem
from pipeline.models.verification import Slot, Verdict
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.cues import ASSOCIATED, CAUSAL, CERTAIN, EVERYONE, HARMLESS_CLAIM, HEDGE, MODAL, NO_HARM_SEEN
from pipeline.verification.vocabulary import HARMLESS, SAME_AS

CLOSE = 0.7  # a sentence that holds less of the claim is not the one it was made from


def _key(words: str) -> str:
    """Words of certainty without their endings, so that "no side effects" is "no adverse effect"."""
    return " ".join(
        SAME_AS.get(stem(word), stem(word)) for word in words.split() if word.lower() not in ("any", "of", "from")
    )


def certainty(aligned: Aligned) -> Iterator[Clash]:
    """A doubt of the source that the claim drops, or a proof that only the claim speaks of."""
    claim = aligned.claim.text
    text = " ".join(line.text for line in aligned.doc.lines)
    held = {_key(match.group()) for match in CERTAIN.finditer(text)}
    for sure in CERTAIN.finditer(claim):
        if _key(sure.group()) not in held:
            message = f"the source does not say '{sure.group()}'"
            yield Clash(Slot.CERTAINTY, "WRD004", Verdict.NOT_SUPPORTED, message, aligned.best)
            return
    unharmed = HARMLESS_CLAIM.search(claim)
    if unharmed and not NO_HARM_SEEN.search(text):
        message = f"the source does not say '{unharmed.group()}'"
        yield Clash(Slot.CERTAINTY, "WRD004", Verdict.NOT_SUPPORTED, message, aligned.best)
    if aligned.coverage < CLOSE or len(aligned.lines) > 1 or HEDGE.search(claim):
        return
    for doubt in MODAL.finditer(aligned.best.text):
        if any(item.start > doubt.end() and item.keys & aligned.claim.keys - HARMLESS for item in aligned.best.items):
            message = f"the source says '{doubt.group()}', the claim does not"
            yield Clash(Slot.CERTAINTY, "WRD004", Verdict.NOT_SUPPORTED, message, aligned.best)
            return


def generality(aligned: Aligned) -> Iterator[Clash]:
    """Everyone, where the source speaks of those it studied."""
    said = EVERYONE.search(aligned.claim.text)
    if said and not EVERYONE.search(aligned.doc.text):
        message = f"the source does not speak of '{said.group()}'"
        yield Clash(Slot.POPULATION, "WRD007", Verdict.NOT_SUPPORTED, message, aligned.best)


def causality(aligned: Aligned) -> Iterator[Clash]:
    """A cause, where the source says that two things go together."""
    line = aligned.best.text
    said, held = CAUSAL.search(aligned.claim.text), ASSOCIATED.search(line)
    if said and held and aligned.near >= CLOSE and len(CAUSAL.findall(aligned.claim.text)) > len(CAUSAL.findall(line)):
        message = f"the claim says '{said.group()}', the source '{held.group()}'"
        yield Clash(Slot.CERTAINTY, "WRD008", Verdict.NOT_SUPPORTED, message, aligned.best)
