"""What people decided on the claims of a profile: `review.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pipeline.models.base import Frozen


class Decision(Frozen):
    """A person's decision on one claim, bound to what was read: `hash` is that of its text, quotations and sources."""

    claim: str
    decision: Literal["approve", "reject", "comment", "edit"]
    hash: str
    reviewer: str
    date: date
    note: str | None = None


class Decisions(Frozen):
    """`review.yaml`: the decisions, in the order in which they were made; of two on one claim the later holds."""

    decisions: tuple[Decision, ...] = ()
