"""A claim told as a comparison of two arms: what the source's results say of it decides before its single words do."""

from __future__ import annotations

from pipeline.models.verification import Slot, Verdict
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.direction import confirmed
from pipeline.verification.frames import SIGN, Frame, told
from pipeline.verification.reading import Document, Line, line_of
from pipeline.verification.vocabulary import CONTROLS, HARMLESS

# A reading of at least this rank that says otherwise contradicts; a less sure one only does not support.
SURE = 4.15
NEAR = 0.85  # the share of a comparison that a sentence must hold to be taken for the sentence it was made from
COPIED = 0.93  # the share of its words at which a claim is a sentence of the source, in another order
ALMOST = 0.7  # the share at which it is that sentence but for a name
SAME = 0.9  # the share at which its words are the sentence's own
CLOSE = 0.7  # the share of a claim that a sentence must hold to decide on it
# What can be held against a claim in words of its own: parts that the source does not have at all.
FREE = ("QTY001", "QTY002", "DES001", "DES002", "DES003", "DES004", "WRD007", "WRD008")
RESULTS = ("percent", "p_value", "interval", "mean")
OUTCOME_SLOTS = (Slot.DIRECTION, Slot.NEGATION, Slot.SIGNIFICANCE)


def _compared(asked: Frame, doc: Document) -> tuple[Verdict, Clash | None, Line] | None:
    """What the source's results say of a comparison; None where they cannot be read so."""
    if stranger := next((arm for arm in (asked.intervention, asked.comparator) if _is_unknown(arm, doc)), None):
        clash = Clash(Slot.INTERVENTION, "WRD005", Verdict.NOT_SUPPORTED, f"the source does not speak of '{stranger}'")
        return Verdict.NOT_SUPPORTED, clash._replace(line=doc.body[0]), doc.body[0]
    got = told(asked, doc)
    if got.sentence is None or got.label not in SIGN:
        return None
    line = doc.body[got.sentence]
    if SIGN[got.label] == asked.sign:
        return Verdict.SUPPORTED, None, line
    verdict = Verdict.CONTRADICTED if got.rank >= SURE else Verdict.NOT_SUPPORTED
    slot = Slot.DIRECTION if SIGN[got.label] and asked.sign else Slot.SIGNIFICANCE
    code = "WRD001" if slot is Slot.DIRECTION else "WRD003"
    return verdict, Clash(slot, code, verdict, f"the source says {got.label} ({got.reason})", line), line


def _is_unknown(arm: str, doc: Document) -> bool:
    """True for the name of an arm of which the source holds no word, and which is not just "the control group"."""
    named = [item for item in line_of(arm, doc.known).items if not item.keys <= HARMLESS | CONTROLS]
    return bool(named) and not any(item.keys & doc.counts.keys() for item in named)


def weighed(
    asked: Frame, parts: list[Aligned], clashes: list[Clash], *, held: bool
) -> tuple[list[Clash], bool, list[Line]]:
    """The clashes of a claim told as the comparison `asked`, whether it is supported, and by which sentences.

    What the results say of its arms and its outcome decides; single words count only where the claim is a sentence of
    the source but for them. `held` says whether its sentences hold it.
    """
    doc = parts[0].doc
    compared = _compared(asked, doc)
    order, near = min(part.order for part in parts), min(part.near for part in parts)
    if order < NEAR:
        copied = near >= COPIED and compared is None
        contested = compared is not None and compared[0] is Verdict.SUPPORTED and not any(map(_has_results, parts))
        moved = near >= COPIED and not contested
        named = order >= ALMOST and not contested
        loose = [
            c for c in clashes if copied or (c.exchange and moved) or (c.code == "WRD005" and named) or c.code in FREE
        ]
        clashes = [clash._replace(verdict=Verdict.NOT_SUPPORTED) for clash in loose]
    if compared and compared[0] is Verdict.SUPPORTED:
        return [c for c in clashes if order >= SAME or c.slot not in OUTCOME_SLOTS], True, [compared[2]]
    whole = order >= NEAR and held
    if compared and compared[1] and not whole:
        clashes = [*clashes, compared[1]]
    return clashes, whole and compared is None, [line for part in parts for line in part.lines]


def _has_results(part: Aligned) -> bool:
    """True where the claim gives a result in figures, so that it was made from the sentence that has them."""
    return any(quantity.kind in RESULTS for quantity in part.claim.quantities)


def is_held(parts: list[Aligned]) -> bool:
    """True where the sentences hold nearly all of the claim and say the same of what happened."""
    return all(part.coverage >= CLOSE and (part.exact or confirmed(part)) for part in parts)
