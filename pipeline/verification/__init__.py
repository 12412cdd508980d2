"""A claim against its sources, slot by slot."""

from __future__ import annotations

from pipeline.models.verification import Slot, Statement, Verdict, Verification
from pipeline.verification.frames import SIGN, frame, told
from pipeline.verification.reading import document

# A reading of at least this rank that says otherwise contradicts; a less sure one only does not support.
SURE = 4.0


def verify(statement: Statement) -> Verification:
    """What the sources of `statement` say of its claim."""
    compared = frame(statement.claim)
    if compared:
        for source in statement.sources:
            doc = document(source)
            got = told(compared, doc)
            if got.sentence is None or got.label not in SIGN:
                continue
            passage = doc.passage(doc.body[got.sentence])
            if SIGN[got.label] == compared.sign:
                return Verification(id=statement.id, verdict=Verdict.SUPPORTED, slot=Slot.DIRECTION, evidence=(passage,))
            verdict = Verdict.CONTRADICTED if got.rank >= SURE else Verdict.NOT_SUPPORTED
            return Verification(id=statement.id, verdict=verdict, slot=Slot.DIRECTION, evidence=(passage,))
    return Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE)
