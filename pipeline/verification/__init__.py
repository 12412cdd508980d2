"""A claim against its sources, slot by slot."""

from __future__ import annotations

from pipeline.models.verification import Statement, Verdict, Verification


def verify(statement: Statement) -> Verification:
    """What the sources of `statement` say of its claim."""
    return Verification(id=statement.id, verdict=Verdict.UNVERIFIABLE)
