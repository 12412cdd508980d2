"""A claim against its sources, slot by slot: typed comparison first, and a verdict only where a rule can follow.

    claim -> sentences -> the closest sentences of each source -> clashes by slot -> verdict

A claim is held against each of its sources; the one that speaks best for it decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.models.findings import Finding, Severity
from pipeline.models.verification import Slot, Statement, Verdict, Verification
from pipeline.verification.alignment import Aligned, Clash
from pipeline.verification.certainty import causality, certainty, generality
from pipeline.verification.direction import antonyms, confirmed, direction, negation, significance
from pipeline.verification.frames import SIGN, frame, told
from pipeline.verification.names import replaced
from pipeline.verification.numbers import numbers
from pipeline.verification.people import described, design, population, species
from pipeline.verification.reading import Document, Line, claim_lines, cuts, document

SLOTS = (
    *(numbers, species, population, described, design, direction, negation, antonyms, significance, replaced),
    *(certainty, generality, causality),
)
# A reading of at least this rank that says otherwise contradicts; a less sure one only does not support.
SURE = 4.15
NEAR = 0.85  # the share of a comparison that a sentence must hold to be taken for the sentence it was made from
GAIN = 0.1  # how much closer the halves of a claim must be to be read apart
SAME = 0.9  # the share at which its words are the sentence's own
CLOSE = 0.7  # the share of a claim that a sentence must hold to decide on it
ORDER = (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED, Verdict.UNVERIFIABLE, Verdict.SUPPORTED)


def _clashes(aligned: Aligned) -> Iterator[Clash]:
    if not aligned.exact:
        for slot in SLOTS:
            yield from slot(aligned)


def _finding(clash: Clash, doc: Document, claim: str) -> Finding:
    severity = Severity.ERROR if clash.verdict is Verdict.CONTRADICTED else Severity.WARNING
    return Finding(code=clash.code, severity=severity, message=clash.message, claim=claim, source=doc.id)


def _compared(statement: Statement, doc: Document) -> tuple[Verdict, Clash | None, Line] | None:
    """What the source's results say of a claim told as a comparison of two arms; None where they cannot be read so."""
    asked = frame(statement.claim)
    got = told(asked, doc) if asked else None
    if asked is None or got is None or got.sentence is None or got.label not in SIGN:
        return None
    line = doc.body[got.sentence]
    if SIGN[got.label] == asked.sign:
        return Verdict.SUPPORTED, None, line
    verdict = Verdict.CONTRADICTED if got.rank >= SURE else Verdict.NOT_SUPPORTED
    slot = Slot.DIRECTION if SIGN[got.label] and asked.sign else Slot.SIGNIFICANCE
    code = "WRD001" if slot is Slot.DIRECTION else "WRD003"
    return verdict, Clash(slot, code, verdict, f"the source says {got.label} ({got.reason})", line), line


# What can be held against a claim in words of its own: parts that the source does not have at all.
FREE = ("QTY001", "QTY002", "DES001", "DES002", "DES003", "DES004", "WRD004", "WRD007", "WRD008")
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


def _against(statement: Statement, doc: Document) -> Verification:
    parts = [part for line in claim_lines(statement.claim, doc.known) for part in _parts(line, doc)]
    if not parts or not doc.lines:
        return Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE)
    close = min(part.coverage for part in parts)
    near = min(part.order for part in parts)
    sure = close >= CLOSE and all(part.exact or confirmed(part) for part in parts)
    clashes = [clash for part in parts for clash in _clashes(part)]
    lines = [line for part in parts for line in part.lines]
    if frame(statement.claim) and not all(part.exact for part in parts):
        compared = _compared(statement, doc)
        if near < NEAR:
            freely = (clash for clash in clashes if clash.code in FREE)
            clashes = [clash._replace(verdict=Verdict.NOT_SUPPORTED) for clash in freely]
        if compared and compared[0] is Verdict.SUPPORTED:
            clashes = [clash for clash in clashes if near >= SAME or clash.slot not in OUTCOME_SLOTS]
            sure, lines = True, [compared[2]]
        elif near < NEAR or not sure:
            clashes += [compared[1]] if compared and compared[1] else []
            sure = False
        elif compared:
            sure = False
    held = dict.fromkeys([clash.line for clash in clashes if clash.line] or lines)
    evidence = tuple(doc.passage(line) for line in held) if clashes or sure else ()
    findings = tuple(_finding(clash, doc, statement.id) for clash in clashes)
    worst = min(clashes, key=lambda clash: ORDER.index(clash.verdict), default=None)
    verdict = worst.verdict if worst else Verdict.SUPPORTED if sure else Verdict.UNVERIFIABLE
    slot = worst.slot if worst else None
    return Verification(id=statement.id, verdict=verdict, slot=slot, findings=findings, evidence=evidence)


def verify(statement: Statement) -> Verification:
    """What the sources of `statement` say of its claim."""
    found = [_against(statement, document(source)) for source in statement.sources]
    return max(
        found, key=lambda f: ORDER.index(f.verdict), default=Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE)
    )
