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
from pipeline.verification.comparison import NEAR, is_held, weighed
from pipeline.verification.direction import direction, negation, significance
from pipeline.verification.frames import frame
from pipeline.verification.names import replaced
from pipeline.verification.numbers import numbers
from pipeline.verification.opposites import opposites
from pipeline.verification.people import described, design, population, species
from pipeline.verification.reading import MOST_SENTENCE, Document, Line, claim_lines, cuts, document

SLOTS = (
    *(numbers, species, population, described, design, direction, negation, opposites, significance, replaced),
    *(certainty, generality, causality),
)
GAIN = 0.1  # how much closer the halves of a claim must be to be read apart
ORDER = (Verdict.CONTRADICTED, Verdict.NOT_SUPPORTED, Verdict.UNVERIFIABLE, Verdict.SUPPORTED)


def _clashes(aligned: Aligned) -> Iterator[Clash]:
    if not aligned.exact:
        for slot in SLOTS:
            yield from slot(aligned)


def _finding(clash: Clash, claim: str) -> Finding:
    severity = Severity.ERROR if clash.verdict is Verdict.CONTRADICTED else Severity.WARNING
    source = clash.line.source if clash.line else None
    return Finding(code=clash.code, severity=severity, message=clash.message, claim=claim, source=source)


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


def _told_by(parts: list[Aligned]) -> Slot | None:
    """The slot that a supported claim was held to first: its figures, else what happened."""
    if any(part.claim.quantities for part in parts):
        return Slot.QUANTITY
    return Slot.DIRECTION if any(part.claim.effects for part in parts) else None


def _against(statement: Statement, doc: Document) -> Verification:
    parts = (
        [part for line in claim_lines(statement.claim, doc.known) for part in _parts(line, doc)] if doc.lines else []
    )
    if not parts:
        return Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE)
    clashes = [clash for part in parts for clash in _clashes(part)]
    sure, lines = is_held(parts), [line for part in parts for line in part.lines]
    asked = frame(statement.claim)
    if asked and not all(part.exact for part in parts):
        clashes, sure, lines = weighed(asked, parts, clashes, held=sure)
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
