"""What people decided on the claims of a profile: `review.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator

from pipeline.models.base import Frozen


class Decision(Frozen):
    """A person's decision on a claim or dose row; `hash` is of what was read: its words, quotations and sources."""

    claim: str
    decision: Literal["approve", "reject", "comment", "edit"]
    hash: str
    reviewer: str
    date: date
    note: str | None = None

    @property
    def is_verdict(self) -> bool:
        """True for an approval and a rejection; a comment and an edit decide nothing yet."""
        return self.decision in ("approve", "reject")


class Decisions(Frozen):
    """`review.yaml`: the decisions by claim; of two verdicts of one person on one claim the newer holds."""

    decisions: Annotated[tuple[Decision, ...], BeforeValidator(lambda value: value or ())] = ()
