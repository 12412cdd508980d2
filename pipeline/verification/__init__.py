"""A claim against its sources, slot by slot: typed comparison first, and a verdict only where a rule can follow.

    claim -> sentences -> the closest sentences of each source -> clashes by slot -> verdict

A claim is held against its sources one by one, and against all of them together where none supports it alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.models.findings import Finding, Severity
from pipeline.models.verification import Slot, Statement, Verdict, Verification
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.certainty import causality, certainty, generality
from pipeline.verification.direction import confirmed, direction, negation, significance
from pipeline.verification.frames import SIGN, frame, told
from pipeline.verification.names import replaced
from pipeline.verification.numbers import numbers
from pipeline.verification.opposites import opposites
from pipeline.verification.people import described, design, population, species
from pipeline.verification.reading import MOST_SENTENCE, Document, Line, claim_lines, cuts, document, line_of
from pipeline.verification.vocabulary import CONTROLS, HARMLESS

SLOTS = (
    *(numbers, species, population, described, design, direction, negation, opposites, significance, replaced),
    *(certainty, generality, causality),
)
# A reading of at least this rank that says otherwise contradicts; a less sure one only does not support.
SURE = 4.15
NEAR = 0.85  # the share of a comparison that a sentence must hold to be taken for the sentence it was made from
COPIED = 0.93  # the share of its words at which a claim is a sentence of the source, in another order
ALMOST = 0.7  # the share at which it is that sentence but for a name
GAIN = 0.1  # how much closer the halves of a claim must be to be read apart
SAME = 0.9  # the share at which its words are the sentence's own
CLOSE = 0.7  # the share of a claim that a sentence must hold to decide on it
ORDER = (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED, Verdict.UNVERIFIABLE, Verdict.SUPPORTED)


def _clashes(aligned: Aligned) -> Iterator[Clash]:
    if not aligned.exact:
        for slot in SLOTS:
            yield from slot(aligned)


def _finding(clash: Clash, claim: str) -> Finding:
    severity = Severity.ERROR if clash.verdict is Verdict.CONTRADICTED else Severity.WARNING
    source = clash.line.source if clash.line else None
    return Finding(code=clash.code, severity=severity, message=clash.message, claim=claim, source=source)


def _compared(statement: Statement, doc: Document) -> tuple[Verdict, Clash | None, Line] | None:
    """What the source's results say of a claim told as a comparison of two arms; None where they cannot be read so."""
    asked = frame(statement.claim)
    if asked is None:
        return None
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


# What can be held against a claim in words of its own: parts that the source does not have at all.
FREE = ("QTY001", "QTY002", "DES001", "DES002", "DES003", "DES004", "WRD007", "WRD008")
RESULTS = ("percent", "p_value", "interval", "mean")
OUTCOME_SLOTS = (Slot.DIRECTION, Slot.NEGATION, Slot.SIGNIFICANCE)


def _parts(line: Line, doc: Document) -> list[Aligned]:
    """A sentence of a claim beside its source; cut in two where each half is one sentence of the source."""
    whole = Aligned(line, doc)
    if whole.near >= NEAR:
        return [whole]
    best, least = [whole], whole.near + GAIN
    for halves in cuts(line, doc.known):
        parts = [Aligned(half, doc) for half in halves]
        if (worst := min(part.near for part in parts)) > least:
            best, least = parts, worst
    return best


def _is_unknown(arm: str, doc: Document) -> bool:
    """True for the name of an arm of which the source holds no word, and which is not just "the control group"."""
    named = [item for item in line_of(arm, doc.known).items if not item.keys <= HARMLESS | CONTROLS]
    return bool(named) and not any(item.keys & doc.counts.keys() for item in named)


def _weighed(statement: Statement, parts: list[Aligned], clashes: list[Clash]) -> tuple[list[Clash], bool, list[Line]]:
    """The clashes of a claim told as a comparison, whether it is supported, and by which sentences.

    What the results say of its arms and its outcome decides; single words count only where the claim is a sentence of
    the source but for them.
    """
    doc = parts[0].doc
    compared = _compared(statement, doc)
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
    sure = order >= NEAR and compared is None and _is_held(parts)
    if compared and compared[1] and not (order >= NEAR and _is_held(parts)):
        clashes = [*clashes, compared[1]]
    return clashes, sure, [line for part in parts for line in part.lines]


def _has_results(part: Aligned) -> bool:
    """True where the claim gives a result in figures, so that it was made from the sentence that has them."""
    return any(quantity.kind in RESULTS for quantity in part.claim.quantities)


def _told_by(parts: list[Aligned]) -> Slot | None:
    """The slot that a supported claim was held to first: its figures, else what happened."""
    if any(part.claim.quantities for part in parts):
        return Slot.QUANTITY
    return Slot.DIRECTION if any(part.claim.effects for part in parts) else None


def _is_held(parts: list[Aligned]) -> bool:
    """True where the sentences hold nearly all of the claim and say the same of what happened."""
    return all(part.coverage >= CLOSE and (part.exact or confirmed(part)) for part in parts)


def _against(statement: Statement, doc: Document) -> Verification:
    parts = (
        [part for line in claim_lines(statement.claim, doc.known) for part in _parts(line, doc)] if doc.lines else []
    )
    if not parts:
        return Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE)
    clashes = [clash for part in parts for clash in _clashes(part)]
    sure, lines = _is_held(parts), [line for part in parts for line in part.lines]
    if frame(statement.claim) and not all(part.exact for part in parts):
        clashes, sure, lines = _weighed(statement, parts, clashes)
    held = dict.fromkeys([clash.line for clash in clashes if clash.line] or lines)
    worst = min(clashes, key=lambda clash: ORDER.index(clash.verdict), default=None)
    return Verification(
        id=statement.id,
        verdict=worst.verdict if worst else Verdict.SUPPORTED if sure else Verdict.UNVERIFIABLE,
        slot=worst.slot if worst else _told_by(parts) if sure else None,
        findings=tuple(_finding(clash, statement.id) for clash in clashes),
        evidence=tuple(line.passage for line in held) if clashes or sure else (),
    )


def verify(statement: Statement) -> Verification:
    """What the sources of `statement` say of its claim: one of them alone where one supports it, else all together.

    A claim of more than 3,000 characters, and a claim without sources, is unverifiable.
    """
    sources = [source for source in statement.sources if source.title.strip() or source.text.strip()]
    if not sources or len(statement.claim) > MOST_SENTENCE:
        return Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE)
    for source in sources if len(sources) > 1 else ():
        alone = _against(statement, document((source,)))
        if alone.verdict is Verdict.SUPPORTED:
            return alone
    return _against(statement, document(tuple(sources)))
