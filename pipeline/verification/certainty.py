"""The slot of certainty: how sure a claim is of what its source only suggests."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.models.verification import Slot, Verdict
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.vocabulary import CERTAIN, HARMLESS, HEDGE, MODAL


def certainty(aligned: Aligned) -> Iterator[Clash]:
    """A doubt of the source that the claim drops, or a proof that only the claim speaks of."""
    claim = aligned.claim.text
    text = " ".join(line.text for line in aligned.doc.lines)
    sure = CERTAIN.search(claim)
    if (
        sure
        and not CERTAIN.search(" ".join(line.text for line in aligned.lines))
        and sure.group().lower() not in text.lower()
    ):
        yield Clash(
            Slot.CERTAINTY, "WRD004", Verdict.NOT_SUPPORTED, f"the source does not say '{sure.group()}'", aligned.best
        )
        return
    if aligned.coverage < 0.7 or len(aligned.lines) > 1 or HEDGE.search(claim):
        return
    for doubt in MODAL.finditer(aligned.best.text):
        if any(item.start > doubt.end() and item.keys & aligned.claim.keys - HARMLESS for item in aligned.best.items):
            message = f"the source says '{doubt.group()}', the claim does not"
            yield Clash(Slot.CERTAINTY, "WRD004", Verdict.NOT_SUPPORTED, message, aligned.best)
            return
