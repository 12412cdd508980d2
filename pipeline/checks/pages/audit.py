"""What the rules for pages look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Audit:
    """An existing page beside what is held on its compound."""
